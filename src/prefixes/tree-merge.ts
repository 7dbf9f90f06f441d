/** Parts of one scan as one: the same whatever rows went to which worker, as long as nothing was folded. */
import { raise } from '../kernel/errors.js';
import { addAllFolded, addSign, maySignBeFolded } from './folded-prefixes.js';
import { foldLightestRows, foldRows } from './merge-folding.js';
import {
  addMergedRow,
  findMergedRow,
  hoursAt,
  type MergedRows,
  openMerge,
  roomForRows,
  signOnBytes,
  signRows,
  takeRows,
} from './merged-rows.js';
import { packHours, unpackHours } from './packed-hours.js';
import { mostNodes } from './prefix-tree.js';
import { sumCount } from './sum-room.js';
import { addToTally, copyTallies, numberOfHeld, roomForTallies, spillTally, tallyAt } from './tally-table.js';
import { compareBytes, packedColumn, putText, putTexts, roomForTexts } from './text-column.js';
import type { TreePart } from './tree-part.js';

/** Parts of at least one worker. */
export function mergeParts(parts: readonly [TreePart, ...TreePart[]]): MergedRows {
  const rows = openMerge(parts[0].options);
  for (const part of parts) addPart(rows, part);
  return rows;
}

/** Where each row of a part is counted: at its own row, or at ~row of the one it had to be folded into. */
type Places = Int32Array;

/**
 * Adds a part made with the same options, of which nothing is kept. A row that one side holds and the other may have
 * folded is folded: it would lack what was folded.
 */
export function addPart(rows: MergedRows, part: TreePart): void {
  const same = (['prefix', 'depth', 'smallBelowBytes'] as const).every(
    (option) => rows.options[option] === part.options[option],
  );
  if (!same) raise('UNEXPECTED', { why: 'parts of different scans cannot be merged' });
  // Not once they are there: the last parts of a scan need not be folded at all.
  while (rows.count > mostNodes(rows)) foldLightestRows(rows);
  const isFirst = rows.count === 1 && rows.closed[0] === 0;
  const places = isFirst ? taken(rows, part) : placed(rows, part);
  if (isFirst && rows.samples.taken === 0) putTexts(rows.samples, rows.count, part.samples, 0);
  else addSamples(rows, part, places);
  addTallies(rows, part, places);
  unpackHours(part.hours, (row, template) =>
    places[row]! < 0 ? undefined : hoursAt(rows, places[row]!, template),
  );
  foldIncomplete(rows, part, places);
  addAllFolded(rows.folded, part.folded);
}

/** Where there are no rows yet, all of the part are new. */
function taken(rows: MergedRows, part: TreePart): Places {
  takeRows(rows, part);
  return part.parents.map((_, row) => row);
}

function placed(rows: MergedRows, { names: { bytes, ends }, parents }: TreePart): Places {
  const places = new Int32Array(parents.length);
  const signs = new Uint32Array(parents.length);
  signRows(rows);
  roomForRows(rows, rows.count + parents.length);
  roomForTexts(rows.names, rows.count, bytes.length);
  signs[0] = rows.signs[0]!;
  for (let i = 1; i < parents.length; i++) {
    const from = ends[i - 1]!;
    const to = ends[i]!;
    const parent = places[parents[i]!]!;
    const sign = signOnBytes(signs[parents[i]!]!, bytes, from, to);
    signs[i] = sign;
    const known = parent < 0 ? -1 : findMergedRow(rows, parent, sign, bytes, from, to);
    if (known >= 0) places[i] = known;
    else if (parent < 0 || (rows.closed[parent] === 1 && maySignBeFolded(rows.folded, sign))) {
      addSign(rows.folded, sign);
      places[i] = parent < 0 ? parent : ~parent;
    } else places[i] = addMergedRow(rows, parent, sign, bytes, from, to);
  }
  return places;
}

