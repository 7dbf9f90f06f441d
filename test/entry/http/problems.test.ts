import { connect } from 'node:net';
import t from 'tap';
import { type App, createApp } from '../../../src/app.js';
import { rawProblem } from '../../../src/entry/http/problems.js';
import { buildServer } from '../../../src/entry/http/server.js';
import { createWorld } from '../../../src/world.js';

const app = createApp(createWorld({ environment: {} }));
const none = {
  lines: () => [],
  partitions: () => Promise.reject(new Error('none')),
  catchUp: () => undefined,
  stop: async () => undefined,
};

async function serving(t: { teardown(act: () => unknown): void }, of: App = app) {
  const told: string[] = [];
  const server = await buildServer(of, none, '0.0.0', (text) => told.push(text));
  t.teardown(() => server.close());
  return { server, told };
}

const json = { 'content-type': 'application/json' };
const cases: readonly (readonly [string, object, number, string, RegExp])[] = [
  [
    'a body of plain text',
    { payload: '{}', headers: { 'content-type': 'text/plain' } },
    415,
    'MEDIA_TYPE_UNSUPPORTED',
    /content-type "text\/plain"/,
  ],
  [
    'a body of XML',
    { payload: 'x', headers: { 'content-type': 'text/xml' } },
    415,
    'MEDIA_TYPE_UNSUPPORTED',
    /text\/xml/,
  ],
  [
    'a compressed body',
    { payload: '{}', headers: { ...json, 'content-encoding': 'gzip' } },
    415,
    'MEDIA_TYPE_UNSUPPORTED',
    /content-encoding "gzip"/,
  ],
  [
    'a body beyond the limit',
    { payload: '{}', headers: { ...json, 'content-length': '99999999999' } },
    413,
    'BODY_TOO_LARGE',
    /larger than 64 MiB/,
  ],
  [
    'a path with a broken escape',
    { method: 'GET', url: '/v1/tables/%zz/partitions' },
    400,
    'REQUEST_INVALID',
    /path/,
  ],
  [
    'a name too long for any table',
    { method: 'GET', url: `/v1/tables/${'a'.repeat(300)}/partitions` },
    400,
    'REQUEST_INVALID',
    /path/,
  ],
  [
    'a Region as long as a book',
    { payload: { region: 'a'.repeat(100_000), month: '2026-11' } },
    400,
    'REGION_UNKNOWN',
    /no prices/,
  ],
];

for (const [what, request, status, code, detail] of cases)
  t.test(`${what} is refused with the status HTTP has for it`, async (t) => {
    const { server, told } = await serving(t);
    const answer = await server.inject({ method: 'POST', url: '/v1/cost', ...request });
    t.equal(answer.statusCode, status, answer.body);
    t.match(answer.headers['content-type'], 'application/problem+json');
    t.match(answer.json(), { code, status, detail });
    t.same(told, [], 'the fault of the request is nothing for the log');
  });

t.test(
  'a failure nobody expected is told to the log with its trace, and the answer keeps the inside to itself',
  async (t) => {
    const broken = { ...app, cost: () => Promise.reject(new Error('secret of the house')) };
    const { server, told } = await serving(t, broken);
    const answer = await server.inject({
      method: 'POST',
      url: '/v1/cost',
      payload: { region: 'x', month: '2026-11' },
    });
    t.match(answer.json(), { code: 'UNEXPECTED', status: 500 });
    t.notMatch(answer.body, 'secret');
    t.equal(told.length, 1);
    t.match(told[0], /^POST \/v1\/cost: Error: secret of the house\n\s+at /);
  },
);

t.test('what is no HTTP is answered with a problem, too', async (t) => {
  const { server } = await serving(t);
  await server.listen({ port: 0, host: '127.0.0.1' });
  const { port } = server.server.address() as { port: number };
  const said = (raw: string): Promise<string> =>
    new Promise((resolve) => {
      let all = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(raw));
      socket.on('data', (chunk) => {
        all += chunk;
      });
      socket.on('close', () => resolve(all));
    });
  for (const [raw, status, code] of [
    ['GARBAGE\r\n\r\n', 400, 'REQUEST_INVALID'],
    [`GET /livez HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(70_000)}\r\n\r\n`, 431, 'HEADERS_TOO_LARGE'],
    ['GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n', 403, 'HOST_REFUSED'],
  ] as const) {
    const answer = await said(raw);
    t.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), raw.slice(0, 40));
    t.match(answer, /content-type: application\/problem\+json/i);
    t.match(answer, `"code":"${code}"`);
  }
});

t.test('a body that comes too slowly is a timeout', async (t) => {
  t.match(
    rawProblem('ERR_HTTP_REQUEST_TIMEOUT'),
    /^HTTP\/1\.1 408 REQUEST_TIMEOUT\r\n[^{]*\r\n\r\n\{.*"REQUEST_TIMEOUT"/s,
  );
});
