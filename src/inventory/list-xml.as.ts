/** The XML of a listing is read in place, tag by tag: no tree, and nothing is copied. Compiled to WebAssembly. */

const less: u8 = 0x3c;
const greater: u8 = 0x3e;
const slash: u8 = 0x2f;
const question: u8 = 0x3f;
const bang: u8 = 0x21;
const dash: u8 = 0x2d;
const blank: u8 = 0x20;
const doubleQuote: u8 = 0x22;
const singleQuote: u8 = 0x27;

export const opens: i32 = 1;
export const closes: i32 = 2;
export const isEmpty: i32 = 3;

/** As list-kernel.ts names them. */
const endsInMiddle: i32 = 1;
const hasDeclaration: i32 = 2;
const elementGoesOn: i32 = 3;
const elementNotEnded: i32 = 4;

export let at: usize = 0;
export let end: usize = 0;
/** The name of the tag read last. */
export let nameStart: usize = 0;
export let nameEnd: usize = 0;
/** The text of the element read last. */
export let textStart: usize = 0;
export let textEnd: usize = 0;

/** Why nothing more is read, 0 as long as it is; and the bytes it is about. */
export let fault: i32 = 0;
export let faultStart: usize = 0;
export let faultEnd: usize = 0;

export function beginXml(from: usize, to: usize): void {
  at = from;
  end = to;
  fault = 0;
}

/** Always 0: no tag. */
export function failed(why: i32, start: usize, stop: usize): i32 {
  fault = why;
  faultStart = start;
  faultEnd = stop;
  return 0;
}

/** Names are short: compared in one step, with what stands behind them left out. */
// @ts-ignore: decorator
@inline
export function areSame(a: usize, b: usize, length: i32): bool {
  let i = 0;
  for (; i + 16 <= length; i += 16)
    if (i8x16.bitmask(i8x16.eq(v128.load(a + <usize>i), v128.load(b + <usize>i))) != 0xffff) return false;
  const within = (1 << (length - i)) - 1;
  const same = i8x16.bitmask(i8x16.eq(v128.load(a + <usize>i), v128.load(b + <usize>i)));
  return (same & within) == within;
}

/** Where the byte stands next; `end` when nowhere. */
// @ts-ignore: decorator
@inline
function seek(from: usize, byte: u8): usize {
  const wanted = i8x16.splat(byte);
  for (let place = from; place < end; place += 16) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(place), wanted));
    if (found != 0) return min(place + <usize>ctz(found), end);
  }
  return end;
}

/** Goes past the next tag, over text, declarations and comments; 0 when there is none that is whole. */
export function nextTag(): i32 {
  // Mostly it stands here.
  if (at >= end || load<u8>(at) != less) at = seek(at, less);
  while (at + 1 < end) {
    const kind = load<u8>(at + 1);
    if (kind != question && kind != bang) return namedTag(kind == slash);
    const isComment = at + 4 <= end && load<u8>(at + 2) == dash && load<u8>(at + 3) == dash;
    if (kind == bang && !isComment) return failed(at + 4 > end ? endsInMiddle : hasDeclaration, at, at);
    if (!skipPast(kind == bang ? dash : question, kind == bang ? 2 : 1)) break;
    at = seek(at, less);
  }
  return failed(endsInMiddle, at, at);
}

/** Past the next ">" that has the byte so many times before it. */
function skipPast(before: u8, times: usize): bool {
  for (let place = seek(at + 2, greater); place < end; place = seek(place + 1, greater)) {
    if (place < at + 2 + times || load<u8>(place - 1) != before) continue;
    if (times == 2 && load<u8>(place - 2) != before) continue;
    at = place + 1;
    return true;
  }
  return false;
}

function namedTag(isClosing: bool): i32 {
  nameStart = at + (isClosing ? 2 : 1);
  nameEnd = endOfName(nameStart);
  let place = nameEnd;
  if (place < end && load<u8>(place) != greater) place = endOfTag(place);
  if (place >= end) return failed(endsInMiddle, at, at);
  at = place + 1;
  if (isClosing) return closes;
  return load<u8>(place - 1) == slash ? isEmpty : opens;
}

/** At the first blank, "/" or ">". */
// @ts-ignore: decorator
@inline
function endOfName(from: usize): usize {
  for (let place = from; place < end; place += 16) {
    const bytes = v128.load(place);
    const stops = v128.or(
      v128.or(i8x16.eq(bytes, i8x16.splat(greater)), i8x16.eq(bytes, i8x16.splat(slash))),
      i8x16.le_u(bytes, i8x16.splat(blank)),
    );
    const found = i8x16.bitmask(stops);
    if (found != 0) return min(place + <usize>ctz(found), end);
  }
  return end;
}

/** Attributes say nothing here, but may hold ">". */
function endOfTag(from: usize): usize {
  let quote: u8 = 0;
  for (let place = from; place < end; place += 1) {
    const byte = load<u8>(place);
    if (quote != 0) {
      if (byte == quote) quote = 0;
    } else if (byte == greater) return place;
    else if (byte == doubleQuote || byte == singleQuote) quote = byte;
  }
  return end;
}

/** Whether the tag read last bears the name in [start, stop). */
export function isSame(start: usize, stop: usize): bool {
  return nameEnd - nameStart == stop - start && areSame(nameStart, start, <i32>(stop - start));
}

/** Notes the text of the element whose tag was read last, and goes past its end; it may hold nothing else. */
export function elementText(tag: i32): bool {
  textStart = at;
  textEnd = at;
  if (tag == isEmpty) return true;
  textEnd = seek(at, less);
  if (isPlainEnd(textEnd)) return true;
  at = textEnd;
  if (at + 1 >= end) return failed(endsInMiddle, at, at) != 0;
  const start = nameStart;
  const stop = nameEnd;
  const isClose = load<u8>(at + 1) == slash && nextTag() == closes;
  if (fault == 0 && !(isClose && isSame(start, stop))) failed(elementGoesOn, textEnd, textEnd);
  return fault == 0;
}

/** Goes past the end of the element whose tag was read last when it stands here, written as it mostly is. */
// @ts-ignore: decorator
@inline
function isPlainEnd(place: usize): bool {
  const length = nameEnd - nameStart;
  if (place + length + 3 > end || load<u8>(place + 1) != slash || load<u8>(place + 2 + length) != greater)
    return false;
  if (!areSame(place + 2, nameStart, <i32>length)) return false;
  at = place + length + 3;
  return true;
}

/** Past the end of the element whose tag was read last, whatever it holds. */
export function skipElement(tag: i32): bool {
  if (tag == isEmpty || isPlainEnd(seek(at, less))) return true;
  const start = nameStart;
  const stop = nameEnd;
  for (let depth = 1; depth > 0; ) {
    const inner = nextTag();
    if (inner == 0) return false;
    if (inner == opens) depth += 1;
    if (inner == closes) depth -= 1;
  }
  if (!isSame(start, stop)) failed(elementNotEnded, at, at);
  return fault == 0;
}

/** Nothing but blanks may follow: where something does; `end` when nothing. */
export function follows(): usize {
  let place = at;
  while (place < end && load<u8>(place) <= blank) place += 1;
  return place;
}
