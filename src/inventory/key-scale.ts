/** Keys as numbers: what lies between two of them is a guess from the characters seen, and only speed depends on it. */
import { compareKeys, type Key } from '../kernel/s3.js';

/** Characters a place of a key may hold: the first and the last of each range of code points, in order. */
type Alphabet = readonly number[];

export interface Scale {
  /** Code points of the key the scale was made for. */
  readonly points: readonly number[];
  /** The place the digits begin at; before it all keys in question are alike. */
  readonly start: number;
  readonly digits: readonly Alphabet[];
  /** Characters of each of them. */
  readonly sizes: readonly bigint[];
  /** How many numbers there are. */
  readonly total: bigint;
}

/** Words that name a field and do not vary. */
export type Words = ReadonlySet<string>;

const EQUALS = 0x3d;
const DIGIT: Alphabet = [0x30, 0x39];
const HEX: Alphabet = [0x30, 0x39, 0x61, 0x66];
const HEX_UPPER: Alphabet = [0x30, 0x39, 0x41, 0x46];
const LOWER: Alphabet = [0x61, 0x7a];
const UPPER: Alphabet = [0x41, 0x5a];
const WORD_LOWER: Alphabet = [0x30, 0x39, 0x61, 0x7a];
const WORD: Alphabet = [0x30, 0x39, 0x41, 0x5a, 0x61, 0x7a];
/** Whatever is no surrogate, from the letters on. */
const ANY: Alphabet = [0x30, 0xd7ff, 0xe000, 0x10ffff];
const alphabets = [DIGIT, HEX, HEX_UPPER, LOWER, UPPER, WORD_LOWER, WORD, ANY];

/** Digits looked at behind the first in which neighbours differ: a page of 1,000 keys is told from the next. */
const RESOLUTION = 4096;
const MAX_KEY_BYTES = 1024;

/** The scale of the keys around `last` that begin like it up to `start`; `first` is a key shortly before it. */
export function scaleFor(first: Key, last: Key, start: number, words: Words): Scale {
  const points = pointsOf(last);
  const before = pointsOf(first);
  const differ = commonLength(points, before);
  const fields = fieldsOf(points, before, words);
  const digits: Alphabet[] = [];
  const sizes: bigint[] = [];
  let total = 1n;
  for (let at = start, seen = 1; at < points.length && seen < RESOLUTION; at++) {
    const digit = fields[at]!;
    const size = sizeOf(digit);
    digits.push(digit);
    sizes.push(BigInt(size));
    total *= BigInt(size);
    if (at >= differ) seen *= size;
  }
  return { points, start, digits, sizes, total };
}

export const pointsOf = (key: Key): number[] => Array.from(key, (c) => c.codePointAt(0)!);

export function commonLength(a: readonly number[], b: readonly number[]): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

/** Letters and digits between two separators are of one kind; a separator stands for itself, and so does a word that names a field. */
function fieldsOf(points: readonly number[], before: readonly number[], words: Words): readonly Alphabet[] {
  const fields: Alphabet[] = [];
  while (fields.length < points.length) {
    const at = fields.length;
    const end = fieldEnd(points, at);
    if (end === at) fields.push(only(points[at]!));
    else if (isName(points, at, end, words))
      for (const point of points.slice(at, end)) fields.push(only(point));
    else fields.push(...fieldOf(points.slice(at, end), before.slice(at, fieldEnd(before, at))));
  }
  return fields;
}

function fieldOf(points: readonly number[], before: readonly number[]): readonly Alphabet[] {
  const seen = [...points, ...before];
  const kind = alphabets.find((alphabet) => seen.every((point) => holds(alphabet, point))) ?? ANY;
  return points.map((point) => (holds(kind, point) ? kind : ANY));
}

const only = (point: number): Alphabet => [point, point];

/** As in "hour=07", or where keys that differed before it had it too. */
const isName = (points: readonly number[], at: number, end: number, words: Words): boolean =>
  points[end] === EQUALS || words.has(String.fromCodePoint(...points.slice(at, end)));

