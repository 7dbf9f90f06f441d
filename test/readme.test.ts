import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { withTables } from '../scripts/write-docs.js';
import { errorTable } from '../src/kernel/errors.js';

const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');

t.test('the README has the table of errors that the program has', async (t) => {
  t.equal(withTables(readme), readme, 'else run: node --import tsx scripts/write-docs.ts');
  for (const code of Object.keys(errorTable)) t.match(readme, `| \`${code}\` |`);
});

t.test('the README begins with what it is and the two commands', async (t) => {
  const [, ...lines] = readme.split('\n');
  t.match(lines.slice(0, 12).join('\n'), 'npm ci && npm run demo');
  t.match(lines.slice(0, 12).join('\n'), 'npm ci && npm test');
});
