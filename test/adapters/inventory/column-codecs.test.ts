/** Whatever is decompressed, it is no more than was asked for. */
import { brotliCompressSync, gzipSync } from 'node:zlib';
import t from 'tap';
import { columnCodecs } from '../../../src/adapters/inventory/column-codecs.js';
import { zstdFits } from '../../../src/adapters/inventory/zstd-frames.js';

const text = Buffer.from('inventory '.repeat(1000));

t.test('gzip and brotli give all bytes, and throw when one more is there', async (t) => {
  for (const [name, bytes, expand] of [
    ['gunzip', gzipSync(text), columnCodecs.gunzip],
    ['brotli', brotliCompressSync(text), columnCodecs.brotli],
  ] as const) {
    t.ok(text.equals(expand(bytes, text.length)), name);
    t.throws(() => expand(bytes, text.length - 1), name);
    t.throws(() => expand(bytes.subarray(0, bytes.length >> 1), text.length), name);
    t.throws(() => expand(bytes, 0), name);
  }
});

/** RFC 8878: a frame that says nothing of its length, with a window of 1 MiB, of blocks of one byte each, repeated. */
const frame = (blocks: readonly number[], descriptor: readonly number[] = [0x00, 0x50]): Buffer =>
  Buffer.concat([
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, ...descriptor]),
    ...blocks.map((size, i) => {
      const header = (size << 3) | 2 | (i === blocks.length - 1 ? 1 : 0);
      return Buffer.of(header & 255, (header >> 8) & 255, header >> 16, 0x61);
    }),
  ]);

t.test('Zstandard gives all bytes of its frames', async (t) => {
  const bytes = Buffer.concat([frame([5]), frame([3, 4])]);
  t.equal(Buffer.from(columnCodecs.zstd(bytes, 12)).toString(), 'a'.repeat(12));
  t.throws(() => columnCodecs.zstd(bytes, 11));
  t.throws(() => columnCodecs.zstd(Buffer.from('no frame at all'), 100));
});

t.test('frames of Zstandard that would take more memory than was asked for are not begun', async (t) => {
  t.ok(zstdFits(frame([1 << 17, 1 << 17]), 1 << 18));
  t.notOk(zstdFits(frame(new Array<number>(5000).fill(1 << 17)), 1 << 18), 'a bomb of 640 MiB in 20 kB');
  t.notOk(zstdFits(frame([(1 << 17) + 1]), 1 << 20), 'a block longer than blocks are');
  t.notOk(zstdFits(frame([5], [0x00, 0xf8]), 1 << 20), 'a window of a terabyte');
  t.notOk(zstdFits(frame([5], [0xa0, 0, 0, 0, 0x80]), 1 << 20), 'two gigabytes, as it says itself');
  t.ok(zstdFits(frame([5], [0xa0, 5, 0, 0, 0]), 5));
  const bytes = frame([5, 6]);
  for (let length = 1; length < bytes.length; length += 1)
    t.notOk(zstdFits(bytes.subarray(0, length), 100), `${length} bytes of a frame`);
});