/** Letters, and digits behind them, are a field each: "part7"; anything else mixed is one. */
function fieldEnd(points: readonly number[], start: number): number {
  let end = start;
  while (end < points.length && isWord(points[end]!)) end += 1;
  let letters = start;
  while (letters < end && isLetter(points[letters]!)) letters += 1;
  let digits = letters;
  while (digits < end && isDigit(points[digits]!)) digits += 1;
  return letters > start && digits === end ? letters : end;
}

/** The words that both keys have behind the place where they begin to differ. */
export function wordsBehind(first: Key, last: Key): readonly string[] {
  const [a, b] = [pointsOf(first), pointsOf(last)];
  const differ = commonLength(a, b);
  const known = wordsOf(a, differ);
  return wordsOf(b, differ).filter((word) => known.includes(word));
}

// Plain loops and comparisons from here on: with closures, compiling them took longer than all that they do for a listing.
function wordsOf(points: readonly number[], behind: number): readonly string[] {
  const words: string[] = [];
  for (let at = 0; at < points.length; ) {
    const begin = at;
    const end = fieldEnd(points, begin);
    let word = '';
    while (at < end && isLetter(points[at]!)) {
      word += String.fromCharCode(points[at]!);
      at += 1;
    }
    if (begin > behind && begin < end && at === end) words.push(word);
    at = Math.max(begin + 1, end);
  }
  return words;
}

const isDigit = (point: number): boolean => point >= 0x30 && point <= 0x39;
const isLetter = (point: number): boolean =>
  (point >= 0x41 && point <= 0x5a) || (point >= 0x61 && point <= 0x7a);
const isWord = (point: number): boolean => point >= 0x80 || isDigit(point) || isLetter(point);

function holds(alphabet: Alphabet, point: number): boolean {
  for (let i = 0; i < alphabet.length; i += 2)
    if (point >= alphabet[i]! && point <= alphabet[i + 1]!) return true;
  return false;
}

const sizeOf = (alphabet: Alphabet): number => rankIn(alphabet, Number.POSITIVE_INFINITY);

/** How many characters of the alphabet come before this one. */
function rankIn(alphabet: Alphabet, point: number): number {
  let rank = 0;
  for (let i = 0; i < alphabet.length && alphabet[i]! < point; i += 2)
    rank += Math.min(point - 1, alphabet[i + 1]!) - alphabet[i]! + 1;
  return rank;
}

function characterAt(alphabet: Alphabet, rank: number): number {
  let left = rank;
  for (let i = 0; i < alphabet.length; i += 2) {
    const [low, high] = [alphabet[i]!, alphabet[i + 1]!];
    if (left <= high - low) return low + left;
    left -= high - low + 1;
  }
  throw new RangeError(`no character ${rank}`);
}

/** Where a key lies on the scale: 0 to `total`. It never falls from a key to a later one. */
export function placeOf({ points, start, digits, sizes, total }: Scale, key: Key): bigint {
  const other = pointsOf(key);
  const common = commonLength(other, points);
  if (common < start) return compareKeys(key, String.fromCodePoint(...points)) < 0 ? 0n : total;
  let place = 0n;
  let isOff = false;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits[i]!;
    const point = other[start + i];
    isOff ||= point === undefined;
    place = place * sizes[i]! + (isOff ? 0n : BigInt(rankIn(digit, point!)));
    // Between two characters of the alphabet: what follows says no more.
    isOff ||= !holds(digit, point!);
  }
  return place;
}

/** A key at this place, as short as it can be; undefined where there is none, or none that a request can carry. */
export function keyOf({ points, start, digits, sizes, total }: Scale, place: bigint): Key | undefined {
  if (place < 0n || place >= total) return undefined;
  const made: number[] = [];
  let left = place;
  for (let i = digits.length - 1; i >= 0; i--) {
    const rank = Number(left % sizes[i]!);
    left /= sizes[i]!;
    if (made.length > 0 || rank > 0) made.unshift(characterAt(digits[i]!, rank));
  }
  const key = String.fromCodePoint(...points.slice(0, start), ...made);
  return new TextEncoder().encode(key).length <= MAX_KEY_BYTES ? key : undefined;
}
