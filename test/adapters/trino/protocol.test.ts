/** Trino's statement protocol against a server on loopback that answers as told. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { goOn, runStatement, type TrinoServer } from '../../../src/adapters/trino/protocol.js';

interface Received {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
/** `at` is where the server can be reached; `number` counts from 1. */
type Answer = (response: ServerResponse, at: string, number: number, request: Received) => void;

async function trinoThat(t: Test, answer: Answer, more: Partial<TrinoServer> = {}) {
  const received: Received[] = [];
  const waits: number[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({
        line: `${request.method} ${request.url}`,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      });
      answer(response, url, received.length, received.at(-1)!);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const trino: TrinoServer = {
    url,
    catalog: 'hive',
    schema: 'web',
    user: 'bucketwise',
    pause: async (ms) => {
      waits.push(ms);
    },
    ...more,
  };
  const run = (sql = 'SELECT 1', signal = new AbortController().signal, session = {}) =>
    runStatement(trino, { sql, session }, signal);
  return { trino, run, received, waits, lines: () => received.map(({ line }) => line) };
}

const page = (response: ServerResponse, body: object): void => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};

t.test('pages are followed to the end, and their rows put together', async (t) => {
  const { run, lines, received } = await trinoThat(t, (response, at, number) => {
    if (number === 1) page(response, { nextUri: `${at}/v1/statement/q/1` });
    else if (number === 2) page(response, { nextUri: `${at}/v1/statement/q/2?slug=x`, data: [[1], [2]] });
    else page(response, { data: [[3]], updateCount: 3, stats: { physicalInputBytes: 77 } });
  });
  t.strictSame(await run('SELECT 1', undefined, { 'hive.x': 'a b' }), {
    outcome: 'done',
    rows: [[1], [2], [3]],
    updateCount: 3,
    scannedBytes: 77,
  });
  t.same(lines(), ['POST /v1/statement', 'GET /v1/statement/q/1', 'GET /v1/statement/q/2?slug=x']);
  t.equal(received[0]?.body, 'SELECT 1');
  t.match(received[0]?.headers, {
    'x-trino-user': 'bucketwise',
    'x-trino-catalog': 'hive',
    'x-trino-schema': 'web',
    'x-trino-session': 'hive.x=a%20b',
    'x-trino-time-zone': 'UTC',
  });
  t.notOk('authorization' in received[0]!.headers);
});

t.test('an error of the statement is an answer, in Trino’s name and words', async (t) => {
  const { run } = await trinoThat(t, (response) =>
    page(response, { error: { message: 'line 1:1: no', errorName: 'SYNTAX_ERROR' } }),
  );
  t.same(await run(), { outcome: 'failed', name: 'SYNTAX_ERROR', words: 'line 1:1: no' });
});

for (const status of [502, 503, 504, 429])
  t.test(`HTTP ${status} is repeated after a moment`, async (t) => {
    const { run, lines, waits } = await trinoThat(t, (response, at, number) => {
      if (number === 1) return page(response, { nextUri: `${at}/v1/statement/q/1` });
      if (number > 3) return page(response, {});
      response.writeHead(status, status === 429 ? { 'retry-after': '2' } : {});
      response.end();
    });
    t.match(await run(), { outcome: 'done' });
    t.equal(lines().length, 4);
    t.same(waits, status === 429 ? [2000, 2000] : [100, 200]);
  });

t.test('a server that stays busy is given up after eleven requests', async (t) => {
  const { run, lines } = await trinoThat(t, (response) => {
    response.writeHead(503);
    response.end('Trino is starting');
  });
  await t.rejects(run(), { code: 'ENGINE_UNAVAILABLE', message: /HTTP 503: Trino is starting/ });
  t.equal(lines().length, 11);
});

t.test('an interrupt cancels the statement on the server', async (t) => {
  const interrupt = new AbortController();
  const { run, lines } = await trinoThat(t, (response, at, number) => {
    if (number === 2) interrupt.abort();
    page(response, number > 10 ? {} : { nextUri: `${at}/v1/statement/q/${number}` });
  });
  await t.rejects(run('SELECT 1', interrupt.signal), { code: 'INTERRUPTED' });
  t.same(lines().slice(2), ['DELETE /v1/statement/q/1']);
});

for (const status of [502, 504])
  t.test(`a statement that a proxy answers with HTTP ${status} may run, and is not sent again`, async (t) => {
    const { run, lines } = await trinoThat(t, (response) => {
      response.writeHead(status);
      response.end();
    });
    await t.rejects(run(), { code: 'ENGINE_UNAVAILABLE', message: new RegExp(`HTTP ${status}`) });
    t.same(lines(), ['POST /v1/statement']);
  });

t.test(
  'a page whose answer was lost is asked for again, and at last its statement is cancelled',
  async (t) => {
    const lost = await trinoThat(t, (response, at, number) => {
      if (number === 1) page(response, { nextUri: `${at}/v1/statement/q/1` });
      else if (number < 4) response.destroy();
      else page(response, { data: [[1]] });
    });
    t.match(await lost.run(), { outcome: 'done', rows: [[1]] });
    t.same(new Set(lost.lines().slice(1)), new Set(['GET /v1/statement/q/1']));
    const gone = await trinoThat(t, (response, at, number) =>
      number === 1 ? page(response, { nextUri: `${at}/v1/statement/q/1` }) : response.destroy(),
    );
    await t.rejects(gone.run(), { code: 'ENGINE_UNAVAILABLE' });
    t.equal(gone.lines().at(-1), 'DELETE /v1/statement/q/1');
  },
);

