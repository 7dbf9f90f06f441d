import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import t from 'tap';
import { layouts, writeOrdersTable } from '../../../src/adapters/files/sample-lake.js';
import { createApp } from '../../../src/app.js';
import { buildServer, isLoopback } from '../../../src/entry/http/server.js';
import { createWorld } from '../../../src/world.js';

const watch = { progress: () => undefined, note: () => undefined, signal: new AbortController().signal };
const usage = {
  region: 'us-east-1',
  month: '2026-11',
  storage: [{ class: 'STANDARD', objects: 10_000_000, bytes: 102_400_000_000 }],
};

async function serving(t: { teardown(act: () => unknown): void }, config?: string) {
  const app = createApp(createWorld({ environment: {} }));
  const tables = await app.serveTables(config === undefined ? {} : { config }, watch);
  const server = await buildServer(app, tables, '0.0.0', () => undefined);
  t.teardown(async () => {
    await tables.stop();
    await server.close();
  });
  return { app, server };
}

t.test('a cost by HTTP is the same exact bill', async (t) => {
  const { server } = await serving(t);
  const answer = await server.inject({ method: 'POST', url: '/v1/cost', payload: usage });
  t.equal(answer.statusCode, 200, answer.body);
  t.match(answer.json(), { schemaVersion: 1, total: '2.193450927734375', currency: 'USD' });
  t.match(answer.headers['content-type'], 'application/json');
});

t.test('a what-if by HTTP takes a scan document', async (t) => {
  const { app, server } = await serving(t);
  const dir = t.testdir();
  writeOrdersTable(dir, Date.UTC(2026, 9, 1));
  const scan = await app.scan({ uri: `file://${dir}/csv`, region: 'us-east-1' }, watch);
  const payload = {
    scan: JSON.parse(app.show(scan, 'json', { width: 80, colour: false })),
    scenario: 'compact',
    month: '2026-11',
    options: { queriesPerMonth: 3000 },
  };
  const answer = await server.inject({ method: 'POST', url: '/v1/what-if', payload });
  t.equal(answer.statusCode, 200, answer.body);
  const outcome = answer.json();
  t.equal(outcome.months.length, 12);
  t.equal(outcome.before.total, outcome.monthly.before);
  t.ok(Number(outcome.monthly.saving) > 0);
});

t.test('partitions of a table are listed with their state', async (t) => {
  const dir = t.testdir();
  writeOrdersTable(dir, Date.UTC(2026, 9, 1));
  const config = join(dir, 'bucketwise.yaml');
  writeFileSync(
    config,
    `tables: [{ name: orders, lookback: 36500d, source: { uri: "file://${dir}/csv/orders", partition: ${layouts.plain} }, target: { uri: "file://${dir}/parquet" } }]`,
  );
  const { app, server } = await serving(t, config);
  const answer = await server.inject('/v1/tables/orders/partitions');
  t.equal(answer.statusCode, 200, answer.body);
  t.equal(answer.json().partitions.length, 6);
  const ajv = new Ajv({ strict: false });
  ajv.validate(strict(app.schemas.compaction) as object, answer.json());
  t.same(ajv.errors, null, 'as described');
  const missing = await server.inject('/v1/tables/order/partitions');
  t.equal(missing.statusCode, 404);
  t.match(missing.json(), { code: 'TABLE_UNKNOWN', detail: /Did you mean "orders"\?/ });
});

t.test('the rate card of a Region is given, of the month asked for or of this one', async (t) => {
  const { server } = await serving(t);
  const answer = await server.inject('/v1/prices/eu-west-1?month=2026-11');
  t.equal(answer.statusCode, 200, answer.body);
  t.match(answer.json(), { schemaVersion: 1, region: 'eu-west-1', date: '2025-10-22', currency: 'USD' });
  const storage = answer.json().prices.find(({ id }: { id: string }) => id === 'STANDARD.storage');
  t.match(storage, { usageType: 'EU-TimedStorage-ByteHrs', tiers: [{ upTo: '51200', price: '0.023' }] });
  t.equal((await server.inject('/v1/prices/eu-west-1')).statusCode, 200);
});

const noCards: readonly (readonly [string, number, string])[] = [
  ['/v1/prices/mars-1', 400, 'REGION_UNKNOWN'],
  ['/v1/prices/..%2F..%2Fpackage', 400, 'REGION_UNKNOWN'],
  ['/v1/prices/eu-west-1?month=2026-13', 400, 'MONTH_INVALID'],
  ['/v1/prices/eu-west-1?month=2020-01', 422, 'PRICE_CARD_MISSING'],
  ['/v1/prices/eu-west-1?dir=/etc', 400, 'BODY_INVALID'],
];

for (const [url, status, code] of noCards)
  t.test(`${url} is a problem: ${code}`, async (t) => {
    const { server } = await serving(t);
    const answer = await server.inject(url);
    t.equal(answer.statusCode, status, answer.body);
    t.match(answer.json(), { code, status });
  });

