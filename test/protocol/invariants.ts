/** What must be true in every state, and what a state looks like in which everything is done. */
import { due } from './due.js';
import type { Protocol } from './protocol.js';
import { a1, b1, c1, complete, gone, names, partial, pointerRows, rowsOf, type State } from './state.js';

export const doubled = 'a reader sees a row twice';
export const lost = 'a row is lost: its source is deleted and no file holds it';
export const dangling = 'the pointer names a file that is deleted or not whole';
export const untrue = 'the pointer does not hold what it says';
export const endsWrong = 'the end: rows are missing, or stale ones left';
export const notCompacted = 'bytes are deleted that nobody compacted';
export const tooEarly = 'a source is deleted before its generation is committed and old enough';
export const stillRead = 'a file is deleted that a query may still read';

/** The first sentence that does not hold, or undefined. */
export function broken(protocol: Protocol, state: State): string | undefined {
  const { pointer, attempts, deleted } = state;
  const { rows, twice } = protocol.placement === 'staged' ? pointerRows(state) : listedRows(state);
  if (twice) return doubled;
  if (rowsOf(state, deleted) & ~rows || (state.vanished === 2 && !(rows & b1))) return lost;
  for (let at = 0; at < attempts.length; at++)
    if (names(pointer.files, at) && attempts[at]!.status !== complete) return dangling;
  if (pointer.revision > 0 && rowsOf(state, pointer.covered) !== rows) return untrue;
  return undefined;
}

/** In place a reader lists what lies in the prefix: sources, and output as far as it is written. */
function listedRows({ raw, attempts }: State): { readonly rows: number; readonly twice: number } {
  let [rows, twice] = [raw, 0];
  for (const one of attempts)
    if (one.status >= partial) {
      twice |= rows & one.rows;
      rows |= one.rows;
    }
  return { rows, twice };
}

/** What a runner alone would do here; undefined when there is nothing and never will be. */
export function isDone(protocol: Protocol, { pointer, raw, shown, attempts, renamed }: State): boolean {
  return pointer.old && due(protocol, pointer, raw, shown, attempts, renamed).what === 'nothing';
}

/** Why a state in which nothing is left to do is not what was promised. */
export function unfinished(protocol: Protocol, state: State): string | undefined {
  const { pointer, attempts, raw, born, superseded, shown } = state;
  // A source that others deleted before it was compacted may be missing.
  const optional = state.vanished === 1 ? b1 : 0;
  const rows = pointerRows(state).rows | optional;
  const all = rowsOf(state, born);
  const wanted = superseded ? all & ~a1 : all;
  // Overwritten after the mark, or where another source is gone: old rows cannot be taken out of a file, both stay.
  const mayStay = superseded === 2 || (superseded === 1 && state.vanished + state.renamed > 0);
  if (rows !== wanted && !(mayStay && rows === all)) return endsWrong;
  const lies = (superseded ? born & ~a1 : born) & ~(state.vanished || state.renamed ? b1 : 0);
  const held = state.renamed ? c1 & ~pointer.covered : 0;
  if (raw !== (protocol.sources === 'keep' ? lies : held))
    return 'the end: sources are not as they were asked to be';
  if (attempts.some((one, at) => !names(pointer.files, at) && (one.intent || one.status !== gone)))
    return 'the end: an attempt is left over';
  if (protocol.publish === 'folder' && shown !== pointer.files)
    return 'the end: the folder is not what the pointer says';
  return undefined;
}
