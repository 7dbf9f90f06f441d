/**
 * Snappy blocks, decompressed as https://github.com/google/snappy/blob/main/format_description.txt says, and texts that each
 * follow their length, put one after the other. Compiled to WebAssembly. Sixteen bytes are copied at a time, some of them
 * beyond the end: every region has as many to spare.
 */

/** Where `split` stopped: texts that are cut, or a longer one than there may be. */
export let fault: i32 = 0;
export let faultLength: i32 = 0;
const faultCut: i32 = 1;
const faultLong: i32 = 2;

// @ts-ignore: decorator
@inline
function copy(from: usize, to: usize, length: usize): void {
  const end = to + length;
  let source = from;
  for (let target = to; target < end; target += 16, source += 16) v128.store(target, v128.load(source));
}

/** The bytes from `back` before `to` on, which may be those that are being written. */
// @ts-ignore: decorator
@inline
function repeat(to: usize, back: usize, length: usize): void {
  if (back >= 16) {
    copy(to - back, to, length);
    return;
  }
  const end = to + length;
  if (back >= 8) {
    for (let at = to; at < end; at += 8) store<u64>(at, load<u64>(at - back));
    return;
  }
  for (let at = to; at < end; at += 1) store<u8>(at, load<u8>(at - back));
}

/** The elements of a block, after its length, from [from, end) into exactly [out, outEnd); false where they do not fit. */
export function unsnap(from: usize, end: usize, out: usize, outEnd: usize): bool {
  let at = from;
  let to = out;
  while (at < end) {
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
      if (length > end - at || length > outEnd - to) return false;
      copy(at, to, length);
      at += length;
      to += length;
      continue;
    }
    let length = <usize>(tag >> 2) + 1;
    let back: usize;
    if (kind == 1) {
      if (at + 1 > end) return false;
      length = <usize>((tag >> 2) & 7) + 4;
      back = <usize>(((tag >> 5) << 8) | <u32>load<u8>(at));
      at += 1;
    } else if (kind == 2) {
      if (at + 2 > end) return false;
      back = <usize>load<u16>(at);
      at += 2;
    } else {
      if (at + 4 > end) return false;
      back = <usize>load<u32>(at);
      at += 4;
    }
    if (back == 0 || back > to - out || length > outEnd - to) return false;
    repeat(to, back, length);
    to += length;
  }
  return to == outEnd;
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
    if (end - at < 4) {
      fault = faultCut;
      return at;
    }
    const length = load<u32>(at);
    at += 4;
    if (length > most) {
      fault = faultLong;
      faultLength = length;
      return at;
    }
    if (<usize>length > end - at) {
      fault = faultCut;
      return at;
    }
    copy(at, room + used, <usize>length);
    at += <usize>length;
    used += <usize>length;
    offset += 4;
    store<u32>(offset, <u32>used);
  }
  return at;
}
