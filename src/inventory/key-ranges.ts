/** Ranges of keys (after, upTo] that tile a prefix: wherever the cuts lie, every key is in exactly one range. */
import { compareKeys, type Key, type ObjectRecord, type Prefix } from '../kernel/s3.js';

export interface KeyRange {
  /** Keys after this one; from the beginning when absent. */
  readonly after?: Key;
  /** Up to and including this one; to the end when absent. */
  readonly upTo?: Key;
}

/** Tiles the keys after `after` by at most `pieces` ranges, cut at some of the given keys, evenly chosen. */
export function tile(after: Key | undefined, cuts: readonly Key[], pieces: number): readonly KeyRange[] {
  const usable = [...new Set(cuts)]
    .filter((cut) => after === undefined || compareKeys(cut, after) > 0)
    .sort(compareKeys);
  const chosen = evenly(usable, pieces - 1);
  return [...chosen, undefined].map((upTo, i) => {
    const start = i === 0 ? after : chosen[i - 1];
    return { ...(start !== undefined && { after: start }), ...(upTo !== undefined && { upTo }) };
  });
}

function evenly<T>(items: readonly T[], limit: number): readonly T[] {
  if (items.length <= limit) return items;
  return Array.from({ length: limit }, (_, i) => items[Math.floor(((i + 1) * items.length) / (limit + 1))]!);
}

/** The longest prefix all keys of the range share, so that a server can end its last page with the range. */
export function rangePrefix(prefix: Prefix, { after, upTo }: KeyRange): Prefix {
  if (after === undefined || upTo === undefined) return prefix;
  let length = 0;
  while (length < after.length && after[length] === upTo[length]) length += 1;
  // Never half of a surrogate pair.
  if (length > 0 && isHighSurrogate(after.charCodeAt(length - 1))) length -= 1;
  return length > prefix.length ? after.slice(0, length) : prefix;
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

/** The objects of a sorted page that lie in the range, and whether the range ends within this page. */
export function withinRange(
  objects: readonly ObjectRecord[],
  { upTo }: KeyRange,
): { readonly objects: readonly ObjectRecord[]; readonly ended: boolean } {
  const last = objects.at(-1);
  if (upTo === undefined || last === undefined || compareKeys(last.key, upTo) < 0)
    return { objects, ended: false };
  return { objects: objects.filter(({ key }) => compareKeys(key, upTo) <= 0), ended: true };
}
