import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { layouts, writeOrdersTable } from '../../src/adapters/files/sample-lake.js';
import { bucketwise, json } from './bucketwise.js';

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

/** A table whose source is not there, before one whose hours are due; both every second. */
function lake(dir: string): string {
  writeOrdersTable(dir, Date.UTC(2026, 9, 1));
  const table = (name: string, source: string): string =>
    `  - { name: ${name}, lookback: 36500d, schedule: "* * * * * *", source: { uri: "file://${dir}/${source}", partition: ${layouts.plain} }, target: { uri: "file://${dir}/parquet-${name}" } }`;
  const config = join(dir, 'bucketwise.yaml');
  writeFileSync(config, ['tables:', table('gone', 'nowhere'), table('orders', 'csv/orders'), ''].join('\n'));
  return config;
}

t.test(
  'the schedule compacts due hours beside a table that fails, tick after tick, and ends on SIGTERM',
  async (t) => {
    const config = lake(t.testdir());
    const args = ['serve', '--config', config, '--port', String(await freePort())];
    const ended = await bucketwise(args, { endWhen: /orders: 0 hours compacted/ });
    t.equal(ended.code, 0, ended.err);
    t.match(ended.err, 'gone: FILE_MISSING: There is no file or folder');
    t.equal(ended.err.match(/orders: 5 hours compacted, 1 refused, 0 failed, 0 due/g)?.length, 1, ended.err);
    t.match(ended.err, 'Stopping; what is under way is finished first.');
    const status = json(
      await bucketwise(['compact', 'status', '--config', config, '--table', 'orders', '--json']),
    );
    const partitions = status.partitions as { state: string; generation: number }[];
    t.same(
      partitions.filter(({ state }) => state === 'compacted').map(({ generation }) => generation),
      [1, 1, 1, 1, 1],
    );
  },
);

t.test('a port in use is named, and nothing stays behind', async (t) => {
  const port = await freePort();
  const taken = createServer().listen(port, '127.0.0.1');
  t.teardown(() => taken.close());
  const ended = await bucketwise(['serve', '--port', String(port)], { cwd: t.testdir() });
  t.equal(ended.code, 1);
  t.match(ended.err, `PORT_IN_USE: Port ${port} is in use.`);
});
