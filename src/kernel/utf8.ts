/** Bytes are text when they are UTF-8: checked in the pieces they come in, each character once and whole. */
import { isUtf8 } from 'node:buffer';

export interface Utf8Check {
  /** Where in this piece the first byte lies that is no UTF-8; undefined when all of it may be. */
  faultIn(piece: Uint8Array): number | undefined;
  /** The bytes ended within a character. */
  isCut(): boolean;
}

export function utf8Check(): Utf8Check {
  let begun: Uint8Array = new Uint8Array(0);
  return {
    faultIn(piece) {
      const before = begun.length;
      const bytes = before === 0 ? piece : Uint8Array.of(...begun, ...piece.subarray(0, 3));
      const first = before === 0 ? 0 : lengthAt(bytes, 0);
      if (first > bytes.length && bytes.subarray(1).every(isWithin)) {
        begun = bytes;
        return undefined;
      }
      if (!isUtf8(bytes.subarray(0, first))) return 0;
      const from = Math.max(0, first - before);
      const end = wholeEnd(piece, from);
      begun = piece.slice(end);
      return isUtf8(piece.subarray(from, end)) ? undefined : firstFault(piece, from);
    },
    isCut: () => begun.length > 0,
  };
}

/** How long the character that begins here wants to be; 1 for a byte that begins none. */
function lengthAt(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 1;
}

/** A byte after the first of a character. */
const isWithin = (byte: number): boolean => (byte & 0xc0) === 0x80;

/** Where the last character begins when it is not all there, else the end. */
function wholeEnd(bytes: Uint8Array, from: number): number {
  for (let at = bytes.length - 1; at >= Math.max(from, bytes.length - 3); at -= 1) {
    if (!isWithin(bytes[at]!)) return at + lengthAt(bytes, at) > bytes.length ? at : bytes.length;
  }
  return bytes.length;
}

function firstFault(bytes: Uint8Array, from: number): number {
  let at = from;
  for (
    let length = lengthAt(bytes, at);
    isUtf8(bytes.subarray(at, at + length));
    length = lengthAt(bytes, at)
  )
    at += length;
  return at;
}
