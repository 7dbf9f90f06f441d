import { constants, crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { gzipOf, isUntouched, member, Refused, unpacked } from './unpack.js';

const noise = (length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  for (let i = 0, state = 1; i < length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    bytes[i] = state >>> 16;
  }
  return bytes;
};

function refusal(gzip: Uint8Array, cuts: readonly number[] = []): string | undefined {
  try {
    unpacked(gzip, cuts);
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}

/** Words that come again near and far, runs, hexadecimal digits, and bytes of all kinds. */
const texts = fc
  .array(
    fc.oneof(
      fc.tuple(fc.constantFrom('"lake","', 'year=2026/', 'a', '","SSE-S3","","DISABLED"\n'), fc.nat(40)),
      fc.tuple(fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), maxLength: 60 }), fc.nat(2)),
      fc.tuple(fc.string({ maxLength: 20 }), fc.nat(3)),
      fc.tuple(
        fc.constantFrom('x', 'xy', 'far away '.repeat(4000), noise(3000).toString('latin1')),
        fc.nat(300),
      ),
    ),
    { maxLength: 30 },
  )
  .map((parts) =>
    Buffer.from(parts.map(([text, times]) => text.repeat(times).slice(0, 70_000)).join(''), 'latin1'),
  );
const options = fc.record({
  level: fc.integer({ min: 0, max: 9 }),
  memLevel: fc.integer({ min: 1, max: 9 }),
  strategy: fc.constantFrom(
    constants.Z_DEFAULT_STRATEGY,
    constants.Z_FILTERED,
    constants.Z_HUFFMAN_ONLY,
    constants.Z_RLE,
    constants.Z_FIXED,
  ),
});
const cuts = fc.array(fc.nat(), { maxLength: 5 });

t.test(
  'what zlib packs at any level and by any strategy is the same text again, wherever it is cut',
  async (t) => {
    fc.assert(
      fc.property(texts, options, cuts, fc.nat(5000), (text, given, cut, leaves) => {
        t.ok(unpacked(gzipOf(text, given), cut, leaves).equals(text));
      }),
      { numRuns: 60 },
    );
  },
);

t.test(
  'a stream with bytes changed is the text that zlib makes of it, or is refused in the same words',
  async (t) => {
    const flips = fc.array(fc.tuple(fc.oneof(fc.nat(120), fc.nat()), fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 3,
    });
    let refused = 0;
    fc.assert(
      fc.property(texts, options, flips, cuts, (text, given, changes, cut) => {
        const stream = deflateRawSync(text.subarray(0, 20_000), given);
        for (const [at, bits] of changes) stream[at % stream.length]! ^= bits;
        if (!likeZlib(t, stream, text, cut)) refused += 1;
      }),
      { numRuns: 150 },
    );
    t.ok(refused > 40);
  },
);

/** Whether there is a text in it, which then is the same; else why not is. */
function likeZlib(t: Test, stream: Uint8Array, text: Uint8Array, cut: readonly number[]): boolean {
  const expected = byZlib(stream);
  if (typeof expected === 'string') {
    const why = refusal(member(stream, text), cut);
    // What follows the stream may be taken for more of it.
    if (expected === 'unexpected end of file') t.ok(why);
    else t.equal(why, `${expected} (gzip)`);
    return false;
  }
  const [known, used] = expected;
  t.ok(unpacked(member(stream.subarray(0, used), known), cut).equals(known));
  return true;
}

/** The text and how much of the stream it took, or why there is none. */
function byZlib(stream: Uint8Array): [Buffer, number] | string {
  try {
    const { buffer, engine } = inflateRawSync(stream, { info: true }) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    return [buffer, engine.bytesWritten];
  } catch (error) {
    return (error as Error).message;
  }
}

/** One for each fault there is, and the rare forms, as zlib tests itself (test/infcover.c). */
const rare: readonly (readonly [string, string?])[] = [
  ['0 0 0 0 0', 'invalid stored block lengths'],
  ['6', 'invalid block type'],
  ['fc 0 0', 'too many length or distance symbols'],
  ['4 0 fe ff', 'invalid code lengths set'],
  ['4 0 24 49 0', 'invalid bit length repeat'],
  ['4 0 24 e9 ff ff', 'invalid bit length repeat'],
  ['4 0 24 e9 ff 6d', 'invalid code -- missing end-of-block'],
  [`5${' 0'.repeat(60)}`, 'invalid code -- missing end-of-block'],
  ['4 80 49 92 24 49 92 24 71 ff ff 93 11 0', 'invalid literal/lengths set'],
  ['4 80 49 92 24 49 92 24 f b4 ff ff c3 84', 'invalid distances set'],
  ['4 c0 81 8 0 0 0 0 20 7f eb b 0 0', 'invalid literal/length code'],
  ['2 7e ff ff', 'invalid distance code'],
  ['c c0 81 0 0 0 0 0 90 ff 6b 4 0', 'invalid distance too far back'],
  ['3 0'],
  ['1 1 0 fe ff 0'],
  ['5 c0 21 d 0 0 0 80 b0 fe 6d 2f 91 6c'],
  ['5 e0 81 91 24 cb b2 2c 49 e2 f 2e 8b 9a 47 56 9f fb fe ec d2 ff 1f'],
  ['ed c0 1 1 0 0 0 40 20 ff 57 1b 42 2c 4f'],
  ['ed cf c1 b1 2c 47 10 c4 30 fa 6f 35 1d 1 82 59 3d fb be 2e 2a fc f c'],
];

