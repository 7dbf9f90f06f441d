/**
 * Runs of whole numbers in either version of ORC's encoding (https://orc.apache.org/specification/ORCv1/ "Run Length Encoding")
 * as doubles: exact up to 2^53, and beyond it past all limits. Compiled to WebAssembly. Up to 5000 bytes behind the input
 * are read where a run is cut, and taken for nothing.
 */

/** Where the next run begins. */
export let at: usize = 0;
/** As run-kernel.ts names them. */
export let fault: i32 = 0;
const cut: i32 = 1;
const longNumber: i32 = 2;
const widePatch: i32 = 3;
const misplacedPatch: i32 = 4;

/** No run has more of them as it is stored. */
const mostRunBytes: usize = 8192;

let end: usize = 0;

/** Of the 5-bit codes from 24 on. */
const wideWidths: usize = memory.data<u8>([26, 28, 30, 32, 40, 48, 56, 64]);

/** Runs of [from, to) from `out` on, until there are `wanted` numbers, and while a whole run is sure to be there; how many they are. */
export function decode(
  from: usize,
  to: usize,
  isWhole: bool,
  isFirstVersion: bool,
  isSigned: bool,
  out: usize,
  wanted: i32,
): i32 {
  at = from;
  end = to;
  fault = 0;
  let count: i32 = 0;
  while (count < wanted && at < end && (isWhole || end - at >= mostRunBytes)) {
    const next = out + (<usize>count << 3);
    count += isFirstVersion ? runOfVersion1(next, isSigned) : runOfVersion2(next, isSigned);
    if (fault != 0) break;
  }
  return count;
}

/** Its bytes, which must be there. */
function take(length: usize): usize {
  const from = at;
  if (length > end - at) {
    fault = cut;
    at = end;
  } else at += length;
  return from;
}

// @ts-ignore: decorator
@inline
function byte(): i32 {
  return <i32>load<u8>(take(1));
}

// @ts-ignore: decorator
@inline
function zigzag(value: u64): i64 {
  return <i64>(value >> 1) ^ -(<i64>(value & 1));
}

function varint(isSigned: bool): i64 {
  let value: u64 = 0;
  for (let shift: u64 = 0; shift < 70; shift += 7) {
    const next = <u64>byte();
    if (fault != 0) return 0;
    value |= (next & 0x7f) << shift;
    if (next < 0x80) return isSigned ? zigzag(value) : <i64>value;
  }
  fault = longNumber;
  return 0;
}

// @ts-ignore: decorator
@inline
function put(out: usize, index: i32, value: i64): void {
  store<f64>(out + (<usize>index << 3), <f64>value);
}

function runOfVersion1(out: usize, isSigned: bool): i32 {
  const control = byte();
  if (control >= 0x80) {
    const count = 0x100 - control;
    for (let i = 0; i < count; i += 1) put(out, i, varint(isSigned));
    return count;
  }
  const count = control + 3;
  const step = <i64>(<i8>byte());
  return steps(out, count, varint(isSigned), step);
}

function steps(out: usize, count: i32, base: i64, step: i64): i32 {
  let value = base;
  for (let i = 0; i < count; i += 1, value += step) put(out, i, value);
  return count;
}

function widthOf(code: i32): u64 {
  return code < 24 ? <u64>(code + 1) : <u64>load<u8>(wideWidths + <usize>(code - 24));
}

/** Each of `width` bits lies in eight bytes: what is wider than 32 bits has whole bytes. */
// @ts-ignore: decorator
@inline
function packed(from: usize, bit: u64, width: u64): u64 {
  return (bswap(load<u64>(from + <usize>(bit >> 3))) << (bit & 7)) >> (64 - width);
}

// @ts-ignore: decorator
@inline
function bytesOf(count: i32, width: u64): usize {
  return <usize>((<u64>count * width + 7) >> 3);
}

function runOfVersion2(out: usize, isSigned: bool): i32 {
  const first = byte();
  if (first < 0x40) return shortRepeat(first, out, isSigned);
  const count = (((first & 1) << 8) | byte()) + 1;
  const code = (first >> 1) & 0x1f;
  if (first < 0x80) return direct(widthOf(code), count, out, isSigned);
  if (first < 0xc0) return patchedBase(widthOf(code), count, out);
  return delta(code, count, out, isSigned);
}

