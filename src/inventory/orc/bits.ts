/** Whole numbers of ORC, with their most significant bit first: exact up to 2^53, and beyond it past all limits. */

/** Of `width` bits each, from `at` on, into `out`: up to 32 bits, or whole bytes, of which 53 bits are exact. */
export function unpackBits(
  bytes: Uint8Array,
  at: number,
  width: number,
  count: number,
  out: Float64Array,
): void {
  if (width <= 32) unpackShort(bytes, at, width, count, out);
  else unpackBytes(bytes, at, width / 8, count, out);
}

/** Each lies in five bytes; those behind the last one, if there are none, count as zeros and are shifted out. */
function unpackShort(bytes: Uint8Array, from: number, width: number, count: number, out: Float64Array): void {
  const unused = 32 - width;
  let bit = 0;
  for (let i = 0; i < count; i += 1, bit += width) {
    const at = from + (bit >>> 3);
    const skipped = bit & 7;
    const four = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    out[i] = ((four << skipped) | (bytes[at + 4]! >> (8 - skipped))) >>> unused;
  }
}

function unpackBytes(bytes: Uint8Array, from: number, width: number, count: number, out: Float64Array): void {
  let at = from;
  for (let i = 0; i < count; i += 1) {
    let value = bytes[at]!;
    for (let more = 1; more < width; more += 1) value = value * 256 + bytes[at + more]!;
    at += width;
    out[i] = value;
  }
}

/** Zigzag of a number that is exact. */
export function signed(value: number): number {
  const half = Math.floor(value / 2);
  return half * 2 === value ? half : -half - 1;
}

/** Of seven or eight bytes, the most significant first: zigzag, which may be half of something above 2^53. */
export function signedBytes(bytes: Uint8Array, at: number, width: number): number {
  let value = 0n;
  for (let i = 0; i < width; i += 1) value = (value << 8n) | BigInt(bytes[at + i]!);
  return zigzag(value);
}

export const zigzag = (value: bigint): number => Number(value & 1n ? -((value + 1n) >> 1n) : value >> 1n);
