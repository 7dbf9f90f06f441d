/** Objects of one folder that an engine has counted together, added to a tree as if they had come one by one. */
import { accessTierNamed, type Key } from '../kernel/s3.js';
import { foldLightest } from './prefix-folding.js';
import { tallyFor } from './prefix-node.js';
import { enterFolder, isFull, type PrefixTree } from './prefix-tree.js';
import { saysSomething, smallerSample } from './row-sample.js';
import { addSums, type RunningTally, spill, sumPlaces } from './running-tally.js';
import { sumCount } from './sum-room.js';

export interface FolderTally {
  /** All of the key up to its last "/", or as much of it as the tree can tell apart. */
  readonly folder: string;
  /** Of delete markers neither means anything. */
  readonly class: string;
  /** As the source spells it; empty where it says nothing. */
  readonly tier: string;
  readonly state: 'current' | 'noncurrent' | 'marker';
  /** Undefined where the source gives no size. */
  readonly bar: number | undefined;
  readonly objects: bigint;
  readonly bytes: bigint;
  readonly smallObjects: bigint;
  readonly smallBytes: bigint;
  /** The smallest of their keys that says a format or a writer. */
  readonly sample: Key | undefined;
}

export function addFolderTally(tree: PrefixTree, counted: FolderTally): void {
  if (isFull(tree)) foldLightest(tree);
  tree.folder = undefined;
  const { node, isOwn } = enterFolder(tree, counted.folder);
  const { sample, tier, state } = counted;
  if (isOwn && sample !== undefined && saysSomething(sample))
    node.sample = smallerSample(node.sample, sample);
  const held =
    state === 'marker'
      ? { class: '' }
      : { class: counted.class, ...(tier !== '' && { accessTier: accessTierNamed(tier) }) };
  const sums = sumsOf(counted);
  addExact(tallyFor(node, held, tree.options.smallBelowBytes), sums);
}

type Sums = readonly (readonly [place: number, amount: bigint])[];

function sumsOf({ state, bar, objects, bytes, smallObjects, smallBytes }: FolderTally): Sums {
  if (state === 'marker') return [[sumPlaces.deleteMarkers, objects]];
  const noncurrent: Sums =
    state === 'noncurrent'
      ? [
          [sumPlaces.noncurrentObjects, objects],
          [sumPlaces.noncurrentBytes, bytes],
        ]
      : [];
  if (bar === undefined) return [[sumPlaces.unsized, objects], ...noncurrent];
  return [
    [sumPlaces.objects + bar, objects],
    [sumPlaces.bytes + bar, bytes],
    [sumPlaces.smallObjects, smallObjects],
    [sumPlaces.smallBytes, smallBytes],
    ...noncurrent,
  ];
}

/** Used again by every call: nothing of it is kept. */
const plain = new Float64Array(sumCount);

function addExact(tally: RunningTally, sums: Sums): void {
  plain.fill(0);
  for (const [place, amount] of sums)
    if (amount <= BigInt(Number.MAX_SAFE_INTEGER)) plain[place] = Number(amount);
    else spill(tally, place, amount);
  addSums(tally, plain, 0);
}
