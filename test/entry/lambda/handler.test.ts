import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { layouts, writeOrdersTable } from '../../../src/adapters/files/sample-lake.js';
import { handler } from '../../../src/entry/lambda/handler.js';

const minutes = (count: number) => ({ getRemainingTimeInMillis: () => count * 60_000 });

/** Hourly folders of one table, and the variable that names its config. */
function lake(t: Test, extra = ''): string {
  const dir = t.testdir();
  writeOrdersTable(dir, Date.UTC(2026, 9, 1));
  const config = join(dir, 'bucketwise.yaml');
  writeFileSync(
    config,
    `tables: [{ name: orders, lookback: 36500d, source: { uri: "file://${dir}/csv/orders", partition: ${layouts.plain} }, target: { uri: "file://${dir}/parquet" } }]\n${extra}`,
  );
  const before = process.env.BUCKETWISE_CONFIG;
  process.env.BUCKETWISE_CONFIG = config;
  t.teardown(() => {
    if (before === undefined) delete process.env.BUCKETWISE_CONFIG;
    else process.env.BUCKETWISE_CONFIG = before;
  });
  return dir;
}

t.test('an event compacts every due hour; the same event again changes nothing', async (t) => {
  lake(t);
  const event = { time: '2026-11-26T09:05:00Z' };
  const first = await handler(event, minutes(15));
  // One hour of the sample is awkward.
  t.same(first, {
    tables: [{ table: 'orders', compacted: 5, refused: 1, failed: 0, due: 0 }],
    isComplete: true,
  });
  t.match(await handler(event, minutes(15)), {
    tables: [{ table: 'orders', compacted: 0, due: 0 }],
    isComplete: true,
  });
});

t.test('without time left nothing is begun, and the next event goes on', async (t) => {
  lake(t);
  const stopped = await handler({}, { getRemainingTimeInMillis: () => 0 });
  t.equal(stopped.isComplete, false);
  t.ok(stopped.tables.every(({ compacted }) => compacted === 0));
  const next = await handler({ tables: ['orders'] }, minutes(15));
  t.ok(next.tables[0]!.compacted > 0);
  t.equal(next.isComplete, true);
});

t.test('a table whose source is gone fails the event, after the others were done', async (t) => {
  const dir = lake(t);
  const config = join(dir, 'bucketwise.yaml');
  const gone = `{ name: gone, source: { uri: "file://${dir}/nothing" }, target: { uri: "file://${dir}/other" } }`;
  writeFileSync(config, readFileSync(config, 'utf8').replace('tables: [', `tables: [${gone}, `));
  await t.rejects(handler({}, minutes(15)), {
    code: 'HOURS_LEFT',
    message: /\(gone: FILE_MISSING: There is no file or folder/,
  });
  t.match(await handler({ tables: ['orders'] }, minutes(15)), {
    tables: [{ table: 'orders', compacted: 0, due: 0 }],
    isComplete: true,
  });
});

t.test('an event that is none is refused by field', async (t) => {
  lake(t);
  await t.rejects(handler({ time: 'noon' }, minutes(15)), { code: 'ARGUMENT_INVALID', message: /^time:/ });
  await t.rejects(handler({ tables: [] }, minutes(15)), { code: 'ARGUMENT_INVALID', message: /^tables:/ });
  await t.rejects(handler({ tables: 'orders' as never }, minutes(15)), { code: 'ARGUMENT_INVALID' });
  await t.rejects(handler({ tables: ['ordres'] }, minutes(15)), { code: 'TABLE_UNKNOWN' });
});

t.test(
  'somebody who cannot be told is a fault of the config, found before anything is written',
  async (t) => {
    lake(t, 'notify: { slackWebhookEnv: BUCKETWISE_TEST_UNSET }\n');
    await t.rejects(handler({}, minutes(15)), {
      code: 'CONFIG_INVALID',
      message: /BUCKETWISE_TEST_UNSET is not set/,
    });
  },
);

t.test('the refused hour is told once, not with every event', async (t) => {
  const texts: string[] = [];
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => texts.push(String(chunk)));
    request.on('end', () => response.end('ok'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env.BUCKETWISE_TEST_SLACK = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  t.teardown(() => {
    delete process.env.BUCKETWISE_TEST_SLACK;
    server.closeAllConnections();
    server.close();
  });
  lake(t, 'notify: { slackWebhookEnv: BUCKETWISE_TEST_SLACK }\n');
  await handler({}, minutes(15));
  await handler({}, minutes(15));
  t.equal(texts.length, 1);
  t.match(texts[0], /orders: 1 hour refused/);
});
