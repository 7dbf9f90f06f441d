// Said after `npm test`: which suites need a server or more time, and how to run them.
import { readdirSync } from 'node:fs';

const suites = readdirSync(new URL('../test/servers', import.meta.url)).filter((name) =>
  name.endsWith('.test.ts'),
);
process.stderr.write(
  `\nLeft out, because they need a real S3 server, a real Trino or a real browser, or take long: ${suites.map((name) => name.replace('.test.ts', '')).join(', ')}.\n` +
    'To include them: npm run test:servers (starts the servers itself; needs Go once, to build one, Maven once and Java 24, for Trino, and Chromium).\n',
);