function addSamples({ count, samples }: MergedRows, { samples: added }: TreePart, places: Places): void {
  const { bytes, ends } = added;
  roomForTexts(samples, count, bytes.length);
  for (let i = 0; i < places.length; i++) {
    const row = places[i]!;
    const from = i === 0 ? 0 : ends[i - 1]!;
    const to = ends[i]!;
    if (row < 0 || from === to) continue;
    const rowFrom = samples.from[row]!;
    const rowTo = samples.to[row]!;
    if (rowFrom === rowTo || compareBytes(bytes, from, to, samples.bytes, rowFrom, rowTo) < 0)
      putText(samples, count, row, bytes, from, to);
  }
}

function addTallies({ tallies }: MergedRows, part: TreePart, places: Places): void {
  const { tallyRows, tallyHeld, held, sums, spilled } = part;
  const heldNumbers = held.map((named) => numberOfHeld(tallies, named));
  const tallyOf = (i: number): number => {
    const place = places[tallyRows[i]!]!;
    return tallyAt(tallies, place < 0 ? ~place : place, heldNumbers[tallyHeld[i]!]!);
  };
  roomForTallies(tallies, tallies.count + tallyRows.length);
  /** Those from here on are new, one after another: they are copied in one go. */
  let from = 0;
  for (let i = 0; i < tallyRows.length; i++) {
    const before = tallies.count;
    const tally = tallyOf(i);
    if (tally === before) continue;
    copyTallies(tallies, before, sums, from, i);
    addToTally(tallies, tally, sums, i * sumCount);
    from = i + 1;
  }
  copyTallies(tallies, tallies.count, sums, from, tallyRows.length);
  for (const { tally, index, amount } of spilled) spillTally(tallies, tallyOf(tally), index, amount);
}

/** What the part may have folded below its closed rows; what it holds there it has not. */
function foldIncomplete(rows: MergedRows, part: TreePart, places: Places): void {
  const { count, parents, closed, signs } = rows;
  const isClosed = new Uint8Array(count);
  const isMet = new Uint8Array(count);
  for (let i = 0; i < places.length; i++) {
    const row = places[i]!;
    if (row < 0) continue;
    isMet[row] = 1;
    if (part.closed[i] === 1) closed[row] = isClosed[row] = 1;
  }
  // A first part has met all there are, and they have no signs yet.
  if (part.folded.length === 0 || rows.signed < count) return;
  const gone = new Uint8Array(count);
  const folded = { bits: part.folded };
  let isAny = false;
  for (let row = 1; row < count; row++) {
    const parent = parents[row]!;
    const isLacking = isClosed[parent] === 1 && isMet[row] === 0 && maySignBeFolded(folded, signs[row]!);
    if (gone[parent] === 0 && !isLacking) continue;
    gone[row] = 1;
    isAny = true;
  }
  if (isAny) foldRows(rows, gone);
}

const none: ReadonlyMap<string, never> = new Map<string, never>();

/** All of them as one part, with which nothing is shared. */
export function partOfMerged(rows: MergedRows): TreePart {
  const { count, parents, closed, names, samples, tallies, hours, folded } = rows;
  const spilled = [...tallies.spilled].flatMap(([tally, amounts]) =>
    [...amounts].map(([index, amount]) => ({ tally, index, amount })),
  );
  return {
    options: rows.options,
    names: packedColumn(names, count),
    parents: parents.slice(0, count),
    closed: closed.slice(0, count),
    samples: packedColumn(samples, count),
    held: [...tallies.held],
    tallyRows: tallies.rows.slice(0, tallies.count),
    tallyHeld: tallies.heldBy.slice(0, tallies.count),
    sums: tallies.sums.slice(0, tallies.count * sumCount),
    spilled,
    hours: packHours(Array.from({ length: count }, (_, row) => ({ partitions: hours.get(row) ?? none }))),
    folded: folded.bits.slice(),
  };
}