t.test('an interrupt between repeats cancels the statement too', async (t) => {
  const interrupt = new AbortController();
  const { run, lines } = await trinoThat(
    t,
    (response, at, number) => {
      if (number === 1) return page(response, { nextUri: `${at}/v1/statement/q/1` });
      response.writeHead(503);
      response.end();
    },
    { pause: async () => interrupt.abort() },
  );
  await t.rejects(run('SELECT 1', interrupt.signal), { code: 'INTERRUPTED' });
  t.equal(lines().at(-1), 'DELETE /v1/statement/q/1');
});

t.test('where to ask next is noted at once, and with every page of what takes long', async (t) => {
  for (const [noteAfterMs, noted] of [
    [5_000, ['q1 /v1/statement/q/1']],
    [0, ['q1 /v1/statement/q/1', 'q1 /v1/statement/q/2', 'q1 /v1/statement/q/3']],
  ] as const) {
    const { trino } = await trinoThat(
      t,
      (response, at, number) =>
        page(response, { id: 'q1', ...(number < 4 ? { nextUri: `${at}/v1/statement/q/${number}` } : {}) }),
      { noteAfterMs },
    );
    const notes: string[] = [];
    await runStatement(
      trino,
      { sql: 'X', session: {} },
      new AbortController().signal,
      async (query, next) => {
        notes.push(`${query} ${next}`);
      },
    );
    t.same(notes, noted);
  }
});

t.test('a statement of another runner is gone on with from where it was, or is gone', async (t) => {
  const { signal } = new AbortController();
  const there = await trinoThat(t, (response) => page(response, { data: [[1]], updateCount: 5 }));
  t.match(await goOn(there.trino, '/v1/statement/q/7', signal), { outcome: 'done', updateCount: 5 });
  t.same(there.lines(), ['GET /v1/statement/q/7']);
  for (const status of [404, 410]) {
    const forgotten = await trinoThat(t, (response) => {
      response.writeHead(status);
      response.end();
    });
    t.equal(await goOn(forgotten.trino, '/v1/statement/q/7', signal), 'gone');
    t.same(forgotten.lines(), ['GET /v1/statement/q/7', 'DELETE /v1/statement/q/7']);
    // Trino answers for the queue long after the pages of the statement itself were read, and forgotten.
    const readOn: Answer = (response, at, number) => {
      if (number === 1) return page(response, { nextUri: `${at}/v1/statement/q/8` });
      response.writeHead(status);
      response.end();
    };
    const queued = await trinoThat(t, readOn);
    t.equal(await goOn(queued.trino, '/v1/statement/q/7', signal), 'gone');
    t.same(queued.lines(), ['GET /v1/statement/q/7', 'GET /v1/statement/q/8', 'DELETE /v1/statement/q/8']);
    const ownStatement = (await trinoThat(t, readOn)).run();
    await t.rejects(ownStatement, { code: 'ENGINE_UNAVAILABLE', message: /lost the statement/ });
  }
});

t.test('a page is asked for where the server was configured, whatever host it names', async (t) => {
  const { run, lines } = await trinoThat(t, (response, _, number) =>
    page(response, number === 1 ? { nextUri: 'http://169.254.169.254/latest?x=1' } : {}),
  );
  t.match(await run(), { outcome: 'done' });
  t.same(lines(), ['POST /v1/statement', 'GET /latest?x=1']);
});

t.test('a statement whose answer was lost is not sent again', async (t) => {
  const { run, lines } = await trinoThat(t, (response) => response.destroy());
  await t.rejects(run(), { code: 'ENGINE_UNAVAILABLE', hint: /engines\.trino\.url/ });
  t.same(lines(), ['POST /v1/statement']);
});

t.test('a redirect is not followed, and what is no Trino is said to be none', async (t) => {
  const redirecting = await trinoThat(t, (response, at) => {
    response.writeHead(307, { location: `${at}/elsewhere` });
    response.end();
  });
  await t.rejects(redirecting.run(), { code: 'ENGINE_UNAVAILABLE' });
  t.equal(redirecting.lines().length, 1);
  const other = await trinoThat(t, (response) => response.end('<html>'));
  await t.rejects(other.run(), { code: 'ENGINE_UNAVAILABLE', message: /does not answer as Trino/ });
});

t.test('a refused login names the user, and a password goes into its header alone', async (t) => {
  const refusing = (response: ServerResponse): void => {
    response.writeHead(401);
    response.end();
  };
  const password = { password: 'secret', passwordEnv: 'TRINO_PASSWORD' };
  const { run, received } = await trinoThat(t, refusing, password);
  const code = 'LOGIN_REFUSED';
  await t.rejects(run(), {
    code,
    message: /refuses user "bucketwise" \(HTTP 401\)/,
    hint: /in TRINO_PASSWORD/,
  });
  t.equal(received[0]?.headers.authorization, `Basic ${Buffer.from('bucketwise:secret').toString('base64')}`);
  const unset = await trinoThat(t, refusing, { passwordEnv: 'TRINO_PASSWORD' });
  await t.rejects(unset.run(), { code, hint: /^Set the environment variable TRINO_PASSWORD: it is not set/ });
  const none = await trinoThat(t, refusing);
  await t.rejects(none.run(), { code, hint: /no password was sent/ });
});
