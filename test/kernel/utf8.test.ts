/** A fault is found at its byte, wherever the pieces are cut; whole text is never refused. */
import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import t from 'tap';
import { utf8Check } from '../../src/kernel/utf8.js';

/** The offset of the first fault over all pieces, the length when the end is cut, -1 when all is UTF-8. */
function faultOf(bytes: Uint8Array, cuts: readonly number[]): number {
  const check = utf8Check();
  let at = 0;
  for (const length of [...cuts, bytes.length]) {
    const fault = check.faultIn(bytes.subarray(at, at + length));
    if (fault !== undefined) return at + fault;
    at = Math.min(bytes.length, at + length);
  }
  return check.isCut() ? bytes.length : -1;
}

t.test('text passes however it is cut', async (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.array(fc.nat(5)), (text, cuts) => {
      t.equal(faultOf(new TextEncoder().encode(text), cuts), -1);
    }),
  );
});

t.test('bytes are refused exactly when they are no UTF-8, however they are cut', async (t) => {
  const byte = fc.constantFrom(0x41, 0x80, 0xa0, 0xbf, 0xc0, 0xc3, 0xe0, 0xe2, 0xed, 0xf0, 0xf4, 0xf5, 0xff);
  fc.assert(
    fc.property(fc.array(byte), fc.array(fc.nat(4)), (list, cuts) => {
      const bytes = Uint8Array.from(list);
      t.equal(faultOf(bytes, cuts) === -1, isUtf8(bytes));
    }),
  );
});

t.test('the first byte that is no text is named', async (t) => {
  t.equal(faultOf(Uint8Array.of(0x41, 0xc3, 0xa9, 0xe9, 0x0a), []), 3);
  t.equal(faultOf(Uint8Array.of(0x41, 0xed, 0xa0, 0xbd), []), 1);
  t.equal(faultOf(Uint8Array.of(0xe2, 0x82), []), 2);
});
