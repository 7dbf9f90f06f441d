/** Every line of the failure catalogue names a test that is there, or says why there is none. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(import.meta.dirname, 'failure-catalogue.md'), 'utf8');

/** How many lines each section has: a line is not lost by the way. */
const sections: Readonly<Record<string, number>> = {
  '11.1': 9,
  '11.2': 14,
  '11.3': 18,
  '11.4': 13,
  '11.5': 16,
  '6': 16,
};

for (const [number, lines] of Object.entries(sections))
  t.test(`section ${number}: ${lines} lines, each with the test that bears it`, async (t) => {
    const [, text = ''] = page.split(new RegExp(`^## ${number.replace('.', '\\.')} .*$`, 'm'));
    const rows = text
      .split(/^## /m)[0]!
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .slice(1);
    t.equal(rows.length, lines);
    for (const row of rows) {
      const [, failure = '', tests = ''] = /^\| (.+?) \| (.+) \|$/.exec(row) ?? [];
      if (tests.startsWith('Not shown here: ')) continue;
      for (const one of tests.split('<br>')) {
        const [, file = '', name = ''] = /^`(test\/[^`]+\.ts)`: (.{6,})$/.exec(one) ?? [];
        const path = join(root, file);
        if (file === '' || !existsSync(path)) t.fail(`${failure}: "${one}" names no file of tests`);
        else if (!readFileSync(path, 'utf8').includes(name)) t.fail(`${failure}: ${file} has no "${name}"`);
      }
      t.ok(tests.length > 20, failure);
    }
  });
