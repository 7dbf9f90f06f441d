import { createHash } from 'node:crypto';
import { truncateSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type Received, refuse, stubbed } from './stub-server.js';

const body = new TextEncoder().encode('{"a":1}');

/** One object, kept as S3 would; `meddle` may answer instead, before or after the effect. */
function bucketOfOne(t: Test, meddle: (turn: Turn) => boolean) {
  const held: { etag?: string; mark?: string | undefined } = {};
  const hold = (request: Received): void => {
    held.mark = String(request.headers['x-amz-meta-bucketwise-write']);
    held.etag = createHash('md5').update(request.body).digest('hex');
  };
  let puts = 0;
  return stubbed(t, (request, response) => {
    if (request.line.startsWith('PUT')) puts += 1;
    if (meddle({ request, response, puts, held, hold: () => hold(request) })) return;
    if (request.line.startsWith('HEAD')) return head(response, held);
    const wanted = request.headers['if-match'];
    if (wanted === undefined ? held.etag : wanted !== `"${held.etag}"`)
      return refuse(response, 412, 'PreconditionFailed');
    hold(request);
    response.writeHead(200, { etag: `"${held.etag}"` }).end();
  });
}

interface Turn {
  readonly request: Received;
  readonly response: ServerResponse;
  /** PUT requests so far, this one included. */
  readonly puts: number;
  readonly held: { etag?: string; mark?: string | undefined };
  /** Carries the write out. */
  readonly hold: () => void;
}

function head(response: ServerResponse, held: Turn['held']): void {
  if (held.etag === undefined) response.writeHead(404).end();
  else
    response.writeHead(200, { etag: `"${held.etag}"`, 'x-amz-meta-bucketwise-write': held.mark ?? '' }).end();
}

const isPut = ({ request }: Turn): boolean => request.line.startsWith('PUT');

t.test('a write carries its condition and no other', async (t) => {
  const { store, received } = await bucketOfOne(t, () => false);
  const first = await store.write('k', body, 'absent');
  t.match(first, { outcome: 'written' });
  t.same(await store.write('k', body, 'absent'), { outcome: 'exists' });
  const etag = first.outcome === 'written' ? first.etag : '';
  t.match(await store.write('k', body, { etag }), { outcome: 'written' });
  t.same(await store.write('k', body, { etag: 'other' }), { outcome: 'changed' });
  t.same(
    received.map(({ headers }) => [headers['if-none-match'], headers['if-match']]),
    [
      ['*', undefined],
      ['*', undefined],
      [undefined, `"${etag}"`],
      [undefined, '"other"'],
    ],
    'and a plain refusal costs no further request',
  );
});

t.test('a write that was carried out though its answer was lost is written', async (t) => {
  for (const condition of ['absent', 'etag'] as const) {
    const { store } = await bucketOfOne(t, (turn) => {
      if (condition === 'etag' && turn.held.etag === undefined) turn.held.etag = 'before';
      if (!isPut(turn) || turn.puts > 1) return false;
      turn.hold();
      turn.response.destroy();
      return true;
    });
    const answer = await store.write('k', body, condition === 'absent' ? 'absent' : { etag: 'before' });
    t.same(answer, { outcome: 'written', etag: createHash('md5').update(body).digest('hex') }, condition);
  }
});

t.test('a write that was lost on the way is sent again', async (t) => {
  const { store } = await bucketOfOne(t, (turn) => {
    if (!isPut(turn) || turn.puts > 1) return false;
    turn.response.destroy();
    return true;
  });
  t.match(await store.write('k', body, 'absent'), { outcome: 'written' });
});

t.test('the same bytes from a rival are not taken for ours when our answer was lost', async (t) => {
  const { store } = await bucketOfOne(t, (turn) => {
    if (!isPut(turn) || turn.puts > 1) return false;
    turn.hold();
    turn.held.mark = 'of a rival';
    turn.response.destroy();
    return true;
  });
  t.same(await store.write('k', body, 'absent'), { outcome: 'exists' });
});

t.test('a write answered by 500 after it was carried out is written', async (t) => {
  const { store } = await bucketOfOne(t, (turn) => {
    if (!isPut(turn)) return false;
    if (turn.puts === 1) turn.hold();
    refuse(turn.response, 500, 'InternalError');
    return true;
  });
  t.match(await store.write('k', body, 'absent'), { outcome: 'written' });
});

t.test('a write that never gets an answer is refused when what is there excludes it', async (t) => {
  const { store } = await bucketOfOne(t, (turn) => {
    turn.held.etag = 'of a rival';
    if (isPut(turn)) turn.response.destroy();
    return isPut(turn);
  });
  t.same(await store.write('k', body, 'absent'), { outcome: 'exists' });
  t.same(await store.write('k', body, { etag: 'mine' }), { outcome: 'changed' });
  await t.rejects(store.write('k', body, { etag: 'of a rival' }), { code: 'STORE_FAILED' }, 'still unknown');
});

t.test('what stays unknown is an error, never an answer', async (t) => {
  const { store, endpointUrl } = await bucketOfOne(t, (turn) => {
    turn.response.destroy();
    return true;
  });
  await t.rejects(store.write('k', body, 'absent'), {
    code: 'STORE_FAILED',
    details: { action: 's3:PutObject', what: 's3://bucket/k', why: new RegExp(endpointUrl) },
  });
});

