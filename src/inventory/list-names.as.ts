/** A name in a listing stands for the key it was put under: XML first, then the encoding of a form where the server says so. */

const ampersand: u8 = 0x26;
const semicolon: u8 = 0x3b;
const hash: u8 = 0x23;
const percent: u8 = 0x25;
const plus: u8 = 0x2b;

/** Whether the name decoded last holds a byte beyond ASCII. */
export let isHigh: bool = false;

/**
 * Writes what [from, to) stands for to `into` and after, and gives its length; −1 when it is no name. Nothing is longer decoded
 * than encoded; up to 16 bytes behind it are written to.
 */
export function decoded(from: usize, to: usize, isUrl: bool, into: usize): i32 {
  const ampersands = i8x16.splat(ampersand);
  // Without the encoding of a form these two stand for themselves.
  const percents = i8x16.splat(isUrl ? percent : ampersand);
  const pluses = i8x16.splat(isUrl ? plus : ampersand);
  isHigh = false;
  let out = into;
  let at = from;
  while (at < to) {
    const bytes = v128.load(at);
    const special = v128.or(
      i8x16.eq(bytes, ampersands),
      v128.or(i8x16.eq(bytes, percents), i8x16.eq(bytes, pluses)),
    );
    const left = to - at;
    const within: i32 = left >= 16 ? 0xffff : (1 << <i32>left) - 1;
    const found = i8x16.bitmask(special) & within;
    const plain = found == 0 ? min<usize>(left, 16) : <usize>ctz(found);
    v128.store(out, bytes);
    if ((i8x16.bitmask(bytes) & ((1 << <i32>plain) - 1)) != 0) isHigh = true;
    out += plain;
    at += plain;
    if (found == 0) continue;
    at = one(at, to, isUrl, out);
    if (at == 0) return -1;
    out = written;
  }
  return <i32>(out - into);
}

let written: usize = 0;

/** Decodes what stands for one character at `at`, and notes where the next is written to; behind it, or 0 when it is none. */
function one(at: usize, to: usize, isUrl: bool, out: usize): usize {
  let byte = <i32>load<u8>(at);
  let next = at + 1;
  if (byte == ampersand) {
    const stop = entityEnd(next, to);
    const point = stop == 0 ? -1 : entityPoint(next, stop);
    if (point < 0) return 0;
    next = stop + 1;
    if (point >= 0x80 || !isUrl) {
      written = writePoint(out, point);
      return next;
    }
    byte = point;
  }
  if (isUrl && byte == plus) byte = 0x20;
  else if (isUrl && byte == percent) {
    if (next + 1 >= to) return 0;
    byte = (hexDigit(load<u8>(next)) << 4) | hexDigit(load<u8>(next + 1));
    if (byte < 0) return 0;
    next += 2;
  }
  if (byte >= 0x80) isHigh = true;
  store<u8>(out, <u8>byte);
  written = out + 1;
  return next;
}

/** −1 when it is none. */
function hexDigit(byte: u8): i32 {
  const digit = <i32>byte - 0x30;
  if (digit >= 0 && digit <= 9) return digit;
  const letter = (<i32>byte | 0x20) - 0x61;
  return letter >= 0 && letter <= 5 ? letter + 10 : -1;
}

/** Where the semicolon stands; 0 when there is none near. */
function entityEnd(from: usize, to: usize): usize {
  const limit = min(to, from + 10);
  for (let at = from; at < limit; at += 1) if (load<u8>(at) == semicolon) return at;
  return 0;
}

/** The character that an entity without its "&" and ";" stands for; −1 when none. */
function entityPoint(from: usize, to: usize): i32 {
  if (to == from) return -1;
  return load<u8>(from) == hash ? numbered(from + 1, to) : named(from, to);
}

function numbered(from: usize, to: usize): i32 {
  const isHex = from < to && (load<u8>(from) | 0x20) == 0x78;
  const start = isHex ? from + 1 : from;
  let point: i64 = 0;
  for (let at = start; at < to; at += 1) {
    const digit = hexDigit(load<u8>(at));
    if (digit < 0 || (!isHex && digit > 9)) return -1;
    point = point * (isHex ? 16 : 10) + digit;
  }
  const isNone = start == to || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff);
  return isNone ? -1 : <i32>point;
}

// amp lt gt quot apos
function named(from: usize, to: usize): i32 {
  let word: u64 = 0;
  for (let at = from; at < to; at += 1) word = (word << 8) | <u64>load<u8>(at);
  if (to - from > 4) return -1;
  if (word == 0x616d70) return 0x26;
  if (word == 0x6c74) return 0x3c;
  if (word == 0x6774) return 0x3e;
  if (word == 0x71756f74) return 0x22;
  return word == 0x61706f73 ? 0x27 : -1;
}

function writePoint(out: usize, point: i32): usize {
  if (point < 0x80) {
    store<u8>(out, <u8>point);
    return out + 1;
  }
  isHigh = true;
  const length: i32 = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  const lead = length == 2 ? 0xc0 : length == 3 ? 0xe0 : 0xf0;
  store<u8>(out, <u8>(lead | (point >> (6 * (length - 1)))));
  for (let i = 1; i < length; i += 1)
    store<u8>(out + <usize>i, <u8>(0x80 | ((point >> (6 * (length - 1 - i))) & 0x3f)));
  return out + <usize>length;
}
