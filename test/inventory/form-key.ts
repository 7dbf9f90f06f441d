/** Keys in a CSV inventory are form-encoded: "+" is a space, %XX a byte. */

const plus = 0x2b;
const percent = 0x25;
const space = 0x20;

const hex = (byte: number): number => {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
};

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The decoded bytes; undefined when a % is not followed by two hexadecimal digits. */
export function formDecoded(bytes: Uint8Array): Uint8Array | undefined {
  const out = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    let byte = bytes[at]!;
    if (byte === plus) byte = space;
    else if (byte === percent) {
      const high = hex(bytes[at + 1] ?? 0);
      const low = hex(bytes[at + 2] ?? 0);
      if (high < 0 || low < 0) return undefined;
      byte = high * 16 + low;
      at += 2;
    }
    out[length++] = byte;
  }
  return out.subarray(0, length);
}

/** Undefined when the bytes are no UTF-8. */
export function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
