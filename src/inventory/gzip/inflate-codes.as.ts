/** The codes of one block of DEFLATE to their text: one long loop, for here nearly all the time of unpacking is spent. */
import { distanceBits, distanceTable, endOfBlock, invalid, literalBits, literalTable, hasMore, unusual } from './code-tables.as';

/** Why it stopped. */
export const ended: i32 = 0;
export const starved: i32 = 1;
export const crowded: i32 = 2;
export const badLiteral: i32 = -7;
export const badDistance: i32 = -8;
export const tooFarBack: i32 = -9;

/** The next bits of the stream, the lowest first, and how many they are; afterwards fewer than eight. */
export let bits: u64 = 0;
export let bitCount: u64 = 0;
export let inAt: usize = 0;
export let outAt: usize = 0;

export function place(input: usize, output: usize): void {
  inAt = input;
  outAt = output;
}

export function setBits(value: u64, count: u64): void {
  bits = value;
  bitCount = count;
}

/** At least 56 bits. */
export function refill(): void {
  bits |= load<u64>(inAt) << bitCount;
  inAt += <usize>((63 - bitCount) >> 3);
  bitCount |= 56;
}

export function drop(count: u64): void {
  bits >>= count;
  bitCount -= count;
}

/** Whole bytes go back to the input. */
export function unread(): void {
  inAt -= <usize>(bitCount >> 3);
  bitCount &= 7;
  bits &= (<u64>1 << bitCount) - 1;
}

// @ts-ignore: decorator
@inline
function literalAt(buffer: u64): u64 {
  return load<u64>(<usize>(<u32>buffer & ((1 << literalBits) - 1)) << 3, literalTable);
}

// @ts-ignore: decorator
@inline
function behind(table: usize, entry: u32, buffer: u64): u64 {
  const index = (entry >> 16) + (<u32>buffer & ((1 << ((entry >> 8) & 15)) - 1));
  return load<u64>(table + (<usize>index << 3));
}

/** Its base and extra bits. */
// @ts-ignore: decorator
@inline
function valueOf(entry: u64, buffer: u64): u32 {
  return (<u32>entry >> 16) + <u32>((buffer & ~(<u64>-1 << entry)) >> ((entry >> 8) & 15));
}

/** Writes up to 15 bytes too many. */
// @ts-ignore: decorator
@inline
function copyBack(out: usize, distance: usize, length: usize): void {
  const end = out + length;
  let from = out - distance;
  let to = out;
  if (distance >= 16) {
    do {
      v128.store(to, v128.load(from));
      from += 16;
      to += 16;
    } while (to < end);
  } else if (distance == 1) {
    const same = i8x16.splat(load<u8>(from));
    for (; to < end; to += 16) v128.store(to, same);
  } else for (; to < end; to += 1, from += 1) store<u8>(to, load<u8>(from));
}

/**
 * Reads below `inLimit` + 32 and writes below `outLimit` + 320. Of `left` and of what is taken from it only the lowest
 * six bits mean anything: an entry is its own count, as shifts take no more of theirs either.
 */
export function inflateCodes(inLimit: usize, outLimit: usize, start: usize): i32 {
  let at = inAt;
  let out = outAt;
  let buffer = bits;
  let left = bitCount;
  let why = starved;
  while (at < inLimit) {
    if (out >= outLimit) {
      why = crowded;
      break;
    }
    buffer |= load<u64>(at) << left;
    at += <usize>(7 - ((left >> 3) & 7));
    left |= 56;
    let entry = literalAt(buffer);
    store<u16>(out, <u16>(entry >> 40));
    out += <usize>((entry >> 32) & 3);
    if ((<u32>entry & hasMore) == 0) {
      buffer >>= entry;
      left -= entry;
      entry = literalAt(buffer);
      store<u16>(out, <u16>(entry >> 40));
      out += <usize>((entry >> 32) & 3);
      if ((<u32>entry & hasMore) == 0) {
        buffer >>= entry;
        left -= entry;
        continue;
      }
    }
    if ((<u32>entry & unusual) != 0) {
      if ((<u32>entry & (endOfBlock | invalid)) == 0) {
        buffer >>= literalBits;
        left -= literalBits;
        entry = behind(literalTable, <u32>entry, buffer);
        if ((<u32>entry & hasMore) == 0) {
          store<u8>(out, <u8>(entry >> 40));
          out += 1;
          buffer >>= entry;
          left -= entry;
          continue;
        }
      }
      if ((<u32>entry & endOfBlock) != 0) {
        buffer >>= entry;
        left -= entry;
        why = ended;
        break;
      }
      if ((<u32>entry & invalid) != 0) {
        why = badLiteral;
        break;
      }
    }
    const length = <usize>valueOf(entry, buffer);
    buffer >>= entry;
    left -= entry;
    buffer |= load<u64>(at) << left;
    at += <usize>(7 - ((left >> 3) & 7));
    left |= 56;
    entry = load<u64>(<usize>(<u32>buffer & ((1 << distanceBits) - 1)) << 3, distanceTable);
    if ((<u32>entry & unusual) != 0) {
      if ((<u32>entry & invalid) == 0) {
        buffer >>= distanceBits;
        left -= distanceBits;
        entry = behind(distanceTable, <u32>entry, buffer);
      }
      if ((<u32>entry & invalid) != 0) {
        why = badDistance;
        break;
      }
    }
    const distance = <usize>valueOf(entry, buffer);
    buffer >>= entry;
    left -= entry;
    if (out - start < distance) {
      why = tooFarBack;
      break;
    }
    copyBack(out, distance, length);
    out += length;
  }
  inAt = at;
  outAt = out;
  bits = buffer;
  bitCount = left & 63;
  unread();
  return why;
}
