/** Numbers of a fixed width, packed from the lowest bit on (Parquet format: RLE and bit-packing hybrid, delta encoding). */

export function unpack(
  bytes: Uint8Array,
  from: number,
  width: number,
  count: number,
  out: Float64Array | Int32Array,
  to: number,
): void {
  if (width > 24) {
    unpackWide(bytes, from, width, count, out, to);
    return;
  }
  const mask = (1 << width) - 1;
  let at = from;
  let held = 0;
  let bits = 0;
  for (let i = 0; i < count; i += 1) {
    while (bits < width) {
      held |= bytes[at++]! << bits;
      bits += 8;
    }
    out[to + i] = held & mask;
    held >>>= width;
    bits -= width;
  }
}

function unpackWide(
  bytes: Uint8Array,
  from: number,
  width: number,
  count: number,
  out: Float64Array | Int32Array,
  to: number,
): void {
  let bit = from * 8;
  for (let i = 0; i < count; i += 1) {
    let value = 0;
    for (let got = 0; got < width; ) {
      const skipped = bit & 7;
      const taken = Math.min(8 - skipped, width - got);
      value += ((bytes[bit >>> 3]! >> skipped) & ((1 << taken) - 1)) * 2 ** got;
      bit += taken;
      got += taken;
    }
    out[to + i] = value;
  }
}
