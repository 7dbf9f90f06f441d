/** The row at hand and the totals of those kept, in a table of columns. Hashes are those of DuckDB's hash(). */
import { kindDouble, narrow } from './scan-values.as';

/** A column: kind, most digits before the point, scale, width | null? | hash | nulls | digest. */
const columnBytes: i32 = 32;
const atNull: i32 = 4;
const atHash: i32 = 8;
const atNulls: i32 = 16;
const atDigest: i32 = 24;

const prime: u64 = 0xd6e8feb86659fd93;
const nullHash: u64 = 0xbf58476d1ce4e5b9;
/** The bits that a negative zero counts as, which has the hash of zero otherwise: row-digest.ts has the number. */
const negativeZero: u64 = 0xb7e151628aed2a6b;

/** The bits of the value at hand. */
export const scratch: usize = memory.data(8, 8);

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
    if (load<u8>(at + atNull) != 0) store<u64>(at + atNulls, load<u64>(at + atNulls) + 1);
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
  putNumber(columnAt(column), load<u64>(scratch));
}

/** The text in [from, from + length) is the column's. */
export function putText(column: i32, from: usize, length: i32): void {
  putTextAt(columnAt(column), from, length);
}

export function putTextAt(at: usize, from: usize, length: i32): void {
  store<u8>(at + atNull, 0);
  if (isDigested) store<u64>(at + atHash, textHash(from, length));
}

export function putNull(at: usize): void {
  store<u8>(at + atNull, 1);
  store<u64>(at + atHash, nullHash);
}

export function putNumber(at: usize, bits: u64): void {
  const isNegativeZero = bits == 0x8000000000000000 && load<u8>(at) == kindDouble;
  store<u8>(at + atNull, 0);
  const kept = isNegativeZero ? negativeZero : load<u8>(at + 3) == narrow ? bits & 0xffffffff : bits;
  store<u64>(at + atHash, mixed(kept));
}
