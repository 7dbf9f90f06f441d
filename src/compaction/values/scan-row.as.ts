/** The row at hand and the totals of those kept, in a table of columns. Hashes are those of DuckDB's hash(). */
import { kindDecimal, kindDouble, narrow } from './scan-values.as';

/** A column: kind, most digits, scale, width | null?, negative zero? | hash | nulls | digest | negative zeros. */
const columnBytes: i32 = 48;
const atNull: i32 = 4;
const atHash: i32 = 8;
const atNulls: i32 = 16;
const atDigest: i32 = 24;
const atZeros: i32 = 32;

const wide: u8 = 2;
const prime: u64 = 0xd6e8feb86659fd93;
const nullHash: u64 = 0xbf58476d1ce4e5b9;

/** The value at hand: its bits, and for a wide decimal from elsewhere the upper ones. */
export const scratch: usize = memory.data(16, 16);

export let columns: i32 = 0;
let columnsAt: usize = 0;
let isDigested: bool = true;
export let rows: f64 = 0;
let digest: u64 = 0;

export function setColumns(count: i32, at: usize, digested: bool): void {
  columns = count;
  columnsAt = at;
  isDigested = digested;
  rows = 0;
  digest = 0;
}

export function total(): u64 {
  return digest;
}

// @ts-ignore: decorator
@inline
export function columnAt(column: i32): usize {
  return columnsAt + <usize>(column * columnBytes);
}

// @ts-ignore: decorator
@inline
export function kindOf(at: usize): u8 {
  return load<u8>(at);
}

// @ts-ignore: decorator
@inline
function mixed(bits: u64): u64 {
  let x = bits;
  x ^= x >> 32;
  x *= prime;
  x ^= x >> 32;
  x *= prime;
  return x ^ (x >> 32);
}

/** As DuckDB's hash() of a text. */
function textHash(from: usize, length: i32): u64 {
  let h: u64 = 0xe17a1465 ^ ((<u64>length) * 0xc6a4a7935bd1e995);
  let at = from;
  const end = from + <usize>(length & ~7);
  for (; at < end; at += 8) {
    h ^= load<u64>(at);
    h *= prime;
  }
  const rest = length & 7;
  if (rest != 0) {
    h ^= load<u64>(at) & ((<u64>1 << <u64>(rest << 3)) - 1);
    h *= prime;
  }
  return mixed(h);
}

/** A record begins: no column has a value. */
export function begin(): void {
  for (let c = 0, at = columnsAt; c < columns; c += 1, at += columnBytes) {
    putNull(at);
  }
}

/** The record counts. */
export function keep(): void {
  rows += 1;
  let row: u64 = 0;
  for (let c = 0, at = columnsAt; c < columns; c += 1, at += columnBytes) {
    if (load<u16>(at + atNull) != 0) {
      if (load<u8>(at + atNull) != 0) store<u64>(at + atNulls, load<u64>(at + atNulls) + 1);
      else store<u64>(at + atZeros, load<u64>(at + atZeros) + 1);
    }
    if (isDigested) {
      const hash = load<u64>(at + atHash);
      store<u64>(at + atDigest, load<u64>(at + atDigest) + hash);
      row ^= row >> 32;
      row *= prime;
      row ^= hash;
    }
  }
  digest += mixed(row);
}

/** The value in `scratch` is the column's. */
export function put(column: i32): void {
  const at = columnAt(column);
  const bits = load<u64>(scratch);
  if (load<u8>(at) == kindDecimal && load<u8>(at + 3) == wide) {
    store<u16>(at + atNull, 0);
    store<u64>(at + atHash, mixed(bits) ^ mixed(load<u64>(scratch + 8)));
  } else putNumber(at, bits);
}

/** The text in [from, from + length) is the column's. */
export function putText(column: i32, from: usize, length: i32): void {
  putTextAt(columnAt(column), from, length);
}

export function putTextAt(at: usize, from: usize, length: i32): void {
  store<u16>(at + atNull, 0);
  if (isDigested) store<u64>(at + atHash, textHash(from, length));
}

export function putNull(at: usize): void {
  store<u16>(at + atNull, 1);
  store<u64>(at + atHash, nullHash);
}

export function putNumber(at: usize, bits: u64): void {
  const kind = load<u8>(at);
  if (kind == kindDouble && bits == 0x8000000000000000) {
    store<u16>(at + atNull, 0x100);
    store<u64>(at + atHash, 0);
    return;
  }
  store<u16>(at + atNull, 0);
  const width = load<u8>(at + 3);
  let hash: u64;
  if (width == narrow) hash = mixed(bits & 0xffffffff);
  else {
    hash = mixed(bits);
    if (width == wide) hash ^= mixed(<i64>bits < 0 ? 0xffffffffffffffff : 0);
  }
  store<u64>(at + atHash, hash);
}
