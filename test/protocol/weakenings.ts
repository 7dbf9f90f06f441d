/** The protocol with one rule dropped, each the smallest world in which that shows, and the sentence that it breaks. */
import {
  dangling,
  doubled,
  endsWrong,
  lost,
  notCompacted,
  stillRead,
  tooEarly,
  untrue,
} from './invariants.js';
import type { Protocol, World } from './protocol.js';

export interface Weakening {
  readonly name: string;
  readonly change: Partial<Protocol>;
  readonly world: Pick<World, 'late' | 'overwrite' | 'vanish' | 'rename'>;
  readonly fault: string;
}

const quiet = { late: false, overwrite: false, vanish: false, rename: false };
const late = { ...quiet, late: true };
const overwrite = { ...quiet, overwrite: true };

export const weakenings: readonly Weakening[] = [
  { name: 'pointer by plain PUT', change: { commit: 'put' }, world: late, fault: lost },
  { name: 'delete without If-Match', change: { deletion: 'plain' }, world: overwrite, fault: notCompacted },
  { name: 'delete without If-Match: the loss', change: { deletion: 'plain' }, world: overwrite, fault: lost },
  { name: 'eager clean-up of attempts', change: { cleanup: 'eager' }, world: quiet, fault: dangling },
  { name: 'write in place, then delete', change: { placement: 'in-place' }, world: quiet, fault: doubled },
  { name: 'no grace for sources', change: { grace: 'none' }, world: quiet, fault: tooEarly },
  { name: 'no grace for superseded files', change: { sweeping: 'at-once' }, world: late, fault: stillRead },
  {
    name: 'sources not listed again after the write',
    change: { verification: 'none' },
    world: overwrite,
    fault: untrue,
  },
  {
    name: 'an unknown answer taken for a failure',
    change: { unknown: 'assume-failed' },
    world: quiet,
    fault: dangling,
  },
  {
    name: 'delete without a mark in the pointer',
    change: { retirement: 'unmarked' },
    world: overwrite,
    fault: lost,
  },
  {
    name: 'no mark, generations by which keys are there',
    change: { retirement: 'unmarked', generations: 'by-presence' },
    world: overwrite,
    fault: lost,
  },
  {
    name: 'rebuilt although a compacted source is gone',
    change: { vanished: 'ignored', sources: 'keep' },
    world: { ...late, vanish: true },
    fault: lost,
  },
  {
    name: 'a renamed source added like any other',
    change: { renames: 'added' },
    world: { ...quiet, rename: true },
    fault: doubled,
  },
  { name: 'always rebuilt from sources', change: { generations: 'rebuild' }, world: late, fault: lost },
  {
    name: 'always added to the earlier files',
    change: { generations: 'carry' },
    world: overwrite,
    fault: endsWrong,
  },
  {
    name: 'sources retired before late data is in',
    change: { order: 'retire-first' },
    world: overwrite,
    fault: endsWrong,
  },
];
