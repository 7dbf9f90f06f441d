/** The examples of the ORC specification, byte by byte, and what lies at the edges of its encodings. */
import fc from 'fast-check';
import t from 'tap';
import { integerReader } from '../../../src/inventory/orc/integer-runs.js';
import type { OrcStream } from '../../../src/inventory/orc/orc-stream.js';
import { BucketwiseError, raise } from '../../../src/kernel/errors.js';
import { numberRuns } from './write-runs.js';

const refuse = (why: string): never => raise('COLUMNS_UNREADABLE', { why });

function streamOf(bytes: readonly number[]): OrcStream {
  return {
    bytes: Uint8Array.from(bytes),
    at: 0,
    end: bytes.length,
    hasMore: () => false,
    more: async () => undefined,
    place: () => 0,
  };
}

function numbers(bytes: readonly number[], count: number, version: 1 | 2, isSigned: boolean): number[] {
  const out = new Float64Array(count);
  const reader = integerReader(streamOf(bytes), version, isSigned, refuse);
  reader.fill(out, 0, count);
  if (reader.left() > 0) throw new Error(`${reader.left()} numbers are left`);
  return [...out];
}

const times = (count: number, value: number): number[] => new Array<number>(count).fill(value);

t.test('version 1: a run of equal numbers, a run downwards, and literals', async (t) => {
  t.same(numbers([0x61, 0x00, 0x07], 100, 1, false), times(100, 7));
  t.same(
    numbers([0x61, 0xff, 0x64], 100, 1, false),
    Array.from({ length: 100 }, (_, i) => 100 - i),
  );
  t.same(numbers([0xfb, 0x02, 0x03, 0x04, 0x07, 0x0b], 5, 1, false), [2, 3, 4, 7, 11]);
});

t.test('version 2, short repeat: five times 10,000', async (t) => {
  t.same(numbers([0x0a, 0x27, 0x10], 5, 2, false), times(5, 10_000));
});

t.test('version 2, direct: four numbers of sixteen bits', async (t) => {
  t.same(
    numbers([0x5e, 0x03, 0x5c, 0xa1, 0xab, 0x1e, 0xde, 0xad, 0xbe, 0xef], 4, 2, false),
    [23713, 43806, 57005, 48879],
  );
});

t.test('version 2, patched base: a million among small numbers', async (t) => {
  const bytes = [
    0x8e, 0x13, 0x2b, 0x21, 0x07, 0xd0, 0x1e, 0x00, 0x14, 0x70, 0x28, 0x32, 0x3c, 0x46, 0x50, 0x5a, 0x64,
    0x6e, 0x78, 0x82, 0x8c, 0x96, 0xa0, 0xaa, 0xb4, 0xbe, 0xfc, 0xe8,
  ];
  t.same(numbers(bytes, 20, 2, false), [
    2030,
    2000,
    2020,
    1_000_000,
    ...Array.from({ length: 16 }, (_, i) => 2040 + 10 * i),
  ]);
});

t.test('version 2, delta: the first ten primes', async (t) => {
  t.same(
    numbers([0xc6, 0x09, 0x02, 0x02, 0x22, 0x42, 0x42, 0x46], 10, 2, false),
    [2, 3, 5, 7, 11, 13, 17, 19, 23, 29],
  );
});

t.test(
  'version 2, delta: a fixed step has no differences of its own, and a negative one goes down',
  async (t) => {
    // Width 0, ten numbers, base 100, step −7.
    t.same(
      numbers([0xc0, 0x09, 0x64, 0x0d], 10, 2, false),
      Array.from({ length: 10 }, (_, i) => 100 - 7 * i),
    );
    // Width 4, five numbers, base 50, first step −1, then 2, 3 and 4 down.
    t.same(numbers([0xc6, 0x04, 0x32, 0x01, 0x23, 0x40], 5, 2, false), [50, 49, 47, 44, 40]);
  },
);

t.test('signed numbers are in zigzag, exact to 2^53 in every width', async (t) => {
  const most = BigInt(Number.MAX_SAFE_INTEGER);
  for (const [width, code] of [
    [48, 29],
    [56, 30],
    [64, 31],
  ] as const)
    for (const value of [
      0n,
      1n,
      -1n,
      5_497_558_138_880n,
      -5_497_558_138_880n,
      ...(width > 48 ? [most, -most] : []),
    ]) {
      const zigzag = value >= 0n ? value * 2n : -value * 2n - 1n;
      const bytes = Array.from({ length: width / 8 }, (_, i) =>
        Number((zigzag >> BigInt(width - 8 - 8 * i)) & 0xffn),
      );
      t.same(
        numbers([0x40 | (code << 1), 0x00, ...bytes], 1, 2, true),
        [Number(value)],
        `${value} in ${width}`,
      );
      const varint: number[] = [];
      for (let rest = zigzag; ; rest >>= 7n) {
        varint.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
        if (rest <= 0x7fn) break;
      }
      t.same(numbers([0xff, ...varint], 1, 1, true), [Number(value)], `${value} as varint`);
    }
});