t.test('a conflict with another write is tried again until it is decided', async (t) => {
  const conflict = (turn: Turn): boolean => {
    refuse(turn.response, 409, 'ConditionalRequestConflict');
    return true;
  };
  const won = await bucketOfOne(t, (turn) => isPut(turn) && turn.puts < 3 && conflict(turn));
  t.match(await won.store.write('k', body, 'absent'), { outcome: 'written' });
  const lost = await bucketOfOne(t, (turn) => {
    if (turn.puts < 3) return conflict(turn);
    turn.held.etag = 'of a rival';
    return false;
  });
  t.same(await lost.store.write('k', body, 'absent'), { outcome: 'exists' });
  const endless = await bucketOfOne(t, (turn) => isPut(turn) && conflict(turn));
  await t.rejects(endless.store.write('k', body, 'absent'), {
    code: 'STORE_FAILED',
    details: { why: /ConditionalRequestConflict/ },
  });
  t.ok(endless.received.length < 20);
});

t.test('If-Match on an object that is gone is changed; a missing bucket is not', async (t) => {
  const gone = await bucketOfOne(t, ({ response }) => {
    refuse(response, 404, 'NoSuchKey');
    return true;
  });
  t.same(await gone.store.write('k', body, { etag: 'e' }), { outcome: 'changed' });
  const none = await bucketOfOne(t, ({ response }) => {
    refuse(response, 404, 'NoSuchBucket');
    return true;
  });
  await t.rejects(none.store.write('k', body, { etag: 'e' }), { code: 'BUCKET_MISSING' });
  await t.rejects(none.store.write('k', body, 'absent'), { code: 'BUCKET_MISSING' });
});

t.test('a server without conditional writes is refused', async (t) => {
  const { store } = await bucketOfOne(t, ({ response }) => {
    refuse(response, 501, 'NotImplemented');
    return true;
  });
  await t.rejects(store.write('k', body, 'absent'), { code: 'CONDITION_UNSUPPORTED' });
});

t.test('an upload sends length and checksum, and its answer may be lost too', async (t) => {
  const local = join(t.testdir({ file: 'some bytes' }), 'file');
  const { warn } = console;
  const said: unknown[] = [];
  console.warn = (...words) => said.push(words);
  t.teardown(() => {
    console.warn = warn;
  });
  const { store, received } = await bucketOfOne(t, (turn) => {
    if (!isPut(turn) || turn.puts > 1) return false;
    turn.hold();
    turn.response.destroy();
    return true;
  });
  t.match(await store.upload('k', local), { outcome: 'written' });
  t.same(said, [], 'the SDK does not talk to the console');
  t.match(received[0], {
    body: 'some bytes',
    headers: { 'content-length': '10', 'x-amz-checksum-crc32': 'n1l/VQ==', 'if-none-match': '*' },
  });
});

t.test('a file beyond 5 GiB is refused before a byte is sent', async (t) => {
  const local = join(t.testdir({}), 'sparse');
  writeFileSync(local, '');
  truncateSync(local, 5 * 2 ** 30 + 1);
  const { store, received } = await bucketOfOne(t, () => false);
  await t.rejects(store.upload('k', local), { code: 'OBJECT_TOO_LARGE', details: { size: '5368709121' } });
  t.same(received, []);
});

t.test('a copy names its source by etag and asks that the target be absent', async (t) => {
  const { store, received } = await bucketOfOne(t, (turn) => {
    if (!isPut(turn)) return false;
    turn.hold();
    turn.response.end('<CopyObjectResult><ETag>&quot;c&quot;</ETag></CopyObjectResult>');
    return true;
  });
  t.same(await store.copy({ size: 1, key: 'a b/+\n', etag: 'e' }, 'to'), { outcome: 'written', etag: 'c' });
  t.match(received[1]?.headers, {
    'x-amz-copy-source': 'bucket/a%20b/%2B%0A',
    'x-amz-copy-source-if-match': '"e"',
    'if-none-match': '*',
  });
});

t.test('a refused copy says which of its two conditions did not hold', async (t) => {
  let heads = 0;
  const stale = await bucketOfOne(t, (turn) => {
    if (isPut(turn)) refuse(turn.response, 412, 'PreconditionFailed');
    return isPut(turn);
  });
  t.same(await stale.store.copy({ size: 1, key: 'from', etag: 'e' }, 'to'), { outcome: 'changed' });
  const raced = await bucketOfOne(t, (turn) => {
    if (!isPut(turn) && ++heads > 1) turn.held.etag = 'of a rival';
    if (isPut(turn)) refuse(turn.response, 412, 'PreconditionFailed');
    return isPut(turn);
  });
  t.same(await raced.store.copy({ size: 1, key: 'from', etag: 'e' }, 'to'), { outcome: 'exists' });
});

t.test('a copy whose answer holds an error is no copy', async (t) => {
  const { store } = await bucketOfOne(t, (turn) => {
    if (!isPut(turn)) return false;
    turn.response.writeHead(200).end('<Error><Code>AccessDenied</Code><Message>no</Message></Error>');
    return true;
  });
  await t.rejects(store.copy({ size: 1, key: 'from', etag: 'e' }, 'to'), { code: 'PERMISSION_DENIED' });
});
