/** Arrays of numbers that become longer: what lies behind their rows is 0. */

interface Numbers {
  readonly length: number;
  set(from: ArrayLike<number>): void;
}

/** The array itself where it is long enough, or one at least twice as long that begins with it. */
export function withRoom<A extends Numbers & ArrayLike<number>>(
  array: A,
  length: number,
  create: new (length: number) => A,
): A {
  if (length <= array.length) return array;
  const longer = new create(Math.max(length, 2 * array.length));
  longer.set(array);
  return longer;
}
