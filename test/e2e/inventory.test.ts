/** Reports of S3 Inventory through the built program: threads, refusals and interrupts as a user meets them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { csvFile, csvText, keyOf, type ReportFile, writeReport } from '../inventory/report-files.js';
import { bucketwise, json } from './bucketwise.js';

const rowsOf = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({
    key: `csv/day=${i % 9}/part ${from + i}.csv`,
    size: from + i,
  }));

t.test('a report is scanned by several threads, and saved', async (t) => {
  const folder = t.testdir();
  const files = [0, 1, 2].map((i) => csvFile(`${i}.csv.gz`, rowsOf(i * 100, (i + 1) * 100)));
  const out = join(folder, 'scan.json');
  const ended = await bucketwise(['scan', writeReport(folder, files), '--out', out, '--json']);
  t.equal(ended.code, 0, ended.err);
  t.match(json(ended), { source: 's3://lake/', totals: [{ objects: 300, bytes: (299 * 300) / 2 }] });
  t.match(ended.err, 'Inventory of s3://lake/ as of 2026-11-24T01:00:00.000Z: 3 CSV files');
  t.same(JSON.parse(readFileSync(out, 'utf8')), json(ended));
  t.notOk(existsSync(`${out}.partial`));
});

t.test(
  'a file that the manifest does not vouch for is refused by its name, exit 2, or left out when asked, exit 3',
  async (t) => {
    const one = csvFile('1.csv.gz', rowsOf(0, 10));
    const uri = writeReport(t.testdir(), [{ ...one, said: { MD5checksum: '0'.repeat(32) } }]);
    const ended = await bucketwise(['scan', uri]);
    t.equal(ended.code, 2);
    t.equal(ended.out, '');
    t.match(
      ended.err,
      'INVENTORY_CORRUPT: Inventory file "inventory/lake/all/data/1.csv.gz" is refused: its MD5 is',
    );
    const two = writeReport(t.testdir(), [{ ...one, isMissing: true }, csvFile('2.csv.gz', rowsOf(10, 12))]);
    const partial = await bucketwise(['scan', two, '--partial', '--json']);
    t.equal(partial.code, 3, partial.err);
    t.match(json(partial), { totals: [{ objects: 2 }], missing: [{ file: keyOf(one) }] });
    t.match(partial.err, 'INVENTORY_PARTIAL: Left out: 1 file of the inventory');
  },
);

t.test('an interrupt ends all threads at once: exit 130, and what was read is not read again', async (t) => {
  const folder = t.testdir();
  // As many members as make some seconds of work.
  const member = gzipSync(csvText(rowsOf(0, 10_000)));
  const long: ReportFile = {
    name: 'long.csv.gz',
    bytes: Buffer.concat(Array.from({ length: 200 }, () => member)),
  };
  const short = csvFile('short.csv.gz', rowsOf(0, 10));
  const uri = writeReport(folder, [long, short]);
  const out = join(folder, 'scan.json');
  const partial = `${out}.partial`;
  const isKept = (): boolean =>
    existsSync(partial) && readdirSync(partial).some((name) => name.endsWith('.part'));
  const ended = await bucketwise(['scan', uri, '--out', out], { interruptOnce: isKept });
  t.equal(ended.code, 130, ended.err);
  t.match(ended.err, 'INTERRUPTED: Interrupted. 1 of 2 files were read, and are not read again');
  t.notOk(existsSync(out));
  t.equal(readdirSync(partial).length, 1);
  t.ok(existsSync(join(folder, keyOf(short))));
});
