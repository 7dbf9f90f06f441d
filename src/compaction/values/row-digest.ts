/** The digest of a set of rows does not depend on their order, and every row counts: MD5 per row, summed. */
import { type Md5, md5 } from '../../kernel/md5.js';

export interface RowDigest {
  /** The canonical text of a row is written here, from 0 on. */
  readonly bytes: Uint8Array;
  /** From now on rows are as long as this; `bytes` is another array then. */
  reserve(capacity: number): void;
  add(length: number): void;
  sum(): DigestSum;
}

/** The first and the last eight bytes of the rows' MD5, each read with the first byte lowest and summed modulo 2^64. */
export interface DigestSum {
  readonly low: bigint;
  readonly high: bigint;
}

/** What a column holds; NULL is a field with nothing in it. */
export interface ColumnTotal {
  readonly nulls: number;
  /** Of the canonical texts. */
  readonly bytes: number;
}

export const noRows: DigestSum = { low: 0n, high: 0n };

export const added = (a: DigestSum, b: DigestSum): DigestSum => ({
  low: BigInt.asUintN(64, a.low + b.low),
  high: BigInt.asUintN(64, a.high + b.high),
});

/** 32 hexadecimal digits. */
export const digestText = ({ low, high }: DigestSum): string =>
  low.toString(16).padStart(16, '0') + high.toString(16).padStart(16, '0');

/** So many sums of 32 bits are exact in a double. */
const exactRows = 1 << 20;

export function rowDigest(): RowDigest {
  let hash: Md5 = md5(0);
  const words = new Int32Array(4);
  const lanes = new Float64Array(4);
  let rows = 0;
  let total = noRows;
  const fold = (): void => {
    const [a, b, c, d] = Array.from(lanes, BigInt) as [bigint, bigint, bigint, bigint];
    total = added(total, { low: a + (b << 32n), high: c + (d << 32n) });
    lanes.fill(0);
    rows = 0;
  };
  return {
    get bytes() {
      return hash.bytes;
    },
    reserve: (capacity) => {
      if (capacity >= hash.bytes.length) hash = md5(capacity);
    },
    add: (length) => {
      hash.digest(length, words);
      lanes[0] = lanes[0]! + (words[0]! >>> 0);
      lanes[1] = lanes[1]! + (words[1]! >>> 0);
      lanes[2] = lanes[2]! + (words[2]! >>> 0);
      lanes[3] = lanes[3]! + (words[3]! >>> 0);
      rows += 1;
      if (rows === exactRows) fold();
    },
    sum: () => {
      fold();
      return total;
    },
  };
}
