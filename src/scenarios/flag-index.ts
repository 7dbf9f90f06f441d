/** Flags by their place among prefixes: which lie below which, without looking at all of them for each. */
import type { Prefix } from '../kernel/s3.js';
import type { Flag } from '../prefixes/small-objects.js';

export interface FlagIndex {
  /** Of any kind, deeper than this prefix, those of one prefix side by side. */
  below(prefix: Prefix): readonly Flag[];
  /** The first flag of this prefix, whatever its kind. */
  firstAt(prefix: Prefix): Flag | undefined;
}

export function flagIndex(flags: readonly Flag[]): FlagIndex {
  // In the order of UTF-16 units all texts with one beginning stand together.
  const sorted = flags.toSorted((a, b) => (a.prefix < b.prefix ? -1 : a.prefix > b.prefix ? 1 : 0));
  const first = new Map<Prefix, Flag>();
  for (const flag of flags) if (!first.has(flag.prefix)) first.set(flag.prefix, flag);
  return {
    firstAt: (prefix) => first.get(prefix),
    below(prefix) {
      let from = placeOf(sorted, prefix);
      while (sorted[from]?.prefix === prefix) from += 1;
      let to = from;
      while (sorted[to]?.prefix.startsWith(prefix)) to += 1;
      return sorted.slice(from, to);
    },
  };
}

/** Where a prefix stands, or would stand. */
function placeOf(sorted: readonly Flag[], prefix: Prefix): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]!.prefix < prefix) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One flag for each prefix that lies within no other of them; `flags` as `below` gives them. */
export function outermost(flags: readonly Flag[]): readonly Flag[] {
  const kept: Flag[] = [];
  for (const flag of flags) if (!kept.at(-1) || !flag.prefix.startsWith(kept.at(-1)!.prefix)) kept.push(flag);
  return kept;
}
