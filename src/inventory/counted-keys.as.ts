/** A key is counted in the row of its folder. */
import { fault, folderAt, isEncoded, isLookedAt, lookAt, rowOf } from './folder-table.as';
import {
  encodedSlashEnd,
  formDecoded,
  hasHigh,
  hasPercent,
  hasPlus,
  isUtf8,
  nameStart,
  plainNameStart,
} from './key-bytes.as';
import { countMarker, countRow } from './row-counts.as';

/** As tally-kernel.ts names them. */
export const badEscape: i32 = -2;
export const badUtf8: i32 = -3;

let scratchAt: usize = 0;

export function setScratch(at: usize): void {
  scratchAt = at;
}

export let folder: usize = 0;
let name: usize = 0;

/** Finds the folder and the name of a key. */
export function keyed(from: usize, to: usize): i32 {
  name = isEncoded ? nameStart(from, to) : plainNameStart(from, to);
  if (name == 0) name = from;
  if (isEncoded && hasPercent) {
    const behind = encodedSlashEnd(name, to);
    if (behind != 0) name = behind;
    const length = formDecoded(name, to, scratchAt);
    if (length < 0) return badEscape;
    if (!isUtf8(scratchAt, scratchAt + <usize>length)) return badUtf8;
  } else if (hasHigh && !isUtf8(name, to)) return badUtf8;
  folder = folderAt(from, <i32>(name - from));
  return folder == 0 ? (fault == 1 ? badEscape : badUtf8) : 0;
}

export function tallied(from: usize, to: usize, held: i32, bytes: f64, isNoncurrent: bool, isMarker: bool): void {
  if (isLookedAt(folder)) lookAt(folder, from, name, to, !isEncoded || !(hasPercent || hasPlus));
  if (isMarker) countMarker(rowOf(folder), held);
  else countRow(rowOf(folder), held, bytes, isNoncurrent);
}