const problems: readonly (readonly [string, object, number, string, RegExp])[] = [
  [
    'an unknown key',
    { payload: { ...usage, regoin: 'x' } },
    400,
    'BODY_INVALID',
    /unknown key "regoin", did you mean "region"\?/,
  ],
  ['a count below zero', { payload: { ...usage, tags: -5 } }, 400, 'BODY_INVALID', /tags: must be >= 0/],
  ['an unknown Region', { payload: { ...usage, region: 'mars-1' } }, 400, 'REGION_UNKNOWN', /mars-1/],
  [
    'no JSON',
    { payload: '{"region"', headers: { 'content-type': 'application/json' } },
    400,
    'BODY_INVALID',
    /JSON/,
  ],
  ['a body that is an array', { payload: [1] }, 400, 'BODY_INVALID', /object/],
  [
    'a prototype',
    { payload: '{"__proto__": {"a": 1}}', headers: { 'content-type': 'application/json' } },
    400,
    'BODY_INVALID',
    /./,
  ],
];

for (const [what, request, status, code, detail] of problems)
  t.test(`${what} is a problem with a code, not a stack trace`, async (t) => {
    const { server } = await serving(t);
    const answer = await server.inject({ method: 'POST', url: '/v1/cost', ...request });
    t.equal(answer.statusCode, status, answer.body);
    t.match(answer.headers['content-type'], 'application/problem+json');
    t.match(answer.json(), { code, detail, status, instance: '/v1/cost' });
    t.notMatch(answer.body, /\n\s+at /);
  });

t.test(
  'a route that is not there, and a page elsewhere that points its name here, are refused',
  async (t) => {
    const { server } = await serving(t);
    t.match((await server.inject('/v1/nothing')).json(), { code: 'ROUTE_UNKNOWN', status: 404 });
    const rebound = await server.inject({ url: '/livez', headers: { host: 'evil.example' } });
    t.match(rebound.json(), { code: 'HOST_REFUSED', status: 403 });
    t.match((await server.inject('/livez')).json(), { status: 'ok' });
  },
);

/** Every object of a schema closed and every property required: a field the description does not know, or lacks, shows. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, strict(value)]));
  return inner.type === 'object' && inner.properties && inner.additionalProperties === undefined
    ? { ...inner, additionalProperties: false, required: Object.keys(inner.properties) }
    : inner;
}

t.test('the description is OpenAPI 3.1, names every route once, and says how each fails', async (t) => {
  const { server } = await serving(t);
  const description = (await server.inject('/openapi.json')).json();
  t.match(description.openapi, /^3\.1\./);
  t.same(Object.keys(description.paths).sort(), [
    '/livez',
    '/openapi.json',
    '/v1/cost',
    '/v1/prices/{region}',
    '/v1/tables/{name}/partitions',
    '/v1/what-if',
  ]);
  t.ok(description.paths['/v1/cost'].post.requestBody);
  const operations = Object.values(description.paths).flatMap((path) => Object.values(path as object));
  const ids = operations.map(({ operationId }) => operationId);
  t.equal(new Set(ids).size, operations.length, ids.join(', '));
  for (const { operationId, responses } of operations) {
    t.match(operationId, /^[a-z]\w+$/);
    t.same(Object.keys(responses.default.content), ['application/problem+json'], operationId);
  }
});

t.test('answers are what the description says, field by field', async (t) => {
  const { app, server } = await serving(t);
  const { paths } = (await server.inject('/openapi.json')).json();
  const fits = (operation: { responses: object }, status: string, body: unknown): void => {
    const responses = operation.responses as Record<string, { content: Record<string, { schema: object }> }>;
    const [{ schema }] = Object.values(responses[status]!.content) as [{ schema: object }];
    const ajv = new Ajv({ strict: false, allErrors: true });
    ajv.validate(strict(schema) as object, body);
    t.same(ajv.errors, null);
  };
  const dir = t.testdir();
  writeOrdersTable(dir, Date.UTC(2026, 9, 1));
  const taken = await app.scan({ uri: `file://${dir}/csv`, region: 'us-east-1' }, watch);
  const scan = JSON.parse(app.show(taken, 'json', { width: 80, colour: false }));
  const post = async (url: string, payload: object) =>
    (await server.inject({ method: 'POST', url, payload })).json();
  fits(paths['/livez'].get, '200', (await server.inject('/livez')).json());
  const large = {
    ...usage,
    storage: [{ class: 'STANDARD_IA', objects: '9'.repeat(17), bytes: '9'.repeat(20) }],
  };
  for (const document of [usage, large])
    fits(paths['/v1/cost'].post, '200', await post('/v1/cost', document));
  fits(paths['/v1/cost'].post, 'default', await post('/v1/cost', {}));
  fits(paths['/v1/what-if'].post, '200', await post('/v1/what-if', { scan, scenario: 'compact' }));
});

t.test('only loopback names are loopback', async (t) => {
  for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]']) t.ok(isLoopback(host), host);
  for (const host of [
    '0.0.0.0',
    '10.0.0.1',
    '127.0.0.1.evil.example',
    'example.com',
    '::',
    '169.254.169.254',
  ])
    t.notOk(isLoopback(host), host);
});