function shortRepeat(first: i32, out: usize, isSigned: bool): i32 {
  const width = <u64>(((first >> 3) & 7) + 1) << 3;
  const value = packed(take(<usize>(width >> 3)), 0, width);
  return steps(out, (first & 7) + 3, isSigned ? zigzag(value) : <i64>value, 0);
}

function direct(width: u64, count: i32, out: usize, isSigned: bool): i32 {
  const from = take(bytesOf(count, width));
  let bit: u64 = 0;
  if (isSigned) for (let i = 0; i < count; i += 1, bit += width) put(out, i, zigzag(packed(from, bit, width)));
  else for (let i = 0; i < count; i += 1, bit += width) put(out, i, <i64>packed(from, bit, width));
  return count;
}

/** Whole numbers yet, where the doubles will lie. */
function unpack(from: usize, width: u64, count: i32, out: usize): void {
  let bit: u64 = 0;
  for (let i = 0; i < count; i += 1, bit += width) store<u64>(out + (<usize>i << 3), packed(from, bit, width));
}

/** Most numbers fit into `width` bits above the base; the others have the rest of their bits in patches. */
function patchedBase(width: u64, count: i32, out: usize): i32 {
  const third = byte();
  const fourth = byte();
  const base = baseValue(<u64>((third >> 5) + 1) << 3);
  unpack(take(bytesOf(count, width)), width, count, out);
  const patchWidth = widthOf(third & 0x1f);
  // A patch and its gap are stored in a width that has a code.
  const entryWidth = closestWidth(patchWidth + <u64>((fourth >> 5) + 1));
  if (entryWidth == 0) fault = widePatch;
  else applyPatches(fourth & 0x1f, entryWidth, patchWidth, width, count, out);
  for (let i = 0; i < count; i += 1) put(out, i, <i64>load<u64>(out + (<usize>i << 3)) + base);
  return count;
}

/** The most significant bit is the sign, not of a complement. */
function baseValue(width: u64): i64 {
  const value = packed(take(<usize>(width >> 3)), 0, width);
  const sign = <u64>1 << (width - 1);
  return (value & sign) != 0 ? -(<i64>(value ^ sign)) : <i64>value;
}

/** 0 where there is none. */
function closestWidth(bits: u64): u64 {
  if (bits <= 24) return bits;
  for (let code: i32 = 24; code < 32; code += 1) if (widthOf(code) >= bits) return widthOf(code);
  return 0;
}

function applyPatches(patches: i32, entryWidth: u64, patchWidth: u64, width: u64, count: i32, out: usize): void {
  const from = take(bytesOf(patches, entryWidth));
  let index: u64 = 0;
  for (let i: i32 = 0; i < patches; i += 1) {
    const entry = packed(from, <u64>i * entryWidth, entryWidth);
    const patch = entry & ((<u64>1 << patchWidth) - 1);
    index += entry >> patchWidth;
    // Nothing but a way over more numbers than a gap can count.
    if (patch == 0) continue;
    if (index >= <u64>count) {
      fault = misplacedPatch;
      return;
    }
    if (clz(patch) < width) {
      fault = widePatch;
      return;
    }
    const place = out + (<usize>index << 3);
    store<u64>(place, load<u64>(place) + (patch << width));
  }
}

/** The sign of the first difference is that of all. */
function delta(code: i32, count: i32, out: usize, isSigned: bool): i32 {
  let value = varint(isSigned);
  const first = varint(true);
  if (code == 0) return steps(out, count, value, first);
  put(out, 0, value);
  if (count == 1) return count;
  value += first;
  put(out, 1, value);
  const width = widthOf(code);
  const from = take(bytesOf(count - 2, width));
  let bit: u64 = 0;
  for (let i = 2; i < count; i += 1, bit += width) {
    const step = <i64>packed(from, bit, width);
    value += first < 0 ? -step : step;
    put(out, i, value);
  }
  return count;
}
