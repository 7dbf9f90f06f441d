/** A copy within S3 is one request up to 5 GiB, and one a part beyond (S3 User Guide, "Copying, moving, and renaming objects"). */

export interface CopyLimits {
  /** Most that one request copies. */
  readonly wholeBytes: number;
  readonly partBytes: number;
}

/** Parts of 1 GiB: of at most 10,000 that makes more than the largest object there can be. */
export const copyLimits: CopyLimits = { wholeBytes: 5 * 2 ** 30, partBytes: 2 ** 30 };

/** [from, to) of every part, or undefined where one request does. */
export function partsOf(
  size: number,
  { wholeBytes, partBytes }: CopyLimits,
): readonly (readonly [number, number])[] | undefined {
  if (size <= wholeBytes) return undefined;
  return Array.from({ length: Math.ceil(size / partBytes) }, (_, at) => [
    at * partBytes,
    Math.min(size, (at + 1) * partBytes),
  ]);
}

/** The beginning, the parts, the end. */
export const copyPuts = (size: number): number => {
  const parts = partsOf(size, copyLimits);
  return parts ? parts.length + 2 : 1;
};
