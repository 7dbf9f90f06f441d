/** Every object is counted once, at the deepest row it has; rows are bounded in number, whatever the number of objects. */
import type { Key, ObjectRecord, Prefix } from '../kernel/s3.js';
import { addDistinct, createDistinctCount, type DistinctCount } from './distinct-count.js';
import { formatOf, writerOf } from './file-names.js';
import { addHour, createHourSet } from './hour-set.js';
import { type FoundPartition, findPartition } from './partition-keys.js';
import { foldLightest } from './prefix-folding.js';
import { createNode, type PrefixNode, tallyFor } from './prefix-node.js';
import { addObject } from './tally.js';

export interface PrefixTreeOptions {
  /** The scanned prefix, ending in "/" or empty: the row of depth 0. */
  readonly prefix: Prefix;
  /** Rows are at most this many "/" below the scanned prefix. Partition folders never have rows. */
  readonly depth: number;
  /** Rows at most; lighter ones are left to their parents. */
  readonly maxPrefixes: number;
  /** Objects below this size are small. */
  readonly smallBelowBytes: number;
}

export const prefixTreeDefaults = { depth: 6, maxPrefixes: 10_000, smallBelowBytes: 131_072 } as const;

export interface PrefixTree {
  readonly options: PrefixTreeOptions;
  readonly root: PrefixNode;
  nodes: number;
  readonly folded: DistinctCount;
  /** The folder of the last object, and its row: neighbours in a listing mostly share it. */
  folder: string | undefined;
  node: PrefixNode;
}

/** Rows held while scanning for each row that may be reported, so that the heaviest can be chosen at the end. */
const HELD_PER_ROW = 4;

export function createPrefixTree(options: PrefixTreeOptions): PrefixTree {
  const root = createNode(undefined, options.prefix);
  return { options, root, nodes: 1, folded: createDistinctCount(), folder: undefined, node: root };
}

export function addObjects(tree: PrefixTree, objects: readonly ObjectRecord[]): void {
  for (const object of objects) {
    if (!sameFolder(tree.folder, object.key)) enterFolder(tree, object.key);
    addObject(tallyFor(tree.node, object.storageClass, tree.options.smallBelowBytes), object.size);
  }
}

const sameFolder = (folder: string | undefined, key: Key): boolean =>
  folder !== undefined && key.startsWith(folder) && key.indexOf('/', folder.length) < 0;

function enterFolder(tree: PrefixTree, key: Key): void {
  const folder = key.slice(0, key.lastIndexOf('/') + 1);
  const found = findPartition(folder);
  // Before descending, so that no row vanishes underfoot.
  if (tree.nodes > tree.options.maxPrefixes * HELD_PER_ROW) foldLightest(tree);
  tree.folder = folder;
  tree.node = rowOf(tree, folder, found?.tablePrefix.length ?? folder.length);
  if (found) notePartition(tree, found);
  increment(tree.node.formats, formatOf(key));
  increment(tree.node.writers, writerOf(key.slice(folder.length)));
}

/** The deepest row for keys that begin with folder[0, end). */
function rowOf(tree: PrefixTree, folder: string, end: number): PrefixNode {
  let node = tree.root;
  let start = node.prefix.length;
  while (node.depth < tree.options.depth) {
    const slash = folder.indexOf('/', start);
    if (slash < 0 || slash >= end) return node;
    const child =
      node.children.get(folder.slice(start, slash)) ?? grow(tree, node, folder.slice(0, slash + 1));
    if (!child) break;
    node = child;
    start = slash + 1;
  }
  noteFolded(tree, node, folder, end);
  return node;
}

function grow(tree: PrefixTree, parent: PrefixNode, prefix: Prefix): PrefixNode | undefined {
  if (parent.closed) return undefined;
  const node = createNode(parent, prefix);
  parent.children.set(node.prefix.slice(parent.prefix.length, -1), node);
  tree.nodes += 1;
  return node;
}

/** Counts the rows this folder would have had, were its row not closed. */
function noteFolded(tree: PrefixTree, node: PrefixNode, folder: string, end: number): void {
  let slash = folder.indexOf('/', node.prefix.length);
  for (let depth = node.depth; depth < tree.options.depth && slash >= 0 && slash < end; depth++) {
    addDistinct(tree.folded, folder.slice(0, slash + 1));
    slash = folder.indexOf('/', slash + 1);
  }
}

/** Only the row that stands for the table knows its hours: two tables' hours cannot be told apart in one row. */
function notePartition(tree: PrefixTree, found: FoundPartition): void {
  const { node } = tree;
  if (node.prefix !== found.tablePrefix && !(node === tree.root && node.prefix.startsWith(found.tablePrefix)))
    return;
  const hours = node.partitions.get(found.layout.template) ?? createHourSet();
  node.partitions.set(found.layout.template, hours);
  addHour(hours, found.hourStart);
}

function increment(counts: Map<string, number>, name: string | undefined): void {
  if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
}
