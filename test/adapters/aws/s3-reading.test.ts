import t from 'tap';
import { refuse, stubbed } from './stub-server.js';

const whole = Buffer.alloc(400_000, 'bucketwise');
const object = { key: 'k', etag: 'e' };

async function collected(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const startOf = (range: string | undefined): number => Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);

t.test('a stream that breaks goes on where it broke, with the same etag', async (t) => {
  const { store, received } = await stubbed(t, ({ headers }, response, number) => {
    const rest = whole.subarray(startOf(headers.range));
    response.writeHead(headers.range ? 206 : 200, { etag: '"e"', 'content-length': rest.length });
    if (number < 3) response.write(rest.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 20));
    else response.end(rest);
  });
  t.ok(whole.equals(await collected(store.stream(object))));
  t.same(
    received.map(({ headers }) => [headers['if-match'], headers.range]),
    [
      ['"e"', undefined],
      ['"e"', 'bytes=100000-'],
      ['"e"', 'bytes=200000-'],
    ],
  );
});

t.test('a stream whose object changes between two parts is refused, never mixed', async (t) => {
  const { store } = await stubbed(t, (_, response, number) => {
    if (number > 1) return refuse(response, 412, 'PreconditionFailed');
    response.writeHead(200, { etag: '"e"', 'content-length': whole.length });
    response.write(whole.subarray(0, 1000), () => setTimeout(() => response.destroy(), 20));
  });
  await t.rejects(collected(store.stream(object)), { code: 'OBJECT_CHANGED', details: { key: 'k' } });
});

t.test('a stream that breaks again and again ends as STORE_FAILED with the endpoint', async (t) => {
  const { store, endpointUrl } = await stubbed(t, (_, response) => {
    response.writeHead(200, { etag: '"e"', 'content-length': whole.length });
    response.write(whole.subarray(0, 1000), () => setTimeout(() => response.destroy(), 5));
  });
  await t.rejects(collected(store.stream(object)), {
    code: 'STORE_FAILED',
    details: { why: new RegExp(endpointUrl) },
  });
});

t.test('a small object whose answer breaks off is read again', async (t) => {
  const { store } = await stubbed(t, (_, response, number) => {
    response.writeHead(200, { etag: `"e${number}"`, 'content-length': 4 });
    if (number === 1) response.write('ab', () => setTimeout(() => response.destroy(), 20));
    else response.end('wxyz');
  });
  const found = await store.read('k');
  t.same([Buffer.from(found?.body ?? []).toString(), found?.etag], ['wxyz', 'e2']);
});

t.test('a range asks for its bytes by etag, and beyond the end there are none', async (t) => {
  const { store, received } = await stubbed(t, ({ headers }, response) => {
    if (startOf(headers.range) > 9) return refuse(response, 416, 'InvalidRange');
    response.writeHead(206, { etag: '"e"' }).end('ab');
  });
  t.equal(Buffer.from(await store.range(object, 2, 4)).toString(), 'ab');
  t.match(received[0]?.headers, { range: 'bytes=2-3', 'if-match': '"e"' });
  t.equal((await store.range(object, 10, 12)).length, 0);
});

t.test('keys go over the wire unchanged: no dot is folded and no slash is lost', async (t) => {
  const { store, lines } = await stubbed(t, (_, response) => refuse(response, 404, 'NoSuchKey'));
  for (const key of ['a//b', '../up', './x', 'a/../b', ' +%2F?#&', '\u0001\n', '\u{1f600}'])
    t.equal(await store.read(key), undefined);
  t.same(
    lines().map((line) => line.replace(/\?.*/, '').replace('GET /bucket/', '')),
    ['a//b', '../up', './x', 'a/../b', '%20%2B%252F%3F%23%26', '%01%0A', '%F0%9F%98%80'],
  );
});

t.test('a key longer than 1,024 bytes is refused before it is sent', async (t) => {
  const { store, received } = await stubbed(t, (_, response) => refuse(response, 404, 'NoSuchKey'));
  t.equal(await store.read('x'.repeat(1024)), undefined);
  await t.rejects(store.read('é'.repeat(513)), { code: 'KEY_UNSUPPORTED' });
  t.equal(received.length, 1);
});
