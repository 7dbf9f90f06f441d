/** Hours become Parquet and days become one file of them, by the built program: twice, because an object came late. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { bucketwise } from '../e2e/bucketwise.js';
import { filesOf, parquetRows } from '../e2e/rows.js';

interface Report {
  readonly table: string;
  readonly grain: string;
  readonly partitions: readonly {
    readonly state: string;
    readonly reason: string;
    readonly generation: number;
  }[];
}

const day = 'year=2026/month=10/day=01';

t.test('a roll-up follows its hours, takes in what comes late, and holds each row once', async (t) => {
  const dir = t.testdir();
  const put = (hour: string, name: string, text: string): void => {
    mkdirSync(join(dir, 'csv', day, hour), { recursive: true });
    writeFileSync(join(dir, 'csv', day, hour, name), text);
  };
  put('hour=00', 'a.csv', 'id,price,at\n1,1.5,2026-10-01 00:00:01\n');
  put('hour=00', 'b.csv', 'id,price,at\n2,2.5,2026-10-01 00:00:02\n');
  put('hour=23', 'a.csv', 'id,price,at\n3,-0.5,2026-10-01 23:59:59\n');
  const config = join(dir, 'bucketwise.yaml');
  writeFileSync(
    config,
    `tables:
  - { name: trips, lookback: 36500d, source: { uri: "file://${dir}/csv" }, target: { uri: "file://${dir}/hours" } }
  - { name: trip_days, lookback: 36500d, source: { uri: "file://${dir}/hours", format: parquet }, target: { uri: "file://${dir}/days", partition: year=YYYY/month=MM/day=DD } }`,
  );
  const compact = async (verb: string, ...flags: string[]): Promise<Report[]> => {
    const { out, err, code } = await bucketwise([
      'compact',
      verb,
      '--config',
      config,
      '-o',
      'ndjson',
      ...flags,
    ]);
    t.equal(code, 0, err);
    return out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Report);
  };
  t.match((await compact('run', '--yes'))[1], { partitions: [{ state: 'compacted', generation: 1 }] });
  const rows = [
    ['1', '1.5', '2026-10-01 00:00:01'],
    ['2', '2.5', '2026-10-01 00:00:02'],
    ['3', '-0.5', '2026-10-01 23:59:59'],
  ];
  t.same(await parquetRows(join(dir, 'days', day)), rows);
  put('hour=07', 'late.csv', 'id,price,at\n4,4.5,2026-10-01 07:00:00\n');
  t.match((await compact('run', '--yes'))[1], { partitions: [{ state: 'compacted', generation: 2 }] });
  t.same((await parquetRows(join(dir, 'days', day))).sort(), [...rows, ['4', '4.5', '2026-10-01 07:00:00']]);
  t.equal(filesOf(join(dir, 'days', day)).length, 1);
  const table = await bucketwise(['compact', 'status', '--config', config, '--table', 'trip_days']);
  t.match(table.out, /^trip_days \(duckdb\): 1 compacted\n.*4 rows verified\n\nDay /s);
});