t.test('every width gives back what was packed, signed or not', async (t) => {
  const codes = [...Array.from({ length: 24 }, (_, i) => i + 1), 26, 28, 30, 32, 40, 48];
  for (const [code, width] of codes.entries()) {
    const values = Array.from({ length: 17 }, (_, i) => (i * 2 ** (width - 1) + i * 12_345) % 2 ** width);
    values.push(2 ** width - 1, 0, 2 ** width - 2);
    let bits = values.map((value) => value.toString(2).padStart(width, '0')).join('');
    bits = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0');
    const bytes = bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2));
    t.same(numbers([0x40 | (code << 1), 19, ...bytes], 20, 2, false), values, `${width} bits`);
    const halves = values.map((value) => (value % 2 === 0 ? value / 2 : -(value + 1) / 2));
    t.same(numbers([0x40 | (code << 1), 19, ...bytes], 20, 2, true), halves, `${width} bits, signed`);
  }
});

t.test('a run that is cut anywhere is refused', async (t) => {
  const runs: readonly [readonly number[], number, 1 | 2][] = [
    [[0x61, 0x00, 0x07], 100, 1],
    [[0xfb, 0x02, 0x03, 0x04, 0x07, 0x0b], 5, 1],
    [[0x0a, 0x27, 0x10], 5, 2],
    [[0x5e, 0x03, 0x5c, 0xa1, 0xab, 0x1e, 0xde, 0xad, 0xbe, 0xef], 4, 2],
    [[0xc6, 0x09, 0x02, 0x02, 0x22, 0x42, 0x42, 0x46], 10, 2],
    [[0x8e, 0x13, 0x2b, 0x21, 0x07, 0xd0, ...times(20, 0x1e), 0xfc, 0xe8], 20, 2],
  ];
  for (const [bytes, count, version] of runs)
    for (let length = 0; length < bytes.length; length += 1)
      t.throws(
        () => numbers(bytes.slice(0, length), count, version, false),
        BucketwiseError,
        `${length} of ${bytes.length}`,
      );
});

t.test('a patch beyond its run is refused', async (t) => {
  // Two numbers of eight bits, base 0, and a patch of gap 3.
  t.throws(() => numbers([0x8e, 0x01, 0x01, 0x21, 0x00, 0x01, 0x02, 0xd0], 2, 2, false), {
    code: 'COLUMNS_UNREADABLE',
  });
});

t.test('a number of more than ten bytes, and a patch of more than 64 bits, are refused', async (t) => {
  const refused = (bytes: readonly number[], version: 1 | 2, why: string): void => {
    t.throws(() => numbers(bytes, 2, version, false), { message: new RegExp(why) });
  };
  refused([0xfe, ...times(10, 0x80), 1, 1], 1, 'more than ten bytes');
  refused([0xc0, 1, ...times(10, 0xff), 1, 1], 2, 'more than ten bytes');
  // Two numbers of eight bits, base 0, and a patch of 64 bits with its gap; then of sixteen, and one of 56 above them.
  refused([0x8e, 0x01, 0x1f, 0x01, 0, 1, 2, ...times(9, 0xff)], 2, 'more than 64 bits');
  refused([0x9e, 0x01, 0x1e, 0x01, 0, 0, 1, 0, 2, 0, ...times(7, 0xff)], 2, 'more than 64 bits');
});

t.test('a base below zero is told by its first bit', async (t) => {
  // Three numbers of four bits above −500, and no patch.
  t.same(numbers([0x86, 0x02, 0x20, 0x00, 0x81, 0xf4, 0x12, 0x30], 3, 2, true), [-499, -498, -497]);
});

/** What a stream holds comes in pieces, each when more is asked for. */
function inPieces(bytes: Uint8Array, pieceBytes: number): OrcStream {
  const stream: OrcStream = {
    ...streamOf([...bytes]),
    end: 0,
    hasMore: () => stream.end < bytes.length,
    more: async () => {
      stream.end = Math.min(bytes.length, stream.end + pieceBytes);
    },
  };
  return stream;
}

const runs = fc.array(
  fc.tuple(fc.oneof(fc.nat(9), fc.nat(300_000), fc.maxSafeNat()), fc.integer({ min: 1, max: 1500 })),
  { minLength: 1, maxLength: 25 },
);

t.test('however a stream comes, and however many are asked for, no number is lost', async (t) => {
  const same = fc.asyncProperty(
    ...([runs, fc.constantFrom(1 as const, 2 as const), fc.boolean()] as const),
    fc.constantFrom(3000, 9000, 100_000),
    fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 9 }),
    async (all, version, isSigned, pieceBytes, asked) => {
      const sign = (i: number): number => (isSigned && i % 3 === 1 ? -1 : 1);
      const values = all.flatMap(([value, count]) =>
        Array.from({ length: count }, (_, i) => sign(i) * Math.max(0, value - (i % 4))),
      );
      const stream = inPieces(numberRuns(values, version, isSigned), pieceBytes);
      const reader = integerReader(stream, version, isSigned, refuse);
      const out = new Float64Array(values.length);
      for (let at = 0, i = 0; at < values.length; i += 1) {
        const count = Math.min(asked[i % asked.length]!, values.length - at);
        for (let filled = 0; filled < count; ) {
          filled += reader.fill(out, at + filled, count - filled);
          if (filled < count) await stream.more();
        }
        at += count;
      }
      return reader.left() === 0 && stream.at === stream.end && values.every((value, i) => out[i] === value);
    },
  );
  await t.resolves(fc.assert(same, { numRuns: 25 }));
});
