/** Counts and bytes of many cells, exact whatever their size. */

export interface RequestTotals {
  readonly requests: bigint;
  readonly bytesSent: bigint;
  readonly objectBytes: bigint;
}

export interface RequestBytes {
  readonly bytesSent: number;
  readonly objectBytes: number;
}

/** Above this a sum is carried over: adding numbers is many times faster than adding bigints. */
const carryAt = 2 ** 50;

export function openSums() {
  let low = new Float64Array(3 * 64);
  const carried = new Map<number, bigint>();
  const increase = (at: number, amount: number): void => {
    low[at]! += amount;
    if (low[at]! < carryAt) return;
    carried.set(at, (carried.get(at) ?? 0n) + BigInt(low[at]!));
    low[at] = 0;
  };
  const sumAt = (at: number): bigint => BigInt(low[at]!) + (carried.get(at) ?? 0n);
  return {
    add(cell: number, { bytesSent, objectBytes }: RequestBytes): void {
      if (3 * cell + 2 >= low.length) {
        const larger = new Float64Array(low.length * 2);
        larger.set(low);
        low = larger;
      }
      increase(3 * cell, 1);
      increase(3 * cell + 1, bytesSent);
      increase(3 * cell + 2, objectBytes);
    },
    of: (cell: number): RequestTotals => ({
      requests: sumAt(3 * cell),
      bytesSent: sumAt(3 * cell + 1),
      objectBytes: sumAt(3 * cell + 2),
    }),
  };
}
