/** The sample lake of real flights, compacted by the built program: all of it, row for row. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetMetadata } from 'hyparquet';
import t from 'tap';
import { bucketwise, root } from '../e2e/bucketwise.js';
import { buffer, csvRows, filesOf, parquetRows } from '../e2e/rows.js';

t.test(
  'every row of every hour of the flight lake equals its source, and a second run does nothing',
  async (t) => {
    const dir = join(t.testdir(), 'lake');
    execFileSync(process.execPath, ['--import', 'tsx', 'scripts/make-sample-lake.ts', dir], {
      cwd: root,
      stdio: 'pipe',
    });
    const config = join(dir, 'bucketwise.yaml');
    const run = () => bucketwise(['compact', 'run', '--config', config, '--yes', '-o', 'ndjson']);
    const ended = await run();
    t.equal(ended.code, 3, 'one hour of the orders is refused, as it was made to be');
    const reports = ended.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    let rows = 0;
    for (const { table, partitions } of reports)
      for (const { partition, state, target, evidence } of partitions) {
        if (state !== 'compacted') continue;
        const out = join(dir, 'parquet', table, partition);
        const read = await parquetRows(out);
        rows += read.length;
        t.strictSame(read, csvRows(join(dir, 'csv', table, partition)), `${table} ${partition}`);
        t.equal(target.rows, read.length);
        const codecs = filesOf(out).flatMap((file) =>
          parquetMetadata(buffer(file)).row_groups.flatMap((group) =>
            group.columns.map((column) => column.meta_data?.codec),
          ),
        );
        t.same([...new Set(codecs)], ['SNAPPY']);
        const pointer = join(dir, 'parquet', table, '_bucketwise', table, partition, 'pointer.json');
        t.equal(JSON.parse(readFileSync(pointer, 'utf8')).evidence, evidence);
        t.ok(existsSync(join(dir, 'parquet', table, evidence)));
      }
    // Every flight of two days, the 200,000 delays, five of six hours of orders.
    t.equal(rows, 34_970 + 200_000 + 1_500);
    const before = readdirSync(join(dir, 'parquet'), { recursive: true }).sort();
    const again = await run();
    t.match(again.err, 'Nothing to do');
    t.same(readdirSync(join(dir, 'parquet'), { recursive: true }).sort(), before);
  },
);
