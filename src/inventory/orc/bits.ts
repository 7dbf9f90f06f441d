/** Whole numbers of ORC, with their most significant bit first: exact up to 2^53, and beyond it past all limits. */

/** Of `width` bits each, from `at` on, into `out`; at most 53 bits are exact. */
export function unpackBits(
  bytes: Uint8Array,
  at: number,
  width: number,
  count: number,
  out: Float64Array,
): void {
  if (width % 8 === 0) unpackBytes(bytes, at, width / 8, count, out);
  else if (width <= 24) unpackNarrow(bytes, at, width, count, out);
  else unpackWide(bytes, at, width, count, out);
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

function unpackNarrow(
  bytes: Uint8Array,
  from: number,
  width: number,
  count: number,
  out: Float64Array,
): void {
  const mask = (1 << width) - 1;
  let at = from;
  let held = 0;
  let bits = 0;
  for (let i = 0; i < count; i += 1) {
    while (bits < width) {
      held = (held << 8) | bytes[at++]!;
      bits += 8;
    }
    bits -= width;
    out[i] = (held >>> bits) & mask;
  }
}

function unpackWide(bytes: Uint8Array, from: number, width: number, count: number, out: Float64Array): void {
  let bit = from * 8;
  for (let i = 0; i < count; i += 1) {
    let value = 0;
    for (let need = width; need > 0; ) {
      const there = 8 - (bit & 7);
      const taken = Math.min(there, need);
      value = value * 2 ** taken + ((bytes[bit >>> 3]! >> (there - taken)) & ((1 << taken) - 1));
      bit += taken;
      need -= taken;
    }
    out[i] = value;
  }
}

/** Zigzag of a number that is exact. */
export const signed = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);

/** Of seven or eight bytes, the most significant first: zigzag, which may be half of something above 2^53. */
export function signedBytes(bytes: Uint8Array, at: number, width: number): number {
  let value = 0n;
  for (let i = 0; i < width; i += 1) value = (value << 8n) | BigInt(bytes[at + i]!);
  return zigzag(value);
}

export const zigzag = (value: bigint): number => Number(value & 1n ? -((value + 1n) >> 1n) : value >> 1n);
