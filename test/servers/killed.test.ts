/** A run that is killed while it works: the next one on the same machine takes over at once and sweeps what it left. Needs no server, only time. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { bucketwise, json, root, startProgram } from '../e2e/bucketwise.js';
import { parquetRows } from '../e2e/rows.js';

const hour = 'year=2026/month=10/day=01/hour=05';
const files = 20;
const rowsEach = 40_000;

function lake(dir: string): string {
  const folder = join(dir, 'csv', hour);
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(dir, 'tmp'));
  for (let file = 0; file < files; file++) {
    const rows = Array.from({ length: rowsEach }, (_, row) => `${file * rowsEach + row},Ulm`);
    writeFileSync(join(folder, `${file}.csv`), `id,town\n${rows.join('\n')}\n`);
  }
  const config = join(dir, 'bucketwise.yaml');
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
  return config;
}

async function until(is: () => boolean): Promise<void> {
  for (let waited = 0; !is() && waited < 30_000; waited += 5) await sleep(5);
}

t.test(
  'the hour of a killed run is taken over at once, every row is there once, and its copies are swept',
  async (t) => {
    const dir = t.testdir({});
    const config = lake(dir);
    const environment = {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      TMPDIR: join(dir, 'tmp'),
    };
    const args = ['compact', 'run', '--config', config, '--yes', '--json'];
    const child = startProgram(args, { cwd: root, env: environment });
    const ended = new Promise((resolve) => child.on('close', resolve));
    const control = join(dir, 'parquet/_bucketwise/clicks', hour);
    await until(() => existsSync(join(control, 'attempts')));
    child.kill('SIGKILL');
    await ended;
    t.notOk(existsSync(join(control, 'pointer.json')), 'it died before its commit');
    const [left, ...others] = readdirSync(environment.TMPDIR).filter((name) =>
      name.startsWith('bucketwise-'),
    );
    t.strictSame(others, []);
    t.ok(left, 'it left local copies');

    const next = await bucketwise(args, { environment });
    t.equal(next.code, 0, next.err);
    t.match(json(next), { partitions: [{ state: 'compacted', target: { rows: files * rowsEach } }] });
    t.notOk(existsSync(join(environment.TMPDIR, left!)));
    const ids = (await parquetRows(join(dir, 'parquet', hour)))
      .map(([id]) => Number(id))
      .sort((a, b) => a - b);
    t.equal(ids.length, files * rowsEach);
    t.ok(ids.every((id, at) => id === at));
  },
);