t.test('each fault a stream can have is told as zlib tells it, and the rare forms are read', async (t) => {
  for (const [hex, why] of rare) {
    const stream = Uint8Array.from(hex.split(' '), (byte) => Number.parseInt(byte, 16));
    for (const cut of [[], Array.from(stream.keys())]) {
      if (why === undefined) t.ok(likeZlib(t, stream, stream, cut), hex);
      else t.equal(refusal(member(stream, stream), cut), `${why} (gzip)`, hex);
    }
    t.equal(typeof byZlib(stream) === 'string', why !== undefined, hex);
  }
});

t.test('texts longer than any piece come whole, packed well, badly and not at all', async (t) => {
  const rows = Array.from({ length: 10_000 }, (_, i) => `"lake","key-${(i * 7919) % 10_007}","${i}"\n`).join(
    '',
  );
  for (const text of [
    Buffer.from(rows),
    noise(1_000_000),
    Buffer.alloc(3_000_000, 'ab'),
    Buffer.alloc(2_000_000),
  ])
    for (const level of [0, 1, 6]) {
      const gzip = gzipOf(text, { level });
      for (const step of [gzip.length + 1, 5000]) {
        const pieces = Array.from({ length: Math.floor(gzip.length / step) }, (_, i) => (i + 1) * step);
        t.ok(unpacked(gzip, pieces, 100).equals(text), `level ${level}, pieces of ${step}`);
      }
    }
});

t.test('members follow each other, each with its own text to point back into', async (t) => {
  const gzip = Buffer.concat([gzipOf('one\n'), gzipOf(''), gzipOf('two\n'.repeat(100))]);
  for (const cut of [[], [3], Array.from(gzip.keys())])
    t.equal(String(unpacked(gzip, cut)), `one\n${'two\n'.repeat(100)}`);
  // A stream whose first code points back by one: of the member before there is nothing to point to.
  const back = deflateRawSync('aaaaaaaa', { dictionary: Buffer.from('aaaaaaaa') });
  t.equal(refusal(member(back, Buffer.from('aaaaaaaa'))), 'invalid distance too far back (gzip)');
  const second = Buffer.concat([gzipOf('aaaaaaaa'), member(back, Buffer.from('aaaaaaaa'))]);
  t.equal(refusal(second), 'invalid distance too far back (gzip)');
});

function withHeader(flags: number, fields: Uint8Array, checksum?: number): Buffer {
  const plain = gzipOf('text');
  const head = Buffer.concat([plain.subarray(0, 10), fields]);
  head[3] = flags;
  const sum = checksum ?? crc32(head) & 0xffff;
  const tail = (flags & 2) === 0 ? Buffer.alloc(0) : Buffer.from([sum & 255, sum >> 8]);
  return Buffer.concat([head, tail, plain.subarray(10)]);
}

t.test(
  'a header may have an extra field, a name, a comment and a checksum, and is held to them',
  async (t) => {
    const extra = Buffer.from([3, 0, 1, 0, 2]);
    const words = Buffer.from('inventory.csv\0a comment\0', 'latin1');
    const all = Buffer.concat([extra, words]);
    for (const gzip of [
      withHeader(0, Buffer.alloc(0)),
      withHeader(1, Buffer.alloc(0)),
      withHeader(2, Buffer.alloc(0)),
      withHeader(4, extra),
      withHeader(8 + 16, words),
      withHeader(2 + 4 + 8 + 16, all),
    ])
      for (const cut of [[], Array.from(gzip.keys())]) t.equal(String(unpacked(gzip, cut)), 'text');
    t.equal(refusal(withHeader(2 + 4 + 8 + 16, all, 0)), 'header crc mismatch (gzip)');
    t.equal(refusal(withHeader(32, Buffer.alloc(0))), 'unknown header flags set (gzip)');
    t.equal(refusal(Buffer.from([0x1f, 0x8b, 7, 0])), 'unknown compression method (gzip)');
    t.equal(refusal(withHeader(8, Buffer.alloc(200_000, 'n'))), 'a gzip header is longer than 128 KiB');
    t.equal(refusal(withHeader(8, Buffer.from('no end')).subarray(0, 16)), 'the gzip data ends too early');
  },
);

t.test('what is cut off anywhere is refused', async (t) => {
  const gzip = withHeader(8, Buffer.from('name\0'));
  const long = gzipOf(Array.from({ length: 70 }, (_, i) => `${i * i}`).join());
  const stored = gzipOf(noise(90), { level: 0 });
  for (const whole of [gzip, long, stored, Buffer.concat([long, gzip])])
    for (let length = 0; length < whole.length; length++)
      if (length === 0 || length !== long.length || whole === long)
        t.equal(
          refusal(whole.subarray(0, length), [length >> 1]),
          'the gzip data ends too early',
          `${length}`,
        );
});

t.test('a wrong checksum, a wrong length, and what follows the data are refused', async (t) => {
  const gzip = gzipOf('text');
  const changed = (at: number): Buffer => {
    const bytes = Buffer.from(gzip);
    bytes[bytes.length - at]! ^= 1;
    return bytes;
  };
  t.equal(refusal(changed(8)), 'incorrect data check (gzip)');
  t.equal(refusal(changed(4)), 'incorrect length check (gzip)');
  for (const more of ['more', 'a', '\0', '\0'.repeat(512)])
    for (const cut of [[], [gzip.length], Array.from(gzip.keys())])
      t.equal(
        refusal(Buffer.concat([gzip, Buffer.from(more)]), cut),
        'something that is not gzip follows the gzip data',
      );
  t.equal(refusal(Buffer.concat([gzip, Buffer.from([0x1f, 0])])), 'incorrect header check (gzip)');
  t.equal(refusal(Buffer.from('"lake","a"\n')), 'incorrect header check (gzip)');
});

t.test('whatever came so far, nothing was written beside the room for it', async (t) => {
  t.ok(isUntouched());
});
