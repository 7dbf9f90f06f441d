/**
 * Snappy blocks, decompressed as https://github.com/google/snappy/blob/main/format_description.txt says, as far as what they
 * hold is asked for: texts that each follow their length, put one after the other or marked where they lie, and sizes.
 * Compiled to WebAssembly. Up to 128 bytes are copied at a time, some of them beyond the end: every region has as many to
 * spare.
 */

/** Where `split` or `mark` stopped: texts that are cut, a longer one than there may be, or no Snappy. */
export let fault: i32 = 0;
export let faultLength: i32 = 0;
const faultCut: i32 = 1;
const faultLong: i32 = 2;
const faultSnappy: i32 = 3;

/** Of the block at hand: what is left of it, and what it has become so far of [outFrom, outEnd). */
let inAt: usize = 0;
let inEnd: usize = 0;
let outFrom: usize = 0;
let outAt: usize = 0;
let outEnd: usize = 0;

/** Decompressed at a go at least: what is read soon afterwards is still in the processor's cache. */
const pieceBytes: usize = 65536;

// @ts-ignore: decorator
@inline
function copy16(from: usize, to: usize): void {
  v128.store(to, v128.load(from));
}

// @ts-ignore: decorator
@inline
function copy(from: usize, to: usize, length: usize): void {
  const end = to + length;
  let source = from;
  for (let target = to; target < end; target += 16, source += 16) copy16(source, target);
}

/** Up to 64 bytes without a loop, whose end no processor can foretell. */
// @ts-ignore: decorator
@inline
function copyShort(from: usize, to: usize, length: usize): void {
  copy16(from, to);
  if (length <= 16) return;
  copy16(from + 16, to + 16);
  copy16(from + 32, to + 32);
  copy16(from + 48, to + 48);
}

/** The bytes from `back` before `to` on, at most 64, which may be those that are being written. */
// @ts-ignore: decorator
@inline
function repeat(to: usize, back: usize, length: usize): void {
  if (back >= 16) {
    copyShort(to - back, to, length);
    return;
  }
  const end = to + length;
  if (back >= 8) {
    for (let at = to; at < end; at += 8) store<u64>(at, load<u64>(at - back));
    return;
  }
  for (let at = to; at < end; at += 1) store<u8>(at, load<u8>(at - back));
}

/** By the kind of a copy: the bytes that say how far back it goes, as a mask of four. */
const backMasks: usize = memory.data<u32>([0, 0xff, 0xffff, 0xffffffff]);

/** A block begins: elements in [from, end), after its length, that are to become exactly [out, toEnd). */
export function begin(from: usize, end: usize, out: usize, toEnd: usize): void {
  inAt = from;
  inEnd = end;
  outFrom = out;
  outAt = out;
  outEnd = toEnd;
}

/** All before `place` is there, or else the block is none; at its end it must end too. */
export function reach(place: usize): bool {
  if (place <= outAt && place < outEnd) return true;
  const until = max(place, min(outAt + pieceBytes, outEnd));
  return unsnapped(until >= outEnd ? usize.MAX_VALUE : until);
}

function unsnapped(until: usize): bool {
  const end = inEnd;
  const out = outFrom;
  const toEnd = outEnd;
  let at = inAt;
  let to = outAt;
  while (at < end && to < until) {
    const tag = <u32>load<u8>(at);
    at += 1;
    const kind = tag & 3;
    if (kind == 0) {
      let length = <usize>(tag >> 2) + 1;
      if (length > 60) {
        const more = length - 60;
        if (at + more > end) return false;
        length = <usize>(load<u32>(at) & (<u32>0xffffffff >> (<u32>(4 - more) << 3)));
        // 2^32 would come round to zero.
        if (length == 0xffffffff) return false;
        length += 1;
        at += more;
      }
      if (length > end - at || length > toEnd - to) return false;
      if (length <= 64) copyShort(at, to, length);
      else copy(at, to, length);
      at += length;
      to += length;
      continue;
    }
    const bytes: usize = kind == 3 ? 4 : <usize>kind;
    if (bytes > end - at) return false;
    let back = <usize>(load<u32>(at) & load<u32>(backMasks + (<usize>kind << 2)));
    let length = <usize>(tag >> 2) + 1;
    if (kind == 1) {
      length = <usize>((tag >> 2) & 7) + 4;
      back |= <usize>((tag >> 5) << 8);
    }
    at += bytes;
    if (back == 0 || back > to - out || length > toEnd - to) return false;
    repeat(to, back, length);
    to += length;
  }
  inAt = at;
  outAt = to;
  return at < end || to == toEnd;
}

/** The elements of a block into exactly [out, toEnd); false where they do not fit. */
export function unsnap(from: usize, end: usize, out: usize, toEnd: usize): bool {
  begin(from, end, out, toEnd);
  return unsnapped(usize.MAX_VALUE);
}

/** Most keys are no longer than 128 bytes. */
// @ts-ignore: decorator
@inline
function copyText(from: usize, to: usize): void {
  copyShort(from, to, 64);
  copyShort(from + 64, to + 64, 64);
}

/**
 * `count` texts of [from, end), each after its length in four bytes, none longer than `most`: into `room` from where text
 * `first` begins, as `offsets` say, which get one more for each. The answer is where the next text begins.
 */
export function split(
  from: usize,
  end: usize,
  room: usize,
  offsets: usize,
  first: i32,
  count: i32,
  most: u32,
): usize {
  let at = from;
  let offset = offsets + (<usize>first << 2);
  let used = <usize>load<u32>(offset);
  fault = 0;
  for (let i = 0; i < count; i += 1) {
    const length = lengthAt(at, end, most);
    if (fault != 0) return at;
    at += 4;
    if (length <= 128) copyText(at, room + used);
    else copy(at, room + used, length);
    at += length;
    used += length;
    offset += 4;
    store<u32>(offset, <u32>used);
  }
  return at;
}

/** The same texts left where they lie: into `offsets` goes where each of them begins with its length, and where the next one does. */
export function mark(from: usize, end: usize, offsets: usize, count: i32, most: u32): usize {
  let at = from;
  let offset = offsets;
  fault = 0;
  for (let i = 0; i < count; i += 1) {
    store<u32>(offset, <u32>at);
    const length = lengthAt(at, end, most);
    if (fault != 0) return at;
    at += 4 + length;
    offset += 4;
  }
  store<u32>(offset, <u32>at);
  return at;
}

/** No size is beyond it. */
const mostSize: u64 = 9007199254740991;

/** `count` whole numbers of eight bytes from `from` on, to `out`: how many of them are sizes, up to the first that is none; −1 where the block is none. */
export function sizes(from: usize, count: i32, out: usize): i32 {
  if (!reach(from + (<usize>count << 3))) return -1;
  for (let i = 0; i < count; i += 1) {
    const size = load<u64>(from + (<usize>i << 3));
    if (size > mostSize) return i;
    store<f64>(out + (<usize>i << 3), <f64>(<i64>size));
  }
  return count;
}

/** Of the text at `at`, which is there afterwards. */
// @ts-ignore: decorator
@inline
function lengthAt(at: usize, end: usize, most: u32): usize {
  if (end - at < 4) fault = faultCut;
  else if (at + 4 > outAt && !reach(at + 4)) fault = faultSnappy;
  if (fault != 0) return 0;
  const length = load<u32>(at);
  if (length > most) {
    fault = faultLong;
    faultLength = length;
  } else if (<usize>length > end - at - 4) fault = faultCut;
  else if (at + 4 + <usize>length > outAt && !reach(at + 4 + <usize>length)) fault = faultSnappy;
  return <usize>length;
}
