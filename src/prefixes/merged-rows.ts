/** The rows of several parts as columns: a row is a number, rows stand before the rows below them, and none is an object. */
import type { Prefix } from '../kernel/s3.js';
import { type FoldedPrefixes, noPrefixes, signOf, signOn } from './folded-prefixes.js';
import { createHourSet, type HourSet } from './hour-set.js';
import { packTexts } from './packed-texts.js';
import type { PrefixTreeOptions } from './prefix-tree.js';
import { emptyTallies, type TallyTable } from './tally-table.js';
import { compareBytes, emptyColumn, putText, putTexts, type TextColumn, textOfRow } from './text-column.js';
import type { TreePart } from './tree-part.js';
import { withRoom } from './with-room.js';

export interface MergedRows {
  readonly options: PrefixTreeOptions;
  /** The first is the scanned prefix. */
  count: number;
  /** −1 for the first. */
  parents: Int32Array;
  depths: Int32Array;
  /** 1: rows below it were folded into it. */
  closed: Uint8Array;
  /** The first so many have a sign and a place; the others are given them where one may be looked for. */
  signed: number;
  /** Of the whole prefix, as `signOf`. */
  signs: Uint32Array;
  /** What each adds to the prefix of its parent. */
  readonly names: TextColumn;
  /** Empty where a row has none. */
  readonly samples: TextColumn;
  /** What lies at a row and at no deeper one. */
  readonly tallies: TallyTable;
  /** By row and template of a recognised layout. */
  hours: Map<number, Map<string, HourSet>>;
  readonly folded: FoldedPrefixes;
  /** Rows by their sign, counted from 1: the next place where another stands; 0 where none does. */
  places: Int32Array;
}

export function openMerge(options: PrefixTreeOptions): MergedRows {
  const rows: MergedRows = {
    options,
    count: 0,
    parents: new Int32Array(0),
    depths: new Int32Array(0),
    closed: new Uint8Array(0),
    signed: 0,
    signs: new Uint32Array(0),
    names: emptyColumn(),
    samples: emptyColumn(),
    tallies: emptyTallies(options.smallBelowBytes),
    hours: new Map(),
    folded: noPrefixes(),
    places: new Int32Array(0),
  };
  const { bytes } = packTexts([options.prefix]);
  addMergedRow(rows, -1, signOf(options.prefix), bytes, 0, bytes.length);
  return rows;
}

/** Below a parent, by its name bytes[from, to); −1 where there is none. */
export function findMergedRow(
  { parents, signs, places, names }: MergedRows,
  parent: number,
  sign: number,
  bytes: Uint8Array,
  from: number,
  to: number,
): number {
  const mask = places.length - 1;
  for (let place = placeOf(sign) & mask; places[place]! > 0; place = (place + 1) & mask) {
    const row = places[place]! - 1;
    if (signs[row] !== sign || parents[row] !== parent) continue;
    if (compareBytes(names.bytes, names.from[row]!, names.to[row]!, bytes, from, to) === 0) return row;
  }
  return -1;
}

/** Of a name that the parent has no row for; all rows have signs. */
export function addMergedRow(
  rows: MergedRows,
  parent: number,
  sign: number,
  bytes: Uint8Array,
  from: number,
  to: number,
): number {
  const row = rows.count;
  roomForRows(rows, row + 1);
  rows.parents[row] = parent;
  rows.depths[row] = parent < 0 ? 0 : rows.depths[parent]! + 1;
  rows.closed[row] = 0;
  rows.signs[row] = sign;
  putText(rows.names, row, row, bytes, from, to);
  rows.samples.from[row] = rows.samples.to[row] = 0;
  rows.count = rows.signed = row + 1;
  setPlace(rows, row);
  return row;
}

/** Rows as they are numbered in a part, where there is none but the first of them. */
export function takeRows(rows: MergedRows, { parents, names }: Pick<TreePart, 'parents' | 'names'>): void {
  const count = parents.length;
  roomForRows(rows, count);
  const { depths } = rows;
  rows.parents.set(parents);
  for (let row = 1; row < count; row++) depths[row] = depths[parents[row]!]! + 1;
  putTexts(rows.names, 1, names, 1);
  rows.count = count;
}

/** Most scans end with the first part: its rows are never looked for. */
export function signRows(rows: MergedRows): void {
  const { count, parents, signs, names } = rows;
  for (let row = rows.signed; row < count; row++) {
    signs[row] = signOnBytes(signs[parents[row]!]!, names.bytes, names.from[row]!, names.to[row]!);
    setPlace(rows, row);
  }
  rows.signed = count;
}

/** For so many in all: whoever knows how many may come spares them being made longer again and again. */
export function roomForRows(rows: MergedRows, count: number): void {
  if (count > rows.parents.length) {
    rows.parents = withRoom(rows.parents, count, Int32Array);
    rows.depths = withRoom(rows.depths, count, Int32Array);
    rows.closed = withRoom(rows.closed, count, Uint8Array);
    rows.signs = withRoom(rows.signs, count, Uint32Array);
    rows.tallies.first = withRoom(rows.tallies.first, count, Int32Array);
    for (const column of [rows.names, rows.samples]) {
      column.from = withRoom(column.from, count, Uint32Array);
      column.to = withRoom(column.to, count, Uint32Array);
    }
  }
  if (2 * count > rows.places.length) placeAnew(rows, 2 ** Math.ceil(Math.log2(4 * count)));
}

/** Rows have other numbers than before, or there are more than there is room for. */
export function placeAnew(rows: MergedRows, room: number): void {
  if (room === rows.places.length) rows.places.fill(0);
  else rows.places = new Int32Array(room);
  for (let row = 0; row < rows.signed; row++) setPlace(rows, row);
}

function setPlace({ places, signs }: MergedRows, row: number): void {
  const mask = places.length - 1;
  let place = placeOf(signs[row]!) & mask;
  while (places[place]! > 0) place = (place + 1) & mask;
  places[place] = row + 1;
}

/** Neighbouring names differ in the last bits of their signs only. */
const placeOf = (sign: number): number => Math.imul(sign ^ (sign >>> 15), 0x2c1b3c6d);

/** The sign of a prefix that goes on with bytes[from, to), which are UTF-8. */
export function signOnBytes(sign: number, bytes: Uint8Array, from: number, to: number): number {
  let value = sign;
  for (let i = from; i < to; i++) {
    if (bytes[i]! >= 0x80) return signOn(sign, decoder.decode(bytes.subarray(from, to)));
    value = Math.imul(value ^ bytes[i]!, 0x01000193);
  }
  return value >>> 0;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function prefixAt({ parents, names }: MergedRows, row: number): Prefix {
  let prefix = '';
  for (let at = row; at >= 0; at = parents[at]!) prefix = textOfRow(names, at) + prefix;
  return prefix;
}

/** 1 for each row that has rows below it. */
export function rowsAbove({ count, parents }: MergedRows): Uint8Array {
  const isAbove = new Uint8Array(count);
  for (let row = 1; row < count; row++) isAbove[parents[row]!] = 1;
  return isAbove;
}

/** The hours of a layout, of which there are none at first. */
export function hoursAt({ hours }: MergedRows, row: number, template: string): HourSet {
  const sets = hours.get(row) ?? new Map<string, HourSet>();
  const set = sets.get(template) ?? createHourSet();
  hours.set(row, sets.set(template, set));
  return set;
}
