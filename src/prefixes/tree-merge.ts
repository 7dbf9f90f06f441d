/** Parts of one scan as one tree: the same whatever rows went to which worker, as long as nothing was folded. */
import { raise } from '../kernel/errors.js';
import type { Prefix } from '../kernel/s3.js';
import { addAllFolded, addFolded, mayBeFolded } from './folded-prefixes.js';
import { unpackHours } from './packed-hours.js';
import { unpackTexts } from './packed-texts.js';
import { foldBranch, foldLightest } from './prefix-folding.js';
import { hoursOf, owned, type PrefixNode, tallyFor } from './prefix-node.js';
import { createPrefixTree, forgetFolder, grow, isFull, type PrefixTree } from './prefix-tree.js';
import { smallerSample } from './row-sample.js';
import { addSums, spill } from './running-tally.js';
import { sumCount } from './sum-room.js';
import type { TreePart } from './tree-part.js';

/** Parts of at least one worker. */
export function mergeParts(parts: readonly [TreePart, ...TreePart[]]): PrefixTree {
  const tree = createPrefixTree(parts[0].options);
  for (const part of parts) addPart(tree, part);
  return tree;
}

/** A row of a part, in the tree: its own, or the one it had to be folded into. */
interface Placed {
  readonly node: PrefixNode;
  readonly isOwn: boolean;
  readonly prefix: Prefix;
}

/**
 * Adds a part made with the tree's options. A row that one side holds and the other may have folded is folded: it would
 * lack what was folded.
 */
export function addPart(tree: PrefixTree, part: TreePart): void {
  const same = (['prefix', 'depth', 'smallBelowBytes'] as const).every(
    (option) => tree.options[option] === part.options[option],
  );
  if (!same) raise('UNEXPECTED', { why: 'parts of different scans cannot be merged' });
  const rows = placed(tree, part);
  const samples = unpackTexts(part.samples);
  rows.forEach(({ node, isOwn }, i) => {
    if (!isOwn) return;
    node.closed ||= part.closed[i] === 1;
    const key = samples[i]!;
    if (key !== '' && smallerSample(node.sample, key) === key) node.sample = owned(key);
  });
  addTallies(tree, part, rows);
  unpackHours(part.hours, (row, template) => {
    const { node, isOwn } = rows[row]!;
    return isOwn ? hoursOf(node, template) : undefined;
  });
  addAllFolded(tree.folded, part.folded);
  while (isFull(tree)) foldLightest(tree);
  forgetFolder(tree);
}

function placed(tree: PrefixTree, part: TreePart): Placed[] {
  const names = unpackTexts(part.names);
  const below = childrenOf(part, names);
  const rows: Placed[] = [];
  const folded = { bits: part.folded };
  names.forEach((name, i) => {
    const parent = rows[part.parents[i]!];
    const prefix = (parent?.prefix ?? '') + name;
    const node = parent ? nodeBelow(tree, parent, name, prefix) : tree.root;
    const isOwn = node !== undefined;
    if (!isOwn) addFolded(tree.folded, prefix);
    const at = node ?? parent!.node;
    rows.push({ node: at, isOwn, prefix });
    if (isOwn && part.closed[i] === 1)
      for (const [child, branch] of at.children)
        if (!below[i]!.has(child) && mayBeFolded(folded, branch.prefix)) foldBranch(tree, branch);
  });
  return rows;
}

/** The names of the rows directly below each closed one. */
function childrenOf({ closed, parents }: TreePart, names: readonly string[]): readonly Set<string>[] {
  const below: Set<string>[] = [];
  closed.forEach((is, i) => {
    if (is === 1) below[i] = new Set();
  });
  names.forEach((name, i) => {
    below[parents[i]!]?.add(name.slice(0, -1));
  });
  return below;
}

/** Undefined where the row has to be folded. */
function nodeBelow(tree: PrefixTree, parent: Placed, name: string, prefix: Prefix): PrefixNode | undefined {
  if (!parent.isOwn) return undefined;
  return parent.node.children.get(name.slice(0, -1)) ?? grow(tree, parent.node, prefix);
}

function addTallies(tree: PrefixTree, part: TreePart, rows: readonly Placed[]): void {
  const { smallBelowBytes } = tree.options;
  const tallies = Array.from(part.tallyRows, (row, i) =>
    tallyFor(rows[row]!.node, part.held[part.tallyHeld[i]!]!, smallBelowBytes),
  );
  tallies.forEach((tally, i) => {
    addSums(tally, part.sums, i * sumCount);
  });
  for (const { tally, index, amount } of part.spilled) spill(tallies[tally]!, index, amount);
}
