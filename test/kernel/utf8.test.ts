/** A fault is found at its byte, wherever the pieces are cut; whole text is never refused. */
import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import t from 'tap';
import { utf8Filter } from '../../src/kernel/utf8.js';

/** The text before the first fault, and whether there is one; a cut end is one. */
function read(bytes: Uint8Array, cuts: readonly number[]): { text: string; isFaulty: boolean } {
  const filter = utf8Filter();
  const read: Uint8Array[] = [];
  let at = 0;
  for (const length of [...cuts, bytes.length]) {
    const { text, isFaulty } = filter.whole(bytes.subarray(at, at + length));
    read.push(text.slice());
    if (isFaulty) return { text: Buffer.concat(read).toString('latin1'), isFaulty };
    at = Math.min(bytes.length, at + length);
  }
  return { text: Buffer.concat(read).toString('latin1'), isFaulty: filter.isCut() };
}
const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

t.test('text passes however it is cut', async (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.array(fc.nat(5)), (text, cuts) => {
      const bytes = new TextEncoder().encode(text);
      t.same(read(bytes, cuts), { text: latin(bytes), isFaulty: false });
    }),
  );
});

t.test('bytes are refused exactly when they are no UTF-8, however they are cut', async (t) => {
  const byte = fc.constantFrom(0x41, 0x80, 0xa0, 0xbf, 0xc0, 0xc3, 0xe0, 0xe2, 0xed, 0xf0, 0xf4, 0xf5, 0xff);
  fc.assert(
    fc.property(fc.array(byte), fc.array(fc.nat(4)), (list, cuts) => {
      const bytes = Uint8Array.from(list);
      t.equal(read(bytes, cuts).isFaulty, !isUtf8(bytes));
      t.same(read(bytes, cuts), read(bytes, []));
    }),
  );
});

t.test('what comes before the first byte that is no text is handed on', async (t) => {
  t.same(read(Uint8Array.of(0x41, 0xc3, 0xa9, 0xe9, 0x0a), []), { text: 'A\u00c3\u00a9', isFaulty: true });
  t.same(read(Uint8Array.of(0x41, 0xed, 0xa0, 0xbd), [1, 1, 1]), { text: 'A', isFaulty: true });
  t.same(read(Uint8Array.of(0xe2, 0x82), []), { text: '', isFaulty: true });
});
