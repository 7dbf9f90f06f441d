/** Snappy element by element, and what it must not do: write or read out of bounds. */
import fc from 'fast-check';
import t from 'tap';
import { snappyLength, unsnap } from '../../../src/inventory/columnar/snappy.js';
import { block, type Element } from './snappy-blocks.js';

const literal = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => ({ literal: bytes }));
const repeat = fc.record({
  back: fc.oneof(fc.nat(20), fc.nat(5000)),
  length: fc.integer({ min: 1, max: 64 }),
});
const elements = fc
  .tuple(literal, fc.array(fc.oneof(literal, repeat, repeat), { maxLength: 30 }))
  .map(([first, more]): Element[] => [first, ...more]);

t.test('literals of every length and repeats of every distance, overlapping ones among them', async (t) => {
  fc.assert(
    fc.property(elements, fc.nat(5), (all, before) => {
      const { bytes, text } = block(all);
      const padded = new Uint8Array(before + bytes.length + 3);
      padded.set(bytes, before);
      const out = unsnap(padded, before, before + bytes.length, text.length);
      return out !== undefined && Buffer.compare(out, text) === 0;
    }),
    { numRuns: 100 },
  );
  t.equal(snappyLength(block([{ literal: new Uint8Array(300) }]).bytes), 300);
});

t.test('a literal whose length takes four bytes, and a repeat from as far as four bytes say', async (t) => {
  const long = new Uint8Array(70_000).map((_, i) => i % 251);
  const length = long.length - 1;
  const bytes = Uint8Array.from([
    ...[0xf4, 0xa2, 0x04, 63 << 2, length & 255, (length >> 8) & 255, length >> 16, 0],
    ...long,
    ...[3 | (3 << 2), 0x70, 0x11, 0x01, 0x00],
  ]);
  t.same(unsnap(bytes, 0, bytes.length, 70_004)?.subarray(70_000), long.subarray(0, 4));
});

t.test('what is cut, too long, or reaches before its beginning is no block', async (t) => {
  const { bytes, text } = block([{ literal: Uint8Array.from([1, 2, 3]) }, { back: 2, length: 20 }]);
  t.equal(unsnap(bytes, 0, bytes.length, text.length)?.length, 23);
  for (let end = 0; end < bytes.length; end += 1)
    t.equal(unsnap(bytes, 0, end, text.length), undefined, `${end}`);
  for (const length of [22, 24, 0, 2 ** 31])
    t.equal(unsnap(bytes, 0, bytes.length, length), undefined, `${length}`);
  const odd: readonly (readonly number[])[] = [
    [4, 0, 7, 1 | (0 << 2), 2],
    [4, 0, 7, 1 | (0 << 2), 0],
    [4, 0, 7, 2 | (2 << 2), 9, 0],
    [4, 63 << 2, 255, 255, 255, 255],
    [4, 63 << 2, 254, 255, 255, 255, 1],
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    [1],
  ];
  for (const block of odd)
    t.equal(unsnap(Uint8Array.from(block), 0, block.length, 4), undefined, block.join(' '));
});
