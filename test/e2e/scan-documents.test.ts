/** The built program saves a scan compressed, reads it back wherever a scan is taken, and holds two against each other. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { bucketwise, json } from './bucketwise.js';

t.test('two saved scans are compared and merged; options after a verb are the verb’s own', async (t) => {
  const dir = t.testdir({ lake: { a: { 'x.csv': 'x'.repeat(1000) }, b: { y: 'y' } }, other: { z: 'zz' } });
  const [older, newer, other, both] = ['1.json.gz', '2.json', '3.json', '4.json.gz'].map((name) =>
    join(dir, name),
  );
  const scan = (folder: string, out = '') =>
    bucketwise(['scan', `file://${join(dir, folder)}`, '--out', out, '--json'], { cwd: dir });
  const [first] = await Promise.all([scan('lake', older), scan('other', other)]);
  t.equal(first.code, 0, first.err);
  t.same([...readFileSync(older!).subarray(0, 2)], [0x1f, 0x8b]);
  writeFileSync(join(dir, 'lake/a/more.csv'), 'x'.repeat(500));
  rmSync(join(dir, 'lake/b'), { recursive: true });
  await scan('lake', newer);
  const [diff, merged] = await Promise.all([
    bucketwise(['scan', 'diff', older!, newer!, '-o', 'json', '--top', '1'], { cwd: dir }),
    bucketwise(['scan', 'merge', newer!, other!, '--json', '--out', both!], { cwd: dir }),
  ]);
  t.equal(diff.code, 0, diff.err);
  t.match(json(diff), {
    schemaVersion: 1,
    lines: [
      { prefix: 'a/', state: 'grew', change: { objects: 1, bytes: 500 } },
      { prefix: 'b/', state: 'vanished', change: { objects: -1, bytes: -1 } },
    ],
    totals: { change: { objects: 0, bytes: 499 } },
  });
  t.match(json(merged), { totals: [{ objects: 3, bytes: 1502 }] });
  const [cost, twice] = await Promise.all([
    bucketwise(['cost', '--scan', both!, '--json'], { cwd: dir }),
    bucketwise(['scan', 'merge', both!, newer!], { cwd: dir }),
  ]);
  t.equal(cost.code, 0, cost.err);
  t.equal(twice.code, 2);
  t.match(twice.err, /SCANS_APART: .*would count twice/);
});
