/** The built program on a folder: a late object, and committed hours checked again; test/servers has sources that go. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { bucketwise, json } from '../e2e/bucketwise.js';
import { filesOf, parquetRows } from '../e2e/rows.js';

const hour = 'year=2026/month=10/day=01/hour=05';

function lake(dir: string): { config: string; folder: string; shown: string } {
  const config = join(dir, 'bucketwise.yaml');
  const folder = join(dir, 'csv', hour);
  mkdirSync(folder, { recursive: true });
  for (const name of ['a', 'b'])
    writeFileSync(join(folder, `${name}.csv`), `id,town\n${name}1,Ulm\n${name}2,Bern\n`);
  writeFileSync(
    config,
    `region: us-east-1
tables:
  - name: clicks
    source: { uri: "file://${dir}/csv" }
    target: { uri: "file://${dir}/parquet" }
    lookback: 36500d
`,
  );
  return { config, folder, shown: join(dir, 'parquet', hour) };
}

const of = (config: string, ...args: string[]) => bucketwise(['compact', ...args, '--config', config]);
const ids = async (shown: string): Promise<(string | null)[]> =>
  (await parquetRows(shown)).map(([id = null]) => id).sort();

t.test(
  'a late object makes a second generation under the same name; the hour holds until a file is harmed',
  async (t) => {
    const { config, folder, shown } = lake(t.testdir());
    const doctor = await bucketwise(['doctor', '--config', config]);
    t.equal(doctor.code, 0, doctor.err);
    t.match(doctor.out, /engine duckdb, sources: keep, publish: files\n {2}ok: the source can be listed\n/);
    t.match(doctor.out, /\n {2}ok: the target honours conditional writes\n/);
    t.match(doctor.out, /\n {2}ok: DuckDB v1\.\S+ runs in a process of its own\n/);
    t.notMatch(doctor.out, /problem/);
    t.equal((await of(config, 'run', '--yes')).code, 0);
    t.strictSame(await ids(shown), ['a1', 'a2', 'b1', 'b2']);
    const [name] = filesOf(shown);
    writeFileSync(join(folder, 'late.csv'), 'id,town\nc1,Ulm\n');
    t.match((await of(config, 'plan')).out, /generation 2 takes it in/);
    const second = await of(config, 'run', '--yes', '--json');
    t.equal(second.code, 0, second.err);
    t.match(json(second), { partitions: [{ state: 'compacted', generation: 2 }] });
    t.strictSame(await ids(shown), ['a1', 'a2', 'b1', 'b2', 'c1']);
    t.strictSame(filesOf(shown), [name]);
    t.match((await of(config, 'recover', '--yes')).err, /Nothing to recover/);

    const holds = await of(config, 'verify');
    t.equal(holds.code, 0, holds.err);
    t.match(holds.out, /1 committed hour, 1 file, 5 rows: every one is as its evidence says/);
    writeFileSync(name!, 'harmed');
    const broken = await of(config, 'verify', '--json');
    t.equal(broken.code, 5);
    t.match(broken.err, /COMMIT_BROKEN.*1 of 1 committed hours are not as their evidence says/s);
    t.match(json(broken), { tables: [{ hours: [{ faults: [/clicks\.parquet has 6 bytes instead of/] }] }] });
  },
);

t.test('a table whose source is gone makes the run partial; the others are compacted', async (t) => {
  const { config, shown } = lake(t.testdir());
  const gone =
    '  - { name: gone, source: { uri: "file:///nothing/there" }, target: { uri: "file:///nothing/to" } }';
  writeFileSync(config, readFileSync(config, 'utf8').replace('tables:', `tables:\n${gone}`));
  for (const verb of ['plan', 'run'])
    t.equal((await of(config, verb, ...(verb === 'run' ? ['--yes'] : []))).code, 3, verb);
  t.strictSame(await ids(shown), ['a1', 'a2', 'b1', 'b2']);
  const alone = await of(config, 'run', '--yes', '--table', 'gone');
  t.equal(alone.code, 2);
  t.match(alone.err, /FILE_MISSING/);
});
