/**
 * Huffman codes of DEFLATE (RFC 1951) as tables that are looked up by the next bits; codes longer than a table's index
 * go on in tables behind it. What is over-subscribed or incomplete is refused where zlib refuses it.
 *
 * An entry: bits 0–5 how many bits it takes; bits 8–11 the same without the extra bits of a length or distance; bit 15
 * there is one, bits 16–24 or 16–31 its base; bits 32–33 how many literals come before it, from bit 40 on.
 * Bit 14: none of this.
 */

/** All of it lies in the first page of the memory, behind what other kernels keep there: places known when compiled are added for nothing. */
export const literalTable: usize = 4096;
export const literalBits: u32 = 11;
/** Behind 2048 entries and at most 144 tables of at most 16: each has two codes or more. */
export const distanceTable: usize = 38912;
export const distanceBits: u32 = 8;
/** Behind 256 entries and at most 16 tables of at most 128. */
const lengthCodeTable: usize = 57344;
const lengthCodeBits: u32 = 7;
const literalResults: usize = 58368;
const distanceResults: usize = 60672;
const lengthCodeResults: usize = 60928;
const counts: usize = 61184;
const offsets: usize = 61312;
const sorted: usize = 61440;
/** The lengths of codes, a byte each: 320. */
export const lengths: usize = 64000;

export const hasMore: u32 = 0x8000;
export const unusual: u32 = 0x4000;
export const endOfBlock: u32 = 0x2000;
export const invalid: u32 = 0x1000;
/** Of how many literals. */
const one: u64 = 0x100000000;

const noCode: u32 = hasMore | unusual | invalid | 1;

export function prepareSymbols(): void {
  for (let symbol: u32 = 0; symbol < 256; symbol += 1) put(literalResults, symbol, (<u64>symbol << 40) | one);
  put(literalResults, 256, hasMore | unusual | endOfBlock);
  let base: u32 = 3;
  for (let symbol: u32 = 257; symbol < 285; symbol += 1) {
    const extra: u32 = symbol < 265 ? 0 : (symbol - 261) >> 2;
    put(literalResults, symbol, (base << 16) | hasMore | extra);
    base += 1 << extra;
  }
  put(literalResults, 285, (258 << 16) | hasMore);
  put(literalResults, 286, hasMore | unusual | invalid);
  put(literalResults, 287, hasMore | unusual | invalid);
  base = 1;
  for (let symbol: u32 = 0; symbol < 30; symbol += 1) {
    const extra: u32 = symbol < 4 ? 0 : (symbol - 2) >> 1;
    put(distanceResults, symbol, (base << 16) | hasMore | extra);
    base += 1 << extra;
  }
  put(distanceResults, 30, hasMore | unusual | invalid);
  put(distanceResults, 31, hasMore | unusual | invalid);
  for (let symbol: u32 = 0; symbol < 19; symbol += 1) put(lengthCodeResults, symbol, (symbol << 16) | hasMore);
}

// @ts-ignore: decorator
@inline
function put(table: usize, index: u32, entry: u64): void {
  store<u64>(table + (<usize>index << 3), entry);
}

// @ts-ignore: decorator
@inline
function at(table: usize, index: u32): u64 {
  return load<u64>(table + (<usize>index << 3));
}

/** Of the lengths from `from` on. */
export function literalCode(from: usize, count: u32): bool {
  if (!built(from, count, literalResults, literalTable, literalBits, true)) return false;
  joinSymbols();
  return true;
}

export function distanceCode(from: usize, count: u32): bool {
  return built(from, count, distanceResults, distanceTable, distanceBits, true);
}

export function lengthCode(from: usize): bool {
  return built(from, 19, lengthCodeResults, lengthCodeTable, lengthCodeBits, false);
}

// @ts-ignore: decorator
@inline
export function lengthEntry(bits: u64): u64 {
  return at(lengthCodeTable, <u32>bits & 127);
}

/**
 * One entry for what the bits of an index are sure to be: two literals, and a length behind one or two. Downwards, for
 * what an index leads to has a smaller one.
 */
function joinSymbols(): void {
  for (let i: i32 = (1 << literalBits) - 1; i >= 0; i -= 1) {
    const first = at(literalTable, i);
    if ((<u32>first & hasMore) != 0) continue;
    const firstBits = <u32>first & 63;
    const second = at(literalTable, <u32>i >> firstBits);
    if (!mayFollow(second, firstBits)) continue;
    let entry = joined(first, second);
    if ((<u32>second & hasMore) == 0) {
      const bits = <u32>entry & 63;
      const third = at(literalTable, <u32>i >> bits);
      if ((<u32>third & hasMore) != 0 && mayFollow(third, bits)) entry = joined(entry, third);
    }
    put(literalTable, i, entry);
  }
}

