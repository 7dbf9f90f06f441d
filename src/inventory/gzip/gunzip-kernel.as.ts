/**
 * DEFLATE (RFC 1951) from packed bytes to their text in one memory, as far as both reach: blocks and their codes.
 * Compiled to WebAssembly.
 */
import { distanceCode, lengthCode, lengthEntry, lengths, literalCode, prepareSymbols } from './code-tables.as';
import { bitCount, bits, crowded, drop, ended, inAt, inflateCodes, outAt, place, refill, setBits, starved, unread } from './inflate-codes.as';

export { inAt, outAt };

/** As gunzip-kernel.ts names them. */
const badBlock: i32 = -1;
const badStored: i32 = -2;
const tooManyCodes: i32 = -3;
const badLengthCodes: i32 = -4;
const badRepeat: i32 = -5;
const noEnd: i32 = -6;
const badLiteralCodes: i32 = -10;
const badDistanceCodes: i32 = -11;
const cutOff: i32 = -12;

const betweenBlocks: i32 = 0;
const withinStored: i32 = 1;
const withinCodes: i32 = 2;

/** The longest description of codes has 563 bytes. */
const longestHead: usize = 640;
/** What is read and written beyond a limit. */
const readSlack: usize = 32;
const writeSlack: usize = 320;

let phase: i32 = betweenBlocks;
let isLastBlock: bool = false;
let storedLeft: usize = 0;
/** The tables hold the fixed codes: made anew for each of many short blocks they would take most of the time. */
let areFixed: bool = false;

prepareSymbols();

/** A stream begins. */
export function begin(): void {
  phase = betweenBlocks;
  isLastBlock = false;
  setBits(0, 0);
}

/**
 * From [from, to) to the text at `out`, which has room below `outEnd` and of which nothing before `start` is of this stream. All the
 * input there will be when `isWhole`: then bytes behind it are read as well, and it is seen afterwards that they were.
 */
export function inflate(from: usize, to: usize, isWhole: bool, out: usize, outEnd: usize, start: usize): i32 {
  place(from, out);
  const outLimit = outEnd - writeSlack;
  let why = ended;
  let known = out;
  while (why == ended && inAt <= to) {
    known = outAt;
    if (phase == withinCodes) {
      // Near the end of all input step by step: what the last one makes of bytes behind it is no text.
      const isNear = isWhole && inAt + readSlack >= to;
      why = inflateCodes(isNear ? inAt + 1 : to - readSlack, outLimit, start);
      if (why == ended) phase = betweenBlocks;
      else if (why == starved && isWhole) why = ended;
    } else if (phase == withinStored) why = copyStored(to, outLimit);
    else if (isLastBlock) break;
    else why = !isWhole && inAt + longestHead > to ? starved : head();
  }
  if (inAt > to) place(inAt, known);
  return inAt > to || (isWhole && why == starved) ? cutOff : why;
}

function head(): i32 {
  refill();
  isLastBlock = (bits & 1) != 0;
  const kind = <i32>(bits >> 1) & 3;
  drop(3);
  if (kind == 0) return stored();
  if (kind == 3) return badBlock;
  const why = kind == 1 ? fixedCodes() : readCodes();
  unread();
  phase = withinCodes;
  return why;
}

function stored(): i32 {
  // What is left of the byte is skipped.
  drop(bitCount & 7);
  unread();
  const length = <usize>load<u16>(inAt);
  const inverse = <usize>load<u16>(inAt + 2);
  place(inAt + 4, outAt);
  if ((length ^ inverse) != 0xffff) return badStored;
  storedLeft = length;
  phase = withinStored;
  return ended;
}

function copyStored(to: usize, outLimit: usize): i32 {
  const given = to - inAt;
  const room = outAt < outLimit ? outLimit - outAt : 0;
  const count = min(storedLeft, min(given, room));
  memory.copy(outAt, inAt, count);
  place(inAt + count, outAt + count);
  storedLeft -= count;
  if (storedLeft > 0) return given == count ? starved : crowded;
  phase = betweenBlocks;
  return ended;
}

function fixedCodes(): i32 {
  if (areFixed) return ended;
  memory.fill(lengths, 8, 144);
  memory.fill(lengths + 144, 9, 112);
  memory.fill(lengths + 256, 7, 24);
  memory.fill(lengths + 280, 8, 8);
  memory.fill(lengths + 288, 5, 32);
  literalCode(lengths, 288);
  distanceCode(lengths + 288, 32);
  areFixed = true;
  return ended;
}

/** 16 17 18 0 8 7 9 6 10 5 11 4 12 3 13 2 14 1 15. */
function orderOf(i: u32): u32 {
  if (i < 3) return 16 + i;
  if (i == 3) return 0;
  return (i & 1) == 0 ? 6 + (i >> 1) : 9 - (i >> 1);
}

function readCodes(): i32 {
  refill();
  const literals = <u32>(bits & 31) + 257;
  const distances = <u32>((bits >> 5) & 31) + 1;
  const given = <u32>((bits >> 10) & 15) + 4;
  drop(14);
  if (literals > 286 || distances > 30) return tooManyCodes;
  memory.fill(lengths, 0, 32);
  for (let i: u32 = 0; i < given; i += 1) {
    if ((i & 15) == 0) refill();
    store<u8>(lengths + orderOf(i), <u8>(bits & 7));
    drop(3);
  }
  if (!lengthCode(lengths)) return badLengthCodes;
  const why = readLengths(literals + distances);
  if (why < 0) return why;
  if (load<u8>(lengths + 256) == 0) return noEnd;
  areFixed = false;
  if (!literalCode(lengths, literals)) return badLiteralCodes;
  return distanceCode(lengths + literals, distances) ? ended : badDistanceCodes;
}

function readLengths(count: u32): i32 {
  for (let i: u32 = 0; i < count; ) {
    refill();
    const entry = lengthEntry(bits);
    drop(<u64>(entry & 63));
    const symbol = <u32>entry >> 16;
    if (symbol < 16) {
      store<u8>(lengths + i, <u8>symbol);
      i += 1;
      continue;
    }
    if (symbol == 16 && i == 0) return badRepeat;
    const extra: u64 = symbol == 16 ? 2 : symbol == 17 ? 3 : 7;
    const times = <u32>(bits & ((1 << extra) - 1)) + (symbol == 18 ? 11 : 3);
    drop(extra);
    if (i + times > count) return badRepeat;
    memory.fill(lengths + i, symbol == 16 ? load<u8>(lengths + i - 1) : 0, times);
    i += times;
  }
  return ended;
}
