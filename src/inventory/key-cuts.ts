/** Where a range that is being listed had best be cut, and how many pages lie before the cut: guesses that cost a request at most. */
import { compareKeys, type Key, type Prefix } from '../kernel/s3.js';
import { commonLength, keyOf, placeOf, pointsOf, type Scale, scaleFor, type Words } from './key-scale.js';

/** The part of a range that is listed. */
export interface Listed {
  /** The first and the last key of its last page. */
  readonly first: Key;
  readonly last: Key;
  /** Pages ahead that a cut may lie, because the last cut found keys where it lay. */
  readonly reach: number;
}

export interface Cut {
  readonly at: Key;
  /** Pages before the cut, about. */
  readonly pages: number;
  /** Keys are known to lie behind it. */
  readonly isSure: boolean;
}

/** Known keys, with the number of objects from each up to the next, where known. */
export interface Landmark {
  readonly key: Key;
  readonly objects?: number;
}

/** What a listing has learned about its keys. */
export interface Known {
  landmarks: readonly Landmark[];
  readonly words: Set<string>;
  /** Pages received so far. */
  pages: number;
}

const PAGE_KEYS = 1000;
const FARTHEST = 2 ** 40;
/** A range that ends a little before a page does wastes little of it; one that ends a little behind it costs another page. */
const SHORT_OF = 1 / 32;

/**
 * A cut between the last key seen and the end. Where keys are known to go on behind the end it lies in the middle; else keys may end
 * anywhere, and it lies no farther than the whole listing has come, or than the geometric mean of a page and all there could be.
 */
export function cutIn(
  prefix: Prefix,
  { first, last, reach }: Listed,
  upTo: Key | undefined,
  isDense: boolean,
  { words, pages }: Known,
): Cut | undefined {
  const points = pointsOf(last);
  // A page that begins before what the ends share reaches far: of a part of it the page would seem short, and much to be left.
  const shared =
    upTo === undefined
      ? pointsOf(prefix).length
      : Math.min(commonLength(points, pointsOf(upTo)), commonLength(points, pointsOf(first)));
  const scale = scaleFor(first, last, shared, words);
  const here = placeOf(scale, last);
  const end = upTo === undefined ? scale.total : placeOf(scale, upTo);
  const page = pageSpan(scale, first, last);
  const left = Math.min(FARTHEST, Number(((end - here) * 16n) / page) / 16);
  if (left < 2) return undefined;
  const ahead = wholePages(isDense ? left / 2 : Math.min(left / 2, Math.max(Math.sqrt(left), pages, reach)));
  const at = keyOf(scale, here + (page * BigInt(Math.round(ahead * 1024))) / 1024n);
  return at !== undefined && isBetween(last, at, upTo) ? { at, pages: ahead, isSure: isDense } : undefined;
}

/** Where the pages of a range end, about. */
const wholePages = (pages: number): number => Math.max(1, Math.round(pages)) * (1 - SHORT_OF);

/** At least 1: two keys may be nearer than the scale can tell. */
function pageSpan(scale: Scale, first: Key, last: Key): bigint {
  const span = placeOf(scale, last) - placeOf(scale, first);
  return span > 0n ? span : 1n;
}

const isBetween = (last: Key, at: Key, upTo: Key | undefined): boolean =>
  compareKeys(at, last) > 0 && (upTo === undefined || compareKeys(at, upTo) < 0);

/** Keys go on behind a cut when the first there is no farther from it than a page or two. */
export function goesOnBehind(cut: Key, first: Key, last: Key, words: Words): boolean {
  const scale = scaleFor(first, last, commonLength(pointsOf(cut), pointsOf(last)), words);
  const gap = placeOf(scale, first) - placeOf(scale, cut);
  return gap <= 2n * pageSpan(scale, first, last);
}

/**
 * The landmark in the middle of those between two keys: of their objects where they are known, else of their number. How many objects
 * there are from one to the next the last page tells then.
 */
export function landmarkCut(
  landmarks: readonly Landmark[],
  { first, last }: Pick<Listed, 'first' | 'last'>,
  upTo: Key | undefined,
): Cut | undefined {
  const from = firstAfter(landmarks, last);
  const to = upTo === undefined ? landmarks.length : firstAfter(landmarks, upTo, true);
  const each = PAGE_KEYS / Math.max(1, from - firstAfter(landmarks, first));
  // There may be thousands, looked at for every page.
  let weight = 0;
  let isGuessed = false;
  for (let i = from; i < to; i++) {
    const { objects } = landmarks[i]!;
    isGuessed ||= objects === undefined;
    weight += objects ?? each;
  }
  // Less than a page on either side, as far as is known: one request may give both.
  if (weight < 2 * PAGE_KEYS && isGuessed) return undefined;
  let before = 0;
  for (let i = from; i < to; i++) {
    before += landmarks[i]!.objects ?? each;
    if (before * 2 >= weight)
      return { at: landmarks[i]!.key, pages: Math.max(1, weight / 2 / PAGE_KEYS), isSure: true };
  }
  return undefined;
}

/** The first landmark after a key, or at it; they are in order. */
function firstAfter(landmarks: readonly Landmark[], key: Key, orAt = false): number {
  let low = 0;
  for (let high = landmarks.length; low < high; ) {
    const middle = (low + high) >>> 1;
    const order = compareKeys(landmarks[middle]!.key, key);
    if (order > 0 || (orAt && order === 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Cuts that part what an earlier listing saw into pieces of one size. */
export function evenCuts(landmarks: readonly Landmark[], pieces: number): readonly Key[] {
  const total = landmarks.reduce((sum, { objects = PAGE_KEYS }) => sum + objects, 0);
  const cuts: Key[] = [];
  let before = 0;
  for (const { key, objects = PAGE_KEYS } of landmarks) {
    if (before >= (total * (cuts.length + 1)) / pieces && cuts.length < pieces - 1) cuts.push(key);
    before += objects;
  }
  return cuts;
}
