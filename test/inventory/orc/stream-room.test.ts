/** Where what is there of a stream lies: together, and moved no more than once for what is taken from it. */
import t from 'tap';
import { type ChunkKernel, chunkRoom } from '../../../src/inventory/orc/chunk-kernel.js';
import {
  keep,
  type Reserve,
  reserveIn,
  reserveOwn,
  type There,
} from '../../../src/inventory/orc/stream-room.js';

/** Bytes that count how many of them were moved. */
function countedBytes(length: number) {
  const bytes = new Uint8Array(length);
  const said = { bytes, moved: 0 };
  bytes.copyWithin = (target, start, end = length) => {
    said.moved += end - start;
    return Uint8Array.prototype.copyWithin.call(bytes, target, start, end) as typeof bytes;
  };
  return said;
}

const chunk = 1 << 20;
/** What comes a few bytes at a time, each time with room for a whole chunk, and is taken at the end. */
function come(there: There, reserve: Reserve, pieces: number, from: number): void {
  for (let i = from; i < from + pieces; i += 1) {
    reserve(there, chunk);
    keep(there, Uint8Array.of(i & 255, (i >> 8) & 255), reserve);
  }
}
const isWhole = ({ bytes, at, end }: There, first: number): boolean => {
  for (let i = 0; at + 2 * i < end; i += 1)
    if (bytes[at + 2 * i] !== ((first + i) & 255) || bytes[at + 2 * i + 1] !== (((first + i) >> 8) & 255))
      return false;
  return true;
};

t.test('thousands of tiny chunks are not moved again for each', async (t) => {
  const counted = countedBytes(chunkRoom.to + 1024);
  const { bytes } = counted;
  const there: There = { bytes, at: chunkRoom.from, end: chunkRoom.from };
  const reserve = reserveIn({ bytes } as unknown as ChunkKernel);
  come(there, reserve, 20_000, 0);
  t.equal(there.end - there.at, 40_000);
  t.ok(isWhole(there, 0));
  there.at += 20_000;
  come(there, reserve, 20_000, 20_000);
  t.ok(isWhole(there, 10_000), 'what was not taken is before what came');
  t.ok(counted.moved < 100_000, `${counted.moved} bytes were moved`);
});

t.test('an array of its own grows, and keeps what is not taken', async (t) => {
  const there: There = { bytes: new Uint8Array(0), at: 0, end: 0 };
  come(there, reserveOwn, 20_000, 0);
  there.at += 20_000;
  come(there, reserveOwn, 20_000, 20_000);
  t.ok(isWhole(there, 10_000));
  t.equal(there.end - there.at, 60_000);
});