// @ts-ignore: decorator
@inline
function mayFollow(entry: u64, bits: u32): bool {
  return (<u32>entry & unusual) == 0 && bits + ((<u32>entry >> 8) & 15) <= literalBits;
}

/** Bits and numbers of literals add up; the literals of `next` go behind those of `entry`. */
// @ts-ignore: decorator
@inline
function joined(entry: u64, next: u64): u64 {
  const literals = (entry >> 40) | ((next >> 40) << (((entry >> 32) & 3) << 3));
  return (entry & 0xffffffffff) + (next & 0xffffffffff) + (literals << 40);
}

// @ts-ignore: decorator
@inline
function entryOf(result: u64, length: u32): u64 {
  return result + <u64>length * 0x101;
}

/** Symbols in the order of their codes; false when the lengths ask for more codes than there are, or leave some over. */
function built(from: usize, count: u32, results: usize, table: usize, bits: u32, mayLack: bool): bool {
  memory.fill(counts, 0, 128);
  for (let i: u32 = 0; i < count; i += 1) {
    const length = <u32>load<u8>(from + i);
    put(counts, length, at(counts, length) + 1);
  }
  let left: i32 = 1;
  let used: u32 = 0;
  let offset: u32 = 0;
  for (let length: u32 = 1; length <= 15; length += 1) {
    const many = <u32>at(counts, length);
    left = (left << 1) - <i32>many;
    if (left < 0) return false;
    put(offsets, length, offset);
    offset += many;
    if (many != 0) used = length;
  }
  for (let i: u32 = 0; i < count; i += 1) {
    const length = <u32>load<u8>(from + i);
    if (length == 0) continue;
    const place = <u32>at(offsets, length);
    put(sorted, place, at(results, i));
    put(offsets, length, place + 1);
  }
  if (left == 0) {
    filled(table, bits);
    return true;
  }
  if (used > 1 || (used == 1 && !mayLack)) return false;
  lacking(table, bits, used);
  return true;
}

/** No code at all, or one of one bit: the other bit is none. As the length of a code, zlib takes none for 0. */
function lacking(table: usize, bits: u32, used: u32): void {
  for (let i: u32 = 0; i < 1 << bits; i += 1) put(table, i, noCode);
  if (used == 0) return;
  const entry = entryOf(at(sorted, 0), 1);
  for (let i: u32 = 0; i < 1 << bits; i += 2) put(table, i, entry);
}

/** The next code in order, its bits reversed as they lie in the stream. */
// @ts-ignore: decorator
@inline
function codeAfter(code: u32, length: u32): u32 {
  const bit: u32 = 1 << (31 - clz(code ^ ((1 << length) - 1)));
  return (code & (bit - 1)) | bit;
}

/** Each time the codes grow by a bit, the part of the table that is filled is put behind itself. */
function filled(table: usize, bits: u32): void {
  let next = sorted;
  let code: u32 = 0;
  let length: u32 = 1;
  let end: u32 = 2;
  for (; length <= bits; length += 1) {
    for (let many = <u32>at(counts, length); many > 0; many -= 1) {
      put(table, code, entryOf(load<u64>(next), length));
      next += 8;
      if (code == (1 << length) - 1) {
        for (; end < 1 << bits; end <<= 1) memory.copy(table + (<usize>end << 3), table, <usize>end << 3);
        return;
      }
      code = codeAfter(code, length);
    }
    if (length == bits) break;
    memory.copy(table + (<usize>end << 3), table, <usize>end << 3);
    end <<= 1;
  }
  longCodes(table, bits, next, code);
}

function longCodes(table: usize, bits: u32, from: usize, firstCode: u32): void {
  const mask: u32 = (1 << bits) - 1;
  let next = from;
  let code = firstCode;
  let prefix: u32 = 0xffffffff;
  let start: u32 = 0;
  let end: u32 = 1 << bits;
  for (let length = bits + 1; length <= 15; length += 1)
    for (let many = <u32>at(counts, length); many > 0; many -= 1) {
      if ((code & mask) != prefix) {
        prefix = code & mask;
        start = end;
        let below = length - bits;
        let taken = many;
        while (taken < 1 << below) {
          below += 1;
          taken = (taken << 1) + <u32>at(counts, bits + below);
        }
        end = start + (1 << below);
        put(table, prefix, (start << 16) | hasMore | unusual | (below << 8) | bits);
      }
      const entry = entryOf(load<u64>(next), length - bits);
      next += 8;
      const step: u32 = 1 << (length - bits);
      for (let i = start + (code >> bits); i < end; i += step) put(table, i, entry);
      if (code == (1 << length) - 1) return;
      code = codeAfter(code, length);
    }
}
