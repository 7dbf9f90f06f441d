/** Recovery is a total table: from any state the journal can be in there is one next step, and a run does it. */
import type { JobState } from './job-state.js';

export type Step = 'compact' | 'publish' | 'retire' | 'nothing';

/** Total: a new state without a next step does not compile. */
export const nextStep: Readonly<Record<JobState, Step>> = {
  open: 'nothing',
  waiting: 'nothing',
  empty: 'nothing',
  archived: 'nothing',
  new: 'compact',
  'broken-off': 'compact',
  late: 'compact',
  stuck: 'nothing',
  refused: 'nothing',
  unpublished: 'publish',
  retirable: 'retire',
  retiring: 'retire',
  done: 'nothing',
  held: 'nothing',
  paused: 'nothing',
  damaged: 'nothing',
};

/** States that only a run which did not come to its end leaves behind; and one at which another run still is. */
export const isShownByRecovery: Readonly<Record<JobState, boolean>> = {
  open: false,
  waiting: false,
  empty: false,
  archived: false,
  new: false,
  'broken-off': true,
  late: false,
  stuck: false,
  refused: false,
  unpublished: true,
  retirable: false,
  retiring: true,
  done: false,
  held: true,
  paused: false,
  damaged: false,
};
