/** How many different texts were seen, estimated within a few per mille up to some millions, in 64 KiB. */

export interface DistinctCount {
  readonly bits: Uint8Array;
  /** Bits that are still 0. */
  free: number;
}

const BITS = 2 ** 19;

export const createDistinctCount = (): DistinctCount => ({ bits: new Uint8Array(BITS / 8), free: BITS });

export function addDistinct(count: DistinctCount, text: string): void {
  const bit = hash(text) % BITS;
  const mask = 1 << (bit & 7);
  if (count.bits[bit >> 3]! & mask) return;
  count.bits[bit >> 3]! |= mask;
  count.free -= 1;
}

/** Counts what another count saw, too. */
export function addDistinctBits(count: DistinctCount, bits: Uint8Array): void {
  bits.forEach((byte, i) => {
    for (let added = byte & ~count.bits[i]!; added !== 0; added &= added - 1) count.free -= 1;
    count.bits[i]! |= byte;
  });
}

/** Linear counting (Whang, Vander-Zanden, Taylor 1990): −m ln(share of bits still 0). */
export const distinctEstimate = (count: DistinctCount): number =>
  Math.round(BITS * Math.log(BITS / Math.max(1, count.free)));

/** FNV-1a over UTF-16 units, its bits mixed once more since neighbouring names differ in the last unit only. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
