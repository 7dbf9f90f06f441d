/** Keys as bytes: form-decoded, checked to be UTF-8, compared, and parted into folder and name. */

const percent: u8 = 0x25;
const plus: u8 = 0x2b;
const slash: u8 = 0x2f;

// @ts-ignore: decorator
@inline
function hex(byte: u8): u32 {
  const digit = <u32>byte - 0x30;
  if (digit <= 9) return digit;
  const letter = (<u32>byte | 0x20) - 0x61;
  return letter <= 5 ? letter + 10 : 256;
}

/** Decodes [from, to) to `into`; the length there, or −1 where a % has no two hexadecimal digits behind it. */
export function formDecoded(from: usize, to: usize, into: usize): i32 {
  let out = into;
  for (let at = from; at < to; at += 1) {
    let byte = load<u8>(at);
    if (byte == plus) byte = 0x20;
    else if (byte == percent) {
      if (at + 2 >= to) return -1;
      const value = (hex(load<u8>(at + 1)) << 4) | hex(load<u8>(at + 2));
      if (value > 255) return -1;
      byte = <u8>value;
      at += 2;
    }
    store<u8>(out, byte);
    out += 1;
  }
  return <i32>(out - into);
}

/** Where the folder of a form-encoded name ends, when it has an encoded slash: behind the last one; else 0. */
export function encodedSlashEnd(from: usize, to: usize): usize {
  for (let at = to - 3; at + 3 > from + 2; at -= 1)
    if (load<u8>(at) == percent && load<u8>(at + 1) == 0x32 && (load<u8>(at + 2) | 0x20) == 0x66) return at + 3;
  return 0;
}

// @ts-ignore: decorator
@inline
function isTail(at: usize): bool {
  return (load<u8>(at) & 0xc0) == 0x80;
}

/** No overlong form, no surrogate, nothing beyond U+10FFFF. */
export function isUtf8(from: usize, to: usize): bool {
  let at = from;
  while (at < to) {
    if (at + 8 <= to && (load<u64>(at) & 0x8080808080808080) == 0) {
      at += 8;
      continue;
    }
    const lead = <u32>load<u8>(at);
    if (lead < 0x80) {
      at += 1;
      continue;
    }
    const length: usize = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (lead < 0xc2 || lead > 0xf4 || at + length > to) return false;
    const second = <u32>load<u8>(at + 1);
    let low: u32 = 0x80;
    let high: u32 = 0xbf;
    if (lead == 0xe0) low = 0xa0;
    else if (lead == 0xed) high = 0x9f;
    else if (lead == 0xf0) low = 0x90;
    else if (lead == 0xf4) high = 0x8f;
    if (second < low || second > high) return false;
    if (length > 2 && !isTail(at + 2)) return false;
    if (length > 3 && !isTail(at + 3)) return false;
    at += length;
  }
  return true;
}

export function areEqual(a: usize, b: usize, length: i32): bool {
  if (length >= 16) {
    const last = length - 16;
    for (let i = 0; i < last; i += 16)
      if (v128.any_true(v128.xor(v128.load(a + <usize>i), v128.load(b + <usize>i)))) return false;
    // What is left, and something before it once more: byte by byte it would take as long as all of the rest.
    return !v128.any_true(v128.xor(v128.load(a + <usize>last), v128.load(b + <usize>last)));
  }
  if (length >= 8) {
    const last = <usize>(length - 8);
    return load<u64>(a) == load<u64>(b) && load<u64>(a + last) == load<u64>(b + last);
  }
  for (let i = 0; i < length; i += 1) if (load<u8>(a + <usize>i) != load<u8>(b + <usize>i)) return false;
  return true;
}

/** Where two texts differ first: at the end of the shorter one, if nowhere before. */
export function firstDifference(a: usize, aLength: i32, b: usize, bLength: i32): i32 {
  const shorter = min(aLength, bLength);
  let i = 0;
  for (; i + 8 <= shorter; i += 8) {
    const bits = load<u64>(a + <usize>i) ^ load<u64>(b + <usize>i);
    if (bits != 0) return i + (<i32>ctz(bits) >> 3);
  }
  while (i < shorter && load<u8>(a + <usize>i) == load<u8>(b + <usize>i)) i += 1;
  return i;
}

export function hashOf(from: usize, length: i32): u32 {
  let h: u64 = 0x9e3779b97f4a7c15 ^ <u64>length;
  let i = 0;
  for (; i + 8 <= length; i += 8) {
    h = (h ^ load<u64>(from + <usize>i)) * 0xd6e8feb86659fd93;
    h ^= h >> 32;
  }
  for (; i < length; i += 1) h = (h ^ <u64>load<u8>(from + <usize>i)) * 0xd6e8feb86659fd93;
  h ^= h >> 29;
  return <u32>(h ^ (h >> 32));
}

/** Where the name in [from, to) begins: behind the last slash; 0 when there is none. Sets what stands in the name. */
export let hasPercent: bool = false;
export let hasPlus: bool = false;
export let hasHigh: bool = false;

export function nameStart(from: usize, to: usize): usize {
  const slashes = i8x16.splat(slash);
  const percents = i8x16.splat(percent);
  const pluses = i8x16.splat(plus);
  let percentBits = 0;
  let plusBits = 0;
  let highBits = 0;
  let at = to;
  while (at > from) {
    at -= 16;
    const bytes = v128.load(at);
    let found = i8x16.bitmask(i8x16.eq(bytes, slashes));
    let kept = 0xffff;
    if (at < from) kept &= 0xffff << <i32>(from - at);
    found &= kept;
    if (found != 0) {
      const last = 31 - clz(found);
      kept &= ~((2 << last) - 1);
      percentBits |= i8x16.bitmask(i8x16.eq(bytes, percents)) & kept;
      plusBits |= i8x16.bitmask(i8x16.eq(bytes, pluses)) & kept;
      highBits |= i8x16.bitmask(bytes) & kept;
      hasPlus = plusBits != 0;
      hasPercent = percentBits != 0;
      hasHigh = highBits != 0;
      return at + <usize>last + 1;
    }
    percentBits |= i8x16.bitmask(i8x16.eq(bytes, percents)) & kept;
    plusBits |= i8x16.bitmask(i8x16.eq(bytes, pluses)) & kept;
    highBits |= i8x16.bitmask(bytes) & kept;
  }
  hasPlus = plusBits != 0;
  hasPercent = percentBits != 0;
  hasHigh = highBits != 0;
  return 0;
}

/** The same of a name that stands as it is: of what stands in it only `hasHigh` is set. */
export function plainNameStart(from: usize, to: usize): usize {
  const slashes = i8x16.splat(slash);
  let highBits = 0;
  let at = to;
  while (at > from) {
    at -= 16;
    const bytes = v128.load(at);
    let kept = at < from ? 0xffff << <i32>(from - at) : 0xffff;
    const found = i8x16.bitmask(i8x16.eq(bytes, slashes)) & kept;
    if (found != 0) {
      const last = 31 - clz(found);
      kept &= ~((2 << last) - 1);
      hasHigh = (highBits | (i8x16.bitmask(bytes) & kept)) != 0;
      return at + <usize>last + 1;
    }
    highBits |= i8x16.bitmask(bytes) & kept;
  }
  hasHigh = highBits != 0;
  return 0;
}
