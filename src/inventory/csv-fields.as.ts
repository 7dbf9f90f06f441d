/** Fields of a CSV record (RFC 4180), found where they lie; those a tally needs are noted by their role. */

const comma: u8 = 0x2c;
const lf: u8 = 0x0a;
const cr: u8 = 0x0d;
const quote: u8 = 0x22;

const unfinished: i32 = -1;
const afterQuote: i32 = -9;
const bareQuote: i32 = -10;
const bareReturn: i32 = -11;

const keyRole: i32 = 0;
const sizeRole: i32 = 1;

/** Where the value of each role begins and ends in the record at hand; a role without a column is empty. */
const fromAt: usize = memory.data(24, 8);
const toAt: usize = memory.data(24, 8);

/** There are doubled quotes in it. */
export let isKeyEscaped: bool = false;
/** Line ends within quotes of the record at hand. */
export let innerLines: i32 = 0;

export function beginFile(): void {
  memory.fill(fromAt, 0, 24);
  memory.fill(toAt, 0, 24);
}

export function beginRecord(): void {
  innerLines = 0;
}

// @ts-ignore: decorator
@inline
function note(role: i32, from: usize, to: usize): void {
  if (role < 0) return;
  store<u32>(fromAt + (<usize>role << 2), <u32>from);
  store<u32>(toAt + (<usize>role << 2), <u32>to);
}

/** Behind the closing quote. */
export function quoted(from: usize, end: usize, role: i32): i32 {
  const quotes = i8x16.splat(quote);
  const lineEnds = i8x16.splat(lf);
  let at = from;
  let isEscaped = false;
  let newLines = 0;
  for (;;) {
    const bytes = v128.load(at);
    const found = i8x16.bitmask(i8x16.eq(bytes, quotes));
    const ends = i8x16.bitmask(i8x16.eq(bytes, lineEnds));
    if (found == 0) {
      if (ends != 0) newLines += popcnt(ends);
      at += 16;
      if (at >= end) return unfinished;
      continue;
    }
    const first = ctz(found);
    if (ends != 0) newLines += popcnt(ends & ((1 << first) - 1));
    at += <usize>first;
    if (at + 1 >= end) return unfinished;
    const next = load<u8>(at + 1);
    if (next == quote) {
      isEscaped = true;
      at += 2;
      continue;
    }
    if (next == cr) {
      if (at + 2 >= end) return unfinished;
      if (load<u8>(at + 2) != lf) return afterQuote;
    } else if (next != comma && next != lf) return afterQuote;
    innerLines += newLines;
    note(role, from, at);
    if (role == keyRole) isKeyEscaped = isEscaped;
    return <i32>at + 1;
  }
}

/** At its comma or line end. */
export function plain(from: usize, end: usize, role: i32): i32 {
  let at = from;
  for (; at < end; at += 1) {
    const byte = load<u8>(at);
    if (byte == comma || byte == lf) break;
    if (byte == quote) return bareQuote;
    if (byte != cr) continue;
    if (at + 1 >= end) return unfinished;
    if (load<u8>(at + 1) != lf) return bareReturn;
    break;
  }
  if (at >= end) return unfinished;
  note(role, from, at);
  if (role == keyRole) isKeyEscaped = false;
  return <i32>at;
}

// @ts-ignore: decorator
@inline
export function fromOf(role: i32): usize {
  return <usize>load<u32>(fromAt + (<usize>role << 2));
}

// @ts-ignore: decorator
@inline
export function lengthOf(role: i32): i32 {
  return <i32>(load<u32>(toAt + (<usize>role << 2)) - load<u32>(fromAt + (<usize>role << 2)));
}

/** 0 false, 1 true, 2 nothing said, less than nothing when it is none. */
export function truth(role: i32): i32 {
  const length = lengthOf(role);
  if (length == 0) return 2;
  const at = fromOf(role);
  const four = load<u32>(at);
  if (length == 4 && four == 0x65757274) return 1;
  if (length == 5 && four == 0x736c6166 && load<u8>(at + 4) == 0x65) return 0;
  return -1;
}

/** −1 nothing said, −2 no whole number that is exact. */
export function size(): f64 {
  const length = lengthOf(sizeRole);
  if (length == 0) return -1;
  if (length > 16) return -2;
  const at = fromOf(sizeRole);
  let value: u64 = 0;
  for (let i = 0; i < length; i += 1) {
    const digit = <u32>load<u8>(at + <usize>i) - 0x30;
    if (digit > 9) return -2;
    value = value * 10 + <u64>digit;
  }
  return value > 9007199254740991 ? -2 : <f64>value;
}
