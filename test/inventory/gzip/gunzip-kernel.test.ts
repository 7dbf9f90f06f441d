import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import t from 'tap';
import { gzipOf, member, Refused, unpacked } from './unpack.js';

function placeOfRefusal(gzip: Uint8Array): number {
  try {
    return unpacked(gzip).length;
  } catch (error) {
    if (error instanceof Refused) return error.at;
    throw error;
  }
}

t.test(
  'the place of a cut is where the text ends that is there, whatever lay behind the bytes before',
  async (t) => {
    const rows = Array.from({ length: 40 }, (_, i) => `"lake","${(i * 7919) % 83}"\n`).join('');
    for (const level of [1, 6]) {
      const stream = deflateRawSync(rows, { level });
      for (let length = 1; length < stream.length; length++) {
        // What it leaves behind would be a long text, were it taken for more of the stream.
        unpacked(gzipOf(Uint8Array.from({ length: 200 }, (_, i) => Math.imul(i * i + 1, 0x9e3779b1) >>> 11)));
        const known = inflateRawSync(stream.subarray(0, length), { finishFlush: constants.Z_SYNC_FLUSH });
        const at = placeOfRefusal(member(stream, Buffer.alloc(0)).subarray(0, 10 + length));
        t.ok(at <= known.length && at >= known.length - 6, `${at} of ${known.length}, ${length} bytes`);
      }
    }
  },
);

t.test('blocks of fixed and of own codes follow each other', async (t) => {
  const text = 'blocks of every kind, blocks of their own codes, and blocks';
  const fixed = { strategy: constants.Z_FIXED, finishFlush: constants.Z_SYNC_FLUSH };
  const own = { finishFlush: constants.Z_SYNC_FLUSH };
  const long = text.repeat(20).replaceAll('o', (_, at) => String(at));
  const known = deflateRawSync(text, fixed);
  const blocks = [known, known, deflateRawSync(long, own), known, deflateRawSync(text, { level: 0 })];
  const all = Buffer.from(text + text + long + text + text);
  t.equal(String(unpacked(member(Buffer.concat(blocks), all))), String(all));
});
