/** Values in their usual spelling become the bits their columns keep of them; any other spelling is refused. */

export const kindWhole: u8 = 2;
export const kindDouble: u8 = 3;
export const kindInstant: u8 = 4;
export const kindDate: u8 = 5;
export const kindTruth: u8 = 6;
export const kindDecimal: u8 = 7;
export const kindWide: u8 = 8;
export const narrow: u8 = 0;
export const refused: i32 = -1;

const space: u8 = 0x20;
const minus: u8 = 0x2d;
const dot: u8 = 0x2e;
const zero: u8 = 0x30;

/** Of the value at hand; of a wide decimal the digits that its fraction lacks. */
export let value: u64 = 0;
let isExact: bool = false;
let fractionDigits: i32 = 6;

export function setRule(exact: bool, digits: i32): void {
  isExact = exact;
  fractionDigits = digits;
}

/** The end of a value in its usual spelling, its bits in `value`. */
export function typed(kind: u8, column: usize, from: i32): i32 {
  switch (kind) {
    case kindWhole:
      return whole(from, load<u8>(column + 3) == narrow);
    case kindDouble:
      return double(from);
    case kindInstant:
      return instant(from);
    case kindDate:
      return day(from);
    case kindTruth:
      return truth(from);
    case kindDecimal:
      return decimal(from, <i32>load<u8>(column + 1), <i32>load<u8>(column + 2));
    case kindWide:
      return wide(from, <i32>load<u8>(column + 1), <i32>load<u8>(column + 2));
    default:
      return refused;
  }
}

// @ts-ignore: decorator
@inline
function digit(at: i32): u32 {
  return <u32>load<u8>(at) - <u32>zero;
}

function whole(from: i32, isShort: bool): i32 {
  const isNegative = load<u8>(from) == minus;
  const start = isNegative ? from + 1 : from;
  let at = start;
  let n: u64 = 0;
  for (let d = digit(at); d <= 9; d = digit(at)) {
    n = n * 10 + <u64>d;
    at += 1;
    if (at - start > 19) return refused;
  }
  if (at == start) return refused;
  if (load<u8>(start) == zero && (isNegative || (isExact && at - start > 1))) return refused;
  const most: u64 = (isShort ? <u64>0x7fffffff : <u64>0x7fffffffffffffff) + (isNegative ? 1 : 0);
  if (n > most) return refused;
  value = isNegative ? 0 - n : n;
  return at;
}

/** Powers of ten that a double holds exactly: one division rounds once. */
const powers = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
]);

function double(from: i32): i32 {
  const isNegative = load<u8>(from) == minus;
  const start = isNegative ? from + 1 : from;
  let at = start;
  let n: u64 = 0;
  let d = digit(at);
  for (; d <= 9; d = digit(at)) {
    n = n * 10 + <u64>d;
    at += 1;
  }
  const wholes = at - start;
  let scale = 0;
  const hasPoint = load<u8>(at) == dot;
  if (hasPoint) {
    at += 1;
    const point = at;
    for (d = digit(at); d <= 9; d = digit(at)) {
      n = n * 10 + <u64>d;
      at += 1;
    }
    scale = at - point;
  }
  if (wholes == 0 || wholes + scale > 15) return refused;
  if (isExact) {
    if (!hasPoint || scale == 0 || (wholes > 1 && load<u8>(start) == zero)) return refused;
    if (scale > 1 && load<u8>(at - 1) == zero) return refused;
  }
  const size = <f64>n / load<f64>(powers + <usize>(scale << 3));
  value = reinterpret<u64>(isNegative ? -size : size);
  return at;
}

// @ts-ignore: decorator
@inline
function pair(at: i32): u32 {
  const tens = digit(at);
  const ones = digit(at + 1);
  return tens <= 9 && ones <= 9 ? tens * 10 + ones : 1000;
}

