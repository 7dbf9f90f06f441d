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
import { addSums, type RunningTally, spill } from './running-tally.js';
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
  for (let i = 0; i < rows.length; i++) {
    const { node, isOwn } = rows[i]!;
    if (!isOwn) continue;
    node.closed ||= part.closed[i] === 1;
    const key = samples[i]!;
    if (key !== '' && smallerSample(node.sample, key) === key) node.sample = owned(key);
  }
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
  const { parents, closed } = part;
  const names = unpackTexts(part.names);
  const rows: Placed[] = [];
  /** What the part holds directly below its closed rows. */
  const met = new Set<PrefixNode>();
  const mayLack: PrefixNode[] = [];
  for (let i = 0; i < names.length; i++) {
    const parent = rows[parents[i]!];
    const prefix = parent ? parent.prefix + names[i]! : names[i]!;
    const node = parent ? nodeBelow(tree, parent, names[i]!, prefix) : tree.root;
    if (!node) addFolded(tree.folded, prefix);
    rows.push({ node: node ?? parent!.node, isOwn: node !== undefined, prefix });
    if (!node) continue;
    if (closed[parents[i]!] === 1) met.add(node);
    if (closed[i] === 1 && node.children.size > 0) mayLack.push(node);
  }
  const folded = { bits: part.folded };
  for (const { children } of mayLack)
    for (const branch of [...children.values()])
      if (!met.has(branch) && mayBeFolded(folded, branch.prefix)) foldBranch(tree, branch);
  return rows;
}

/** Undefined where the row has to be folded. */
function nodeBelow(tree: PrefixTree, parent: Placed, name: string, prefix: Prefix): PrefixNode | undefined {
  if (!parent.isOwn) return undefined;
  return parent.node.children.get(name.slice(0, -1)) ?? grow(tree, parent.node, prefix);
}

function addTallies(tree: PrefixTree, part: TreePart, rows: readonly Placed[]): void {
  const { smallBelowBytes } = tree.options;
  const { tallyRows, tallyHeld, held, sums } = part;
  const tallyOf = (i: number): RunningTally =>
    tallyFor(rows[tallyRows[i]!]!.node, held[tallyHeld[i]!]!, smallBelowBytes);
  for (let i = 0; i < tallyRows.length; i++) addSums(tallyOf(i), sums, i * sumCount);
  for (const { tally, index, amount } of part.spilled) spill(tallyOf(tally), index, amount);
}
