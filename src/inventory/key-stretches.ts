/** A stretch is a range of keys on its way through a listing: how far it has come, and where it would best be cut in two. */
import type { Key, Prefix } from '../kernel/s3.js';
import { type Cut, cutIn, goesOnBehind, type Known, type Listed, landmarkCut } from './key-cuts.js';
import { type KeyRange, rangePrefix } from './key-ranges.js';
import { wordsBehind } from './key-scale.js';
import { emptyTrail, type Trail } from './key-trail.js';
import type { KeyCursor } from './ports.js';

export interface Stretch {
  /** Where its next page begins. */
  from: KeyCursor;
  /** What its last page was asked under; a token holds for that only. */
  prefix: Prefix | undefined;
  upTo: Key | undefined;
  upToBytes: Uint8Array | undefined;
  listed: Listed | undefined;
  reach: number;
  readonly trail: Trail;
  /** The cut that was found last, and what for. */
  found:
    | {
        readonly listed: Listed;
        readonly upTo: Key | undefined;
        readonly landmarks: Known['landmarks'];
        readonly cut: Cut | undefined;
      }
    | undefined;
  /** Keys go on behind its end. */
  isDense: boolean;
}

const utf8 = new TextEncoder();
const bytesOf = (key: Key | undefined): Uint8Array | undefined =>
  key === undefined ? undefined : utf8.encode(key);

export const stretchOf = ({ from, upTo }: KeyRange): Stretch => ({
  from,
  prefix: undefined,
  upTo,
  upToBytes: bytesOf(upTo),
  listed: undefined,
  reach: 0,
  trail: emptyTrail(),
  found: undefined,
  isDense: false,
});

/** What is still to be listed of it. */
export const rangeOf = ({ from, upTo }: Stretch): KeyRange => ({
  from,
  ...(upTo !== undefined && { upTo }),
});

/** The prefix to ask its next page under. */
export function prefixFor(stretch: Stretch, whole: Prefix): Prefix {
  if (stretch.prefix === undefined || stretch.from.token === undefined)
    stretch.prefix = rangePrefix(whole, rangeOf(stretch));
  return stretch.prefix;
}

/** The part behind the cut, now a stretch of its own. */
export function cutOff(stretch: Stretch, { at, pages }: Cut): Stretch {
  const behind = stretchOf({
    from: { key: at },
    ...(stretch.upTo !== undefined && { upTo: stretch.upTo }),
  });
  behind.isDense = stretch.isDense;
  // Should there be keys, the next cut goes farther.
  behind.reach = 2 * pages;
  stretch.upTo = at;
  stretch.upToBytes = bytesOf(at);
  stretch.isDense = false;
  return behind;
}

/** Notes the edges of a page; whoever ends where this stretch began may now know that keys go on there. */
export function advance(
  stretch: Stretch,
  first: Key,
  last: Key,
  others: Iterable<Stretch>,
  known: Known,
): void {
  for (const word of wordsBehind(first, last)) known.words.add(word);
  const begin = stretch.from.key;
  if (stretch.listed === undefined && begin !== undefined)
    for (const other of others)
      if (other.upTo === begin) {
        other.isDense = goesOnBehind(begin, first, last, known.words);
        other.found = undefined;
      }
  stretch.listed = { first, last, reach: stretch.reach };
}

export interface Choice {
  readonly stretch: Stretch;
  readonly cut: Cut;
}

/** A cut behind which there may be no key is worth so much of one that is sure to part as many pages. */
const UNSURE = 1 / 4;

/** The stretch with the most before it, and where to cut it; undefined when none is worth a request. */
export function chooseCut(stretches: Iterable<Stretch>, prefix: Prefix, known: Known): Choice | undefined {
  let best: Choice | undefined;
  let most = 0;
  for (const stretch of stretches) {
    const cut = cutOf(stretch, prefix, known);
    if (!cut) continue;
    const worth = cut.isSure ? cut.pages : cut.pages * UNSURE;
    if (worth <= most) continue;
    best = { stretch, cut };
    most = worth;
  }
  return best;
}

/** Found once for each page, for a choice looks at every stretch. */
function cutOf(stretch: Stretch, prefix: Prefix, known: Known): Cut | undefined {
  const { listed, upTo, isDense, found } = stretch;
  if (listed === undefined) return undefined;
  if (found?.listed === listed && found.upTo === upTo && found.landmarks === known.landmarks)
    return found.cut;
  const cut = landmarkCut(known.landmarks, listed, upTo) ?? cutIn(prefix, listed, upTo, isDense, known);
  stretch.found = { listed, upTo, landmarks: known.landmarks, cut };
  return cut;
}
