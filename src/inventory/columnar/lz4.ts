/** LZ4 blocks without a frame, decompressed as https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md says. */

/** The bytes written into `out`, or less than nothing where it does not fit or is no LZ4. */
export function unlz4(bytes: Uint8Array, from: number, end: number, out: Uint8Array): number {
  let at = from;
  let to = 0;
  while (at < end) {
    const token = bytes[at++]!;
    let size = token >> 4;
    if (size === 15)
      for (let more = 255; more === 255; ) {
        if (at >= end) return -1;
        more = bytes[at++]!;
        size += more;
      }
    if (size > end - at || size > out.length - to) return -1;
    out.set(bytes.subarray(at, at + size), to);
    at += size;
    to += size;
    // The last sequence has literals alone.
    if (at === end) return to;
    if (at + 2 > end) return -1;
    const back = bytes[at]! | (bytes[at + 1]! << 8);
    at += 2;
    size = (token & 15) + 4;
    if ((token & 15) === 15)
      for (let more = 255; more === 255; ) {
        if (at >= end) return -1;
        more = bytes[at++]!;
        size += more;
      }
    if (back === 0 || back > to || size > out.length - to) return -1;
    for (const last = to + size; to < last; to += 1) out[to] = out[to - back]!;
  }
  return -1;
}
