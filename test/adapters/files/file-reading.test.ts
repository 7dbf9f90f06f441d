import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { etagNow, rangeOfFile, readFile, streamFile } from '../../../src/adapters/files/file-reading.js';

function rootWith(t: Test, name: string, body: string | Uint8Array): string {
  const root = mkdtempSync(join(tmpdir(), 'bucketwise-reading-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  writeFileSync(join(root, name), body);
  return root;
}

t.test('a file that grows while it is streamed is OBJECT_CHANGED, not a longer object', async (t) => {
  const root = rootWith(t, 'log', new Uint8Array(300_000));
  const folder = { root, create: false };
  const etag = (await etagNow(folder, 'log')) ?? '';
  const chunks = streamFile(folder, { key: 'log', etag });
  t.equal((await chunks.next()).value?.length, 262_144);
  appendFileSync(join(root, 'log'), 'more');
  await t.rejects(
    (async () => {
      for await (const chunk of chunks) t.ok(chunk.length > 0);
    })(),
    { code: 'OBJECT_CHANGED' },
  );
});

t.test('a file is streamed whole and in order, and may be left before its end', async (t) => {
  const body = Uint8Array.from({ length: 600_001 }, (_, i) => (i * 7) % 251);
  const root = rootWith(t, 'log', body);
  const object = { key: 'log', etag: (await etagNow({ root, create: false }, 'log')) ?? '' };
  const chunks: Uint8Array[] = [];
  for await (const chunk of streamFile({ root, create: false }, object)) chunks.push(chunk);
  t.ok(Buffer.concat(chunks).equals(body));
  const left = streamFile({ root, create: false }, object);
  t.equal((await left.next()).value?.[1], 7);
  await left.return(undefined);
  t.same(await left.next(), { value: undefined, done: true });
});

t.test(
  'a range longer than a chunk of a stream is what lies there, and ends where the file does',
  async (t) => {
    const body = Uint8Array.from({ length: 600_001 }, (_, i) => (i * 7) % 251);
    const root = rootWith(t, 'log', body);
    const object = { key: 'log', etag: (await etagNow({ root, create: false }, 'log')) ?? '' };
    const range = (from: number, to: number) => rangeOfFile({ root, create: false }, object, from, to);
    t.ok(Buffer.from(await range(3, 590_000)).equals(body.subarray(3, 590_000)));
    t.ok(Buffer.from(await range(599_000, 700_000)).equals(body.subarray(599_000)));
    t.equal((await range(700_000, 700_001)).length, 0);
  },
);

t.test('a pipe is refused, not waited for', async (t) => {
  const root = rootWith(t, 'x', '');
  execFileSync('mkfifo', [join(root, 'pipe')]);
  await t.rejects(readFile({ root, create: false }, 'pipe'), { code: 'KEY_UNSUPPORTED' });
});

t.test('an error shows the key without control characters', async (t) => {
  const root = rootWith(t, '\u001b[31m', 'x');
  await t.rejects(streamFile({ root, create: false }, { key: '\u001b[31m', etag: 'e' }).next(), {
    message: '"\\u001b[31m" was changed after it was listed.',
  });
});
