/** src/pricing, already mutated, and its tests become one script that a worker evaluates in a few milliseconds. */
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';

// Random inputs would make the score a matter of luck; every Region's file and the compiler are not what is mutated.
const leftOut = ['properties.test.ts', 'price-facts.test.ts'];
const files = readdirSync('test/pricing')
  .filter((name) => name.endsWith('.test.ts') && !leftOut.includes(name))
  .sort()
  .map((name) => `./test/pricing/${name}`);

await build({
  stdin: {
    contents: [
      ...[...files, './test/golden/published.test.ts'].map((file) => `import '${file}';`),
      "export { registered } from 'tap';",
    ].join('\n'),
    resolveDir: process.cwd(),
  },
  bundle: true,
  // Loaded once by each worker.
  packages: 'external',
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  alias: { tap: resolve('scripts/mutation/tap.ts') },
  // Both folders of tests lie at this depth.
  define: { 'import.meta.dirname': JSON.stringify(resolve('test/pricing')) },
  outfile: 'mutation-bundle.cjs',
  logLevel: 'warning',
});
