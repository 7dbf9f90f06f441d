/** Chunks in the memory they are read in: as many bytes as there may be, and nothing touched behind them that is kept. */
import { constants, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import { type ChunkKernel, chunkRoom, openChunkKernel } from '../../../src/inventory/orc/chunk-kernel.js';

const textAt = (kernel: ChunkKernel, from: number, length: number): Buffer =>
  Buffer.from(kernel.bytes.subarray(from, from + length));

/** Snappy that repeats nothing. */
const literal = (text: Uint8Array): Uint8Array =>
  Uint8Array.from([(text.length & 127) | 128, text.length >> 7, 61 << 2, ...lengthBytes(text), ...text]);
const lengthBytes = ({ length }: Uint8Array): number[] => [(length - 1) & 255, (length - 1) >> 8];

const words = fc.array(fc.constantFrom('year=2026/', 'part-', '.parquet', '7', 'é', '\0'), {
  maxLength: 400,
});

t.test('a chunk deflated in any way becomes its text, where it is asked for', async (t) => {
  const kernel = openChunkKernel();
  const texts = fc.property(
    words,
    fc.uint8Array({ maxLength: 200 }),
    fc.constantFrom(0, 1, 9),
    fc.constantFrom(constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_HUFFMAN_ONLY),
    fc.nat(70_000),
    (parts, noise, level, strategy, at) => {
      const text = Buffer.concat([Buffer.from(parts.join('')), noise]);
      const to = chunkRoom.from + at;
      const length = kernel.inflate(deflateRawSync(text, { level, strategy }), to, text.length);
      return text.equals(textAt(kernel, to, length));
    },
  );
  t.doesNotThrow(() => fc.assert(texts, { numRuns: 60 }));
  kernel.release();
});

t.test('one byte more than there may be is refused, and one that is missing too', async (t) => {
  const kernel = openChunkKernel();
  const text = Buffer.from('inventory '.repeat(1000));
  const chunk = deflateRawSync(text);
  const to = chunkRoom.from;
  t.equal(kernel.inflate(chunk, to, text.length), text.length);
  for (const most of [text.length - 1, text.length - 300, 1, 0])
    t.throws(() => kernel.inflate(chunk, to, most), { message: `more than ${most} bytes` });
  for (let length = 0; length < chunk.length; length += 1)
    t.throws(() => kernel.inflate(chunk.subarray(0, length), to, text.length), `${length} bytes`);
  t.throws(() => kernel.inflate(new Uint8Array(9).fill(7), to, 100), { message: 'invalid block type' });
  t.equal(kernel.inflate(chunk, to, text.length), text.length, 'what was refused leaves nothing behind');

  const snappy = literal(text.subarray(0, 5000));
  t.equal(kernel.unsnap(snappy, to, 5000), 5000);
  t.ok(textAt(kernel, to, 5000).equals(text.subarray(0, 5000)));
  t.equal(kernel.unsnap(snappy, to, 4999), -1);
  t.equal(kernel.unsnap(snappy.subarray(0, 4000), to, 5000), -1);
  t.equal(kernel.unsnap(Uint8Array.of(0xff), to, 5000), -1);
  kernel.release();
});

t.test('what lies before a chunk stays, and so do the bytes of another kernel', async (t) => {
  const [one, other] = [openChunkKernel(), openChunkKernel()];
  t.not(one, other);
  const text = Buffer.from('0123456789'.repeat(20_000));
  const chunk = deflateRawSync(text);
  one.inflate(chunk, chunkRoom.from, text.length);
  one.inflate(chunk, chunkRoom.from + text.length, text.length);
  other.inflate(deflateRawSync(Buffer.alloc(200_000)), chunkRoom.from, 200_000);
  t.ok(textAt(one, chunkRoom.from, 2 * text.length).equals(Buffer.concat([text, text])));
  one.release();
  one.release();
  const [next, after] = [openChunkKernel(), openChunkKernel()];
  t.not(next, after, 'one that is released twice is not given to two');
  for (const kernel of [other, next, after]) kernel.release();
});

t.test('a chunk of the greatest length there is has room behind the longest batch of keys', async (t) => {
  const kernel = openChunkKernel();
  const most = 2 ** 23;
  const chunk = deflateRawSync(Buffer.alloc(most, 'k'), { level: 1 });
  const to = chunkRoom.to - most;
  t.equal(kernel.inflate(chunk, to, most), most);
  t.equal(kernel.bytes[to + most - 1], 'k'.charCodeAt(0));
  kernel.release();
});
