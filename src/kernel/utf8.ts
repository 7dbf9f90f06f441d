/** Bytes are text when they are UTF-8: handed on in whole characters, whatever pieces they come in. */
import { isUtf8 } from 'node:buffer';

export const isText = (bytes: Uint8Array): boolean => isUtf8(bytes);

export interface Utf8Filter {
  /** The characters that are whole by now; `isFaulty` when a byte that is no UTF-8 comes after them. */
  whole(piece: Uint8Array): { readonly text: Uint8Array; readonly isFaulty: boolean };
  /** The bytes ended within a character. */
  isCut(): boolean;
}

export function utf8Filter(): Utf8Filter {
  let begun: Uint8Array = new Uint8Array(0);
  return {
    whole(piece) {
      const bytes = begun.length === 0 ? piece : Buffer.concat([begun, piece]);
      const text = bytes.subarray(0, wholeEnd(bytes));
      begun = Uint8Array.from(bytes.subarray(text.length));
      if (isUtf8(text)) return { text, isFaulty: false };
      return { text: text.subarray(0, firstFault(text)), isFaulty: true };
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

/** Where the last character begins when it is not all there, else the end. */
function wholeEnd(bytes: Uint8Array): number {
  for (let at = bytes.length - 1; at >= Math.max(0, bytes.length - 3); at -= 1) {
    const isWithin = (bytes[at]! & 0xc0) === 0x80;
    if (!isWithin) return at + lengthAt(bytes, at) > bytes.length ? at : bytes.length;
  }
  return bytes.length;
}

function firstFault(bytes: Uint8Array): number {
  let at = 0;
  for (
    let length = lengthAt(bytes, at);
    isUtf8(bytes.subarray(at, at + length));
    length = lengthAt(bytes, at)
  )
    at += length;
  return at;
}
