import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { after, gunzipped, isGzip } from '../../../src/adapters/files/gunzip.js';

async function* inPieces(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function text(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const words = 'some words, '.repeat(5_000);
const packed = gzipSync(words);

t.test('gzip is read whole, in pieces of any size and of several members', async (t) => {
  for (const size of [1, 7, 4096, packed.length])
    t.equal(await text(gunzipped(inPieces(packed, size))), words);
  const two = Buffer.concat([packed, gzipSync('the end')]);
  t.equal(await text(gunzipped(inPieces(two, 100))), `${words}the end`);
});

t.test('what is cut off, or follows the data, is an error', async (t) => {
  await t.rejects(text(gunzipped(inPieces(packed.subarray(0, -1), 50))));
  for (const more of [Buffer.from('row,1\n'), Buffer.alloc(6)]) {
    const followed = Buffer.concat([packed, more]);
    for (const size of [1, 50, followed.length]) await t.rejects(text(gunzipped(inPieces(followed, size))));
  }
  await t.rejects(text(gunzipped(inPieces(Buffer.from('no gzip'), 50))));
});

t.test('a reader that stops early ends the reading', async (t) => {
  const long = gzipSync(randomBytes(4_000_000));
  let given = 0;
  const counted = async function* () {
    for await (const piece of inPieces(long, 4096)) {
      given += piece.length;
      yield piece;
    }
  };
  for await (const _ of gunzipped(counted())) break;
  t.ok(given < long.length / 2);
});

t.test('gzip is known by its first two bytes', async (t) => {
  t.ok(isGzip(packed));
  t.notOk(isGzip(Buffer.from('a,b')));
  t.notOk(isGzip(new Uint8Array(1)));
});

t.test('a stream goes on after its first piece was looked at', async (t) => {
  const pieces = inPieces(Buffer.from('abcdef'), 2)[Symbol.asyncIterator]();
  const first = await pieces.next();
  t.equal(await text(after(first.value, pieces)), 'abcdef');
});