function daysOf(year: u32, month: u32): u32 {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** Days since 1970 of the Gregorian calendar, counted in eras of 400 years that begin in March. */
function day(from: i32): i32 {
  if (load<u8>(from + 4) != minus || load<u8>(from + 7) != minus) return refused;
  const century = pair(from);
  const rest = pair(from + 2);
  const month = pair(from + 5);
  const date = pair(from + 8);
  if (century > 99 || rest > 99 || month < 1 || month > 12 || date < 1) return refused;
  const year = century * 100 + rest;
  if (year == 0 || (date > 28 && date > daysOf(year, month))) return refused;
  const y = month <= 2 ? year - 1 : year;
  const era = y / 400;
  const ofEra = y - era * 400;
  const ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + date - 1;
  const days = era * 146097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear;
  value = <u64>(<i64>days - 719468);
  return from + 10;
}

function instant(from: i32): i32 {
  const gap = load<u8>(from + 10);
  if (gap != space && (gap != 0x54 || isExact)) return refused;
  if (load<u8>(from + 13) != 0x3a || load<u8>(from + 16) != 0x3a) return refused;
  if (day(from) < 0) return refused;
  const hours = pair(from + 11);
  const minutes = pair(from + 14);
  const seconds = pair(from + 17);
  if (hours > 23 || minutes > 59 || seconds > 59) return refused;
  let micros: u64 = 0;
  let at = from + 19;
  if (load<u8>(at) == dot) {
    at += 1;
    const start = at;
    let worth: u64 = 100000;
    for (let d = digit(at); d <= 9; d = digit(at)) {
      micros += <u64>d * worth;
      worth /= 10;
      at += 1;
    }
    const digits = at - start;
    if (digits == 0 || digits > fractionDigits) return refused;
    if (isExact && load<u8>(at - 1) == zero) return refused;
  }
  if (!isExact && load<u8>(at) == 0x5a) at += 1;
  const ofDay = <u64>(hours * 3600 + minutes * 60 + seconds);
  value = (value * 86400 + ofDay) * 1000000 + micros;
  return at;
}

function truth(from: i32): i32 {
  const four = load<u32>(from);
  if (four == 0x65757274) {
    value = 1;
    return from + 4;
  }
  if (four == 0x736c6166 && load<u8>(from + 4) == 0x65) {
    value = 0;
    return from + 5;
  }
  return refused;
}

/** `wholes` digits before the point at most. */
function decimal(from: i32, wholes: i32, scale: i32): i32 {
  const isNegative = load<u8>(from) == minus;
  const start = isNegative ? from + 1 : from;
  let at = start;
  let n: u64 = 0;
  let d = digit(at);
  for (; d <= 9; d = digit(at)) {
    n = n * 10 + <u64>d;
    at += 1;
  }
  const before = at - start;
  if (before == 0 || before > wholes + 1 || (before > 1 && load<u8>(start) == zero)) return refused;
  if (before > wholes && n != 0) return refused;
  let fraction = 0;
  if (load<u8>(at) == dot) {
    at += 1;
    const point = at;
    for (d = digit(at); d <= 9; d = digit(at)) {
      n = n * 10 + <u64>d;
      at += 1;
    }
    fraction = at - point;
    if (fraction == 0) return refused;
  }
  if (fraction > scale || before + scale > 18 || (isExact && fraction < scale)) return refused;
  for (; fraction < scale; fraction += 1) n *= 10;
  if (isNegative && n == 0) return refused;
  value = isNegative ? 0 - n : n;
  return at;
}

/** A decimal of more digits than a word holds is its text. */
function wide(from: i32, wholes: i32, scale: i32): i32 {
  const start = load<u8>(from) == minus ? from + 1 : from;
  let at = start;
  let any: u32 = 0;
  for (let d = digit(at); d <= 9; d = digit(at)) {
    any |= d;
    at += 1;
  }
  const before = at - start;
  if (before == 0 || (before > 1 && load<u8>(start) == zero)) return refused;
  if (before > wholes && (before > 1 || any != 0)) return refused;
  let fraction = 0;
  if (load<u8>(at) == dot) {
    at += 1;
    const point = at;
    for (let d = digit(at); d <= 9; d = digit(at)) {
      any |= d;
      at += 1;
    }
    fraction = at - point;
    if (fraction == 0) return refused;
  }
  if (fraction > scale || (isExact && fraction < scale) || (start > from && any == 0)) return refused;
  value = <u64>(scale - fraction);
  return at;
}
