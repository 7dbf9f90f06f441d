import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { checkTrino } from '../../../src/adapters/trino/check.js';

/** A server that says this of itself and answers every statement so. */
async function looked(t: Test, info: object | number, page: object = { data: [['web']] }) {
  const statements: string[] = [];
  const server = createServer((request, response) => {
    const body: Buffer[] = [];
    request.on('data', (chunk: Buffer) => body.push(chunk));
    request.on('end', () => {
      if (request.url !== '/v1/info') statements.push(Buffer.concat(body).toString());
      const answer = request.url === '/v1/info' ? info : page;
      response.writeHead(typeof answer === 'number' ? answer : 200, { 'content-type': 'application/json' });
      response.end(typeof answer === 'number' ? '' : JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const findings = await checkTrino({
    ...{ url, catalog: 'hive', schema: 'web_1', user: 'bucketwise' },
    pause: async () => undefined,
  });
  return { url, findings, statements };
}

t.test('a server that answers and has the schema', async (t) => {
  const { url, findings, statements } = await looked(t, { nodeVersion: { version: '476' }, starting: false });
  t.match(findings, [
    { check: 'trino-server', outcome: 'ok', what: `Trino 476 answers at ${url}` },
    { check: 'trino-schema', outcome: 'ok', what: 'schema hive.web_1 is there' },
  ]);
  t.same(statements, [`SHOW SCHEMAS FROM "hive" LIKE 'web\\_1' ESCAPE '\\'`]);
});

const unfit: readonly (readonly [string, object | number, object, string, RegExp, RegExp])[] = [
  ['is starting', { starting: true }, {}, 'trino-server', /is still starting/, /in a minute/],
  ['is none', 404, {}, 'trino-server', /HTTP 404/, /Check engines\.trino\.url/],
  [
    'has no such schema',
    {},
    { data: [] },
    'trino-schema',
    /has no schema "web_1" that "bucketwise" sees/,
    /CREATE SCHEMA hive\.web_1/,
  ],
  [
    'has no such catalog',
    {},
    { error: { errorName: 'CATALOG_NOT_FOUND', message: "Catalog 'hive' not found" } },
    'trino-schema',
    /CATALOG_NOT_FOUND: Catalog 'hive' not found/,
    /Check catalog, schema and user/,
  ],
];
for (const [what, info, page, check, why, todo] of unfit)
  t.test(`a server that ${what}: a problem, with what to do`, async (t) => {
    const { findings } = await looked(t, info, page);
    t.match(findings.at(-1), { check, outcome: 'problem', what: why, todo, code: 'ENGINE_UNAVAILABLE' });
  });

t.test('an address at which nobody answers', async (t) => {
  const server = {
    url: 'http://127.0.0.1:9',
    catalog: 'hive',
    schema: 'web',
    user: 'b',
    pause: async () => undefined,
  };
  t.match(await checkTrino(server), [{ outcome: 'problem', what: /127\.0\.0\.1:9/ }]);
});
