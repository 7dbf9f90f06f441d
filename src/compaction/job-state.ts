/** Where the work on an hour stands, derived from its listing and its journal alone. */
import { isHeld, isShown, shownBy } from './claim.js';
import type { Hour } from './hours.js';
import type { CompactionPorts } from './ports.js';
import { nextStep } from './recover.js';
import { isPaused } from './setback.js';
import type { CompactionTable } from './table.js';

export type JobState =
  /** It may still grow. */
  | 'open'
  /** What it is made of is not settled elsewhere. */
  | 'waiting'
  /** Nothing lies there. */
  | 'empty'
  /** The engine would pass over what lies there. */
  | 'archived'
  /** Closed, and nothing was committed. */
  | 'new'
  /** A run that wanted to commit it ended without a word. */
  | 'broken-off'
  /** Objects came or changed after the commit. */
  | 'late'
  /** They did, and cannot be taken in. */
  | 'stuck'
  /** The same sources were refused under the same rules. */
  | 'refused'
  /** Committed, and not under its final names. */
  | 'unpublished'
  /** Its sources are past their grace. */
  | 'retirable'
  /** Some of them may be gone, some are left. */
  | 'retiring'
  | 'done'
  /** Another run is at it. */
  | 'held'
  /** Its step failed for a lasting cause and waits. */
  | 'paused'
  /** The pointer names a manifest that is not there. */
  | 'damaged';

export const closesAt = (table: CompactionTable, hour: { readonly hourStart: number }): number =>
  hour.hourStart + table.layout.grainMs + table.settleMs;

interface Now extends Pick<CompactionPorts, 'clock' | 'ids'> {
  /** The hour was asked for by its name: no pause is made. */
  readonly isNamed?: boolean;
}

/** As `wanted`, but what another run is at is left to it. */
export function jobState(table: CompactionTable, hour: Hour, now: Now): JobState {
  const state = wanted(table, hour, now);
  const isBusy = hour.claim !== undefined && isHeld(hour.claim, now);
  return isBusy && nextStep[state] !== 'nothing' ? 'held' : state;
}

/** What there is to do for whoever holds the hour: names before late objects, late objects before sources. */
export function wanted(table: CompactionTable, hour: Hour, now: Now): JobState {
  const waits = (state: JobState): boolean =>
    !now.isNamed && isPaused(hour, nextStep[state], now.clock.now());
  const state = unpausedState(table, hour, now);
  if (!waits(state)) return state;
  // What cannot be shown as yet keeps no late object out.
  const later = state === 'unpublished' ? unpausedState(table, asShown(table, hour), now) : state;
  return nextStep[later] === 'compact' && !waits(later) ? later : 'paused';
}

/** The hour as it is once its generation lies under its final names. */
export function asShown(table: CompactionTable, hour: Hour): Hour {
  const { pointer, claim } = hour;
  return pointer && claim
    ? { ...hour, claim: { ...claim, ...shownBy(table, pointer.record.generation) } }
    : hour;
}

function unpausedState(table: CompactionTable, hour: Hour, now: Now): JobState {
  if (hour.pointer) return committedState(table, hour, now);
  if (now.clock.now() < closesAt(table, hour)) return 'open';
  if (hour.waits !== undefined) return 'waiting';
  if (hour.objects.length === 0) return 'empty';
  if (hour.next && 'why' in hour.next) return 'archived';
  if (hour.refusal) return 'refused';
  return isBrokenOff(hour) ? 'broken-off' : 'new';
}

const isBrokenOff = ({ claim }: Hour): boolean => claim !== undefined && !claim.released;

function committedState(table: CompactionTable, hour: Hour, now: Now): JobState {
  const { manifest, next, refusal, leftover } = hour;
  const pointer = hour.pointer!.record;
  if (!manifest) return 'damaged';
  if (!isShown(table, hour.claim, pointer.generation)) return 'unpublished';
  if (hour.waits !== undefined) return 'waiting';
  if (next && 'runId' in next && !refusal) return isBrokenOff(hour) ? 'broken-off' : 'late';
  if (next) return refusal ? 'refused' : 'stuck';
  const isOld = Date.parse(pointer.committedAt) + table.sources.graceMs <= now.clock.now();
  if (leftover.length === 0 || !isOld) return 'done';
  return pointer.retiring ? 'retiring' : 'retirable';
}
