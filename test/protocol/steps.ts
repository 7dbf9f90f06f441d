/** The words for everything that can happen to an hour; the model takes these steps, and so may any suite that drives the code. */

/** What a runner does, in the order of one run. */
export const runnerSteps = [
  'look',
  'list',
  'freeze',
  'claim',
  'intend',
  'reattach',
  'write',
  'verify',
  'commit',
  'reread',
  'publish',
  'mark',
  'retire',
  'clean',
] as const;

/** What happens to it: the owner of the data, time, the network and death. */
export const worldSteps = [
  'late',
  'overwrite',
  'vanish',
  'rename',
  'expire',
  'ripen',
  'straggle',
  'commit, answer lost',
  'commit, request lost',
  'commit, request under way',
  'commit arrives late',
  'crash',
] as const;

export const steps = [...runnerSteps, ...worldSteps] as const;
export type Step = (typeof steps)[number];
