/**
 * Which prefixes were folded, in at most a mebibyte: none of them is ever forgotten, and few others are taken for one of
 * them (Bloom 1970). How full it is tells how many they are.
 */

export interface FoldedPrefixes {
  /** Nothing until the first one. */
  bits: Uint32Array;
  /** Bits that are 1. */
  set: number;
}

const BITS = 2 ** 23;
const HASHES = 4;

export const noPrefixes = (): FoldedPrefixes => ({ bits: new Uint32Array(0), set: 0 });

export const addFolded = (folded: FoldedPrefixes, prefix: string): void => addSign(folded, signOf(prefix));

export function addSign(folded: FoldedPrefixes, sign: number): void {
  if (folded.bits.length === 0) folded.bits = new Uint32Array(BITS / 32);
  const { bits } = folded;
  const first = mixed(sign);
  const step = stepFrom(first);
  for (let i = 0, at = first; i < HASHES; i++, at += step) {
    const bit = at & (BITS - 1);
    const mask = 1 << (bit & 31);
    if (bits[bit >>> 5]! & mask) continue;
    bits[bit >>> 5]! |= mask;
    folded.set += 1;
  }
}

/** False: it was certainly never folded. */
export const mayBeFolded = (folded: Pick<FoldedPrefixes, 'bits'>, prefix: string): boolean =>
  folded.bits.length > 0 && maySignBeFolded(folded, signOf(prefix));

export function maySignBeFolded({ bits }: Pick<FoldedPrefixes, 'bits'>, sign: number): boolean {
  if (bits.length === 0) return false;
  const first = mixed(sign);
  const step = stepFrom(first);
  for (let i = 0, at = first; i < HASHES; i++, at += step) {
    const bit = at & (BITS - 1);
    if ((bits[bit >>> 5]! & (1 << (bit & 31))) === 0) return false;
  }
  return true;
}

/** Takes in what another one was told. */
export function addAllFolded(folded: FoldedPrefixes, other: Uint32Array): void {
  if (other.length === 0) return;
  if (folded.bits.length === 0) folded.bits = new Uint32Array(BITS / 32);
  const { bits } = folded;
  for (let i = 0; i < other.length; i++) {
    for (let added = other[i]! & ~bits[i]!; added !== 0; added &= added - 1) folded.set += 1;
    bits[i]! |= other[i]!;
  }
}

/** So few that of some thousand others hardly one is taken for one of them: an eighth of the bits, four of which have to be met. */
export const areFew = ({ set }: FoldedPrefixes): boolean => set < BITS / 8;

/** How many different ones, within a percent up to some millions: −m/k ln(share of bits still 0) (Swamidass, Baldi 2007). */
export const countOfFolded = ({ set }: FoldedPrefixes): number =>
  Math.round((BITS / HASHES) * Math.log(BITS / Math.max(1, BITS - set)));

/** Of a prefix: FNV-1a of its code units, from 0 to 2^32 − 1. Where its first bit is, is this mixed. */
export const signOf = (text: string): number => signOn(0x811c9dc5, text);

/** Of a prefix that begins with one of that sign, and goes on with the text. */
export function signOn(sign: number, text: string): number {
  let value = sign;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

/** How far each other bit lies behind the one before (Kirsch, Mitzenmacher 2006). */
const stepFrom = (first: number): number => mixed(first ^ 0x9e3779b9) | 1;

/** Neighbouring names differ in the last unit only (the finaliser of MurmurHash3). */
function mixed(of: number): number {
  let value = Math.imul(of ^ (of >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
