/** Snappy, decompressed as its format description says: https://github.com/google/snappy/blob/main/format_description.txt */

/** A whole block into `out`, which it must fill exactly; false where it does not, or is no Snappy. */
export function unsnap(
  bytes: Uint8Array,
  from: number,
  end: number,
  out: Uint8Array,
  length: number,
): boolean {
  if (snappyLength(bytes, from, end) !== length) return false;
  let at = from;
  while (bytes[at++]! >= 0x80);
  let to = 0;
  while (at < end) {
    const tag = bytes[at++]!;
    const kind = tag & 3;
    if (kind === 0) {
      let size = (tag >> 2) + 1;
      if (size > 60) {
        const more = size - 60;
        if (at + more > end) return false;
        size = 1;
        for (let i = 0; i < more; i += 1) size += bytes[at + i]! * 2 ** (8 * i);
        at += more;
      }
      if (size > end - at || size > length - to) return false;
      if (size > 48) out.set(bytes.subarray(at, at + size), to);
      else for (let i = 0; i < size; i += 1) out[to + i] = bytes[at + i]!;
      at += size;
      to += size;
      continue;
    }
    if (at + (kind === 3 ? 4 : kind) > end) return false;
    const size = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const back =
      kind === 1
        ? ((tag >> 5) << 8) | bytes[at]!
        : kind === 2
          ? bytes[at]! | (bytes[at + 1]! << 8)
          : bytes[at]! + bytes[at + 1]! * 256 + bytes[at + 2]! * 65_536 + bytes[at + 3]! * 16_777_216;
    at += kind === 3 ? 4 : kind;
    if (back === 0 || back > to || size > length - to) return false;
    for (const last = to + size; to < last; to += 1) out[to] = out[to - back]!;
  }
  return to === length;
}

/** The length that a block says it has, or less than nothing. */
export function snappyLength(bytes: Uint8Array, from: number, end: number): number {
  let said = 0;
  for (let at = from, scale = 1; at < end && at < from + 5; at += 1, scale *= 128) {
    const byte = bytes[at]!;
    said += (byte & 0x7f) * scale;
    if (byte < 0x80) return said;
  }
  return -1;
}
