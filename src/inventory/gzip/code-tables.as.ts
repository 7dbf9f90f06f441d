/**
 * Huffman codes of DEFLATE (RFC 1951) as tables that are looked up by the next bits; codes longer than a table's index
 * go on in tables behind it. What is over-subscribed or incomplete is refused where zlib refuses it.
 *
 * An entry: bits 0–5 how many bits it takes, extra bits included; bit 15 no literal, and then bits 8–11 the bits of the
 * code alone and bits 16–31 a base; bit 14 none of the usual. A literal: bits 8–9 how many there are, from bit 16 on.
 */

/** All of it lies in the first page of the memory, behind what other kernels keep there: places known when compiled are added for nothing. */
export const literalTable: usize = 4096;
/** At most 2342 entries: 288 symbols, 11 bits, no code above 15. */
export const literalBits: u32 = 11;
export const distanceTable: usize = 14336;
/** At most 402 entries: 32 symbols. */
export const distanceBits: u32 = 8;
const lengthCodeTable: usize = 16384;
const lengthCodeBits: u32 = 7;
const literalResults: usize = 17408;
const distanceResults: usize = 18688;
const lengthCodeResults: usize = 18944;
const counts: usize = 19072;
const offsets: usize = 19200;
const sorted: usize = 19328;
/** The lengths of codes, a byte each: 320, and room for a repetition that runs over. */
export const lengths: usize = 20480;

export const noLiteral: u32 = 0x8000;
export const unusual: u32 = 0x4000;
export const endOfBlock: u32 = 0x2000;
export const invalid: u32 = 0x1000;

const noCode: u32 = noLiteral | unusual | invalid | 1;

export function prepareSymbols(): void {
  for (let symbol: u32 = 0; symbol < 256; symbol += 1) put(literalResults, symbol, (symbol << 16) | 0x100);
  put(literalResults, 256, noLiteral | unusual | endOfBlock);
  let base: u32 = 3;
  for (let symbol: u32 = 257; symbol < 285; symbol += 1) {
    const extra: u32 = symbol < 265 ? 0 : (symbol - 261) >> 2;
    put(literalResults, symbol, (base << 16) | noLiteral | extra);
    base += 1 << extra;
  }
  put(literalResults, 285, (258 << 16) | noLiteral);
  put(literalResults, 286, noLiteral | unusual | invalid);
  put(literalResults, 287, noLiteral | unusual | invalid);
  base = 1;
  for (let symbol: u32 = 0; symbol < 30; symbol += 1) {
    const extra: u32 = symbol < 4 ? 0 : (symbol - 2) >> 1;
    put(distanceResults, symbol, (base << 16) | noLiteral | extra);
    base += 1 << extra;
  }
  put(distanceResults, 30, noLiteral | unusual | invalid);
  put(distanceResults, 31, noLiteral | unusual | invalid);
  for (let symbol: u32 = 0; symbol < 19; symbol += 1) put(lengthCodeResults, symbol, (symbol << 16) | noLiteral);
}

// @ts-ignore: decorator
@inline
function put(table: usize, index: u32, entry: u32): void {
  store<u32>(table + (<usize>index << 2), entry);
}

// @ts-ignore: decorator
@inline
function at(table: usize, index: u32): u32 {
  return load<u32>(table + (<usize>index << 2));
}

/** Of the lengths from `from` on. */
export function literalCode(from: usize, count: u32): bool {
  if (!built(from, count, literalResults, literalTable, literalBits, true)) return false;
  pairLiterals();
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
export function lengthEntry(bits: u64): u32 {
  return at(lengthCodeTable, <u32>bits & 127);
}

/** Two literals whose codes fit into one index are one entry. Downwards: what an index leads to has a smaller one. */
function pairLiterals(): void {
  for (let i: i32 = (1 << literalBits) - 1; i >= 0; i -= 1) {
    const first = at(literalTable, i);
    if ((first & noLiteral) != 0) continue;
    const bits = first & 63;
    const second = at(literalTable, <u32>i >> bits);
    if ((second & noLiteral) != 0) continue;
    const all = bits + (second & 63);
    if (all > literalBits) continue;
    put(literalTable, i, all | 0x200 | (first & 0xff0000) | ((second & 0xff0000) << 8));
  }
}

// @ts-ignore: decorator
@inline
function entryOf(result: u32, length: u32): u32 {
  return result + length + (((result >> 15) & 1) * (length << 8));
}

/** Symbols in the order of their codes; false when the lengths ask for more codes than there are, or leave some over. */
function built(from: usize, count: u32, results: usize, table: usize, bits: u32, mayLack: bool): bool {
  memory.fill(counts, 0, 64);
  for (let i: u32 = 0; i < count; i += 1) {
    const length = <u32>load<u8>(from + i);
    put(counts, length, at(counts, length) + 1);
  }
  let left: i32 = 1;
  let used: u32 = 0;
  let offset: u32 = 0;
  for (let length: u32 = 1; length <= 15; length += 1) {
    const many = at(counts, length);
    left = (left << 1) - <i32>many;
    if (left < 0) return false;
    put(offsets, length, offset);
    offset += many;
    if (many != 0) used = length;
  }
  for (let i: u32 = 0; i < count; i += 1) {
    const length = <u32>load<u8>(from + i);
    if (length == 0) continue;
    const place = at(offsets, length);
    put(sorted, place, at(results, i));
    put(offsets, length, place + 1);
  }
  if (left == 0) {
    filled(table, bits);
    return true;
  }
  if (used > 1 || !mayLack) return false;
  lacking(table, bits, used);
  return true;
}

/** No code at all, or one of one bit: the other bit is none. */
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
    for (let many = at(counts, length); many > 0; many -= 1) {
      put(table, code, entryOf(load<u32>(next), length));
      next += 4;
      if (code == (1 << length) - 1) {
        for (; end < 1 << bits; end <<= 1) memory.copy(table + (<usize>end << 2), table, <usize>end << 2);
        return;
      }
      code = codeAfter(code, length);
    }
    if (length == bits) break;
    memory.copy(table + (<usize>end << 2), table, <usize>end << 2);
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
    for (let many = at(counts, length); many > 0; many -= 1) {
      if ((code & mask) != prefix) {
        prefix = code & mask;
        start = end;
        let below = length - bits;
        let taken = many;
        while (taken < 1 << below) {
          below += 1;
          taken = (taken << 1) + at(counts, bits + below);
        }
        end = start + (1 << below);
        put(table, prefix, (start << 16) | noLiteral | unusual | (below << 8) | bits);
      }
      const entry = entryOf(load<u32>(next), length - bits);
      next += 4;
      const step: u32 = 1 << (length - bits);
      for (let i = start + (code >> bits); i < end; i += step) put(table, i, entry);
      if (code == (1 << length) - 1) return;
      code = codeAfter(code, length);
    }
}
