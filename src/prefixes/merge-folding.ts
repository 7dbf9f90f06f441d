/** Folding where rows are columns: the same rows are folded as in a tree, and totals and rows that stay are exact there too. */
import { addSign } from './folded-prefixes.js';
import { type MergedRows, placeAnew, prefixAt, rowsAbove, signRows } from './merged-rows.js';
import { lightest } from './prefix-folding.js';
import { addRowTo, renumberTallies, weightsOf } from './tally-table.js';

/** Folds the lighter half of the leaves into their parents. */
export function foldLightestRows(rows: MergedRows): void {
  const { count, depths, tallies } = rows;
  const isAbove = rowsAbove(rows);
  const leaves: number[] = [];
  for (let row = 1; row < count; row++) if (isAbove[row] === 0) leaves.push(row);
  const all = weightsOf(tallies, count);
  const ofLeaves = (of: Float64Array): Float64Array => Float64Array.from(leaves, (row) => of[row]!);
  const light = lightest(
    {
      count: leaves.length,
      weights: () => ({ objects: ofLeaves(all.objects), bytes: ofLeaves(all.bytes) }),
      prefix: (i) => prefixAt(rows, leaves[i]!),
      depth: (i) => depths[leaves[i]!]!,
    },
    0,
  );
  const gone = new Uint8Array(count);
  for (let i = 0; i < leaves.length; i++) gone[leaves[i]!] = light[i]!;
  foldRows(rows, gone);
}

/** Folds each row that is marked with 1 into its parent; what lies below such a row must be marked as well. */
export function foldRows(rows: MergedRows, gone: Uint8Array): void {
  signRows(rows);
  const { parents, closed, signs, tallies, folded } = rows;
  for (let row = rows.count - 1; row > 0; row--) {
    if (gone[row] === 0) continue;
    addRowTo(tallies, row, parents[row]!);
    closed[parents[row]!] = 1;
    addSign(folded, signs[row]!);
  }
  leaveOut(rows, gone);
}

/** Those that stay move up, in their order. */
function leaveOut(rows: MergedRows, gone: Uint8Array): void {
  const { parents, depths, closed, signs, names, samples } = rows;
  const numbers = new Int32Array(rows.count).fill(-1);
  const hours: MergedRows['hours'] = new Map();
  let kept = 0;
  for (let row = 0; row < rows.count; row++) {
    if (gone[row] === 1) continue;
    numbers[row] = kept;
    parents[kept] = row === 0 ? -1 : numbers[parents[row]!]!;
    depths[kept] = depths[row]!;
    closed[kept] = closed[row]!;
    signs[kept] = signs[row]!;
    for (const { from, to } of [names, samples]) {
      from[kept] = from[row]!;
      to[kept] = to[row]!;
    }
    const sets = rows.hours.get(row);
    if (sets) hours.set(kept, sets);
    kept += 1;
  }
  rows.hours = hours;
  rows.count = rows.signed = kept;
  renumberTallies(rows.tallies, numbers);
  placeAnew(rows, rows.places.length);
}
