/** Every object is counted once, at the deepest row it has; rows are bounded in number, whatever the number of objects. */
import { compareKeys, type Key, type ObjectRecord, type Prefix } from '../kernel/s3.js';
import { addFolded, type FoldedPrefixes, mayBeFolded, noPrefixes } from './folded-prefixes.js';
import { addHour, type HourSet } from './hour-set.js';
import { type FoundPartition, findPartition } from './partition-keys.js';
import { hourLike, type PartitionShape, shapeOf } from './partition-shape.js';
import { foldLightest } from './prefix-folding.js';
import { addChild, createNode, hoursOf, owned, type PrefixNode, tallyFor } from './prefix-node.js';
import { isBeyond, saysSomething } from './row-sample.js';
import { addDeleteMarker, addObject, addUnsized, noteNoncurrent } from './running-tally.js';

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
  readonly folded: FoldedPrefixes;
  /** The row that came last. */
  newest: PrefixNode;
  /** The folder of the last object, and its row: neighbours in a listing mostly share it. */
  folder: string | undefined;
  row: FolderRow;
  /** The table whose folder was entered last, its row, and the hours noted there. */
  table:
    | { readonly shape: PartitionShape; readonly row: FolderRow; readonly hours: HourSet | undefined }
    | undefined;
}

/** Where the objects of a folder are counted. */
export interface FolderRow {
  readonly node: PrefixNode;
  /** No deeper row of this folder was folded, so its keys speak for the row. */
  readonly isOwn: boolean;
}

/** Rows held while scanning for each row that may be reported, so that the heaviest can be chosen at the end. */
const HELD_PER_ROW = 4;

export function createPrefixTree(options: PrefixTreeOptions): PrefixTree {
  const root = createNode(undefined, options.prefix);
  const row = { node: root, isOwn: true };
  const nothing = { folder: undefined, table: undefined };
  return { options, root, nodes: 1, folded: noPrefixes(), newest: root, row, ...nothing };
}

/** So many rows are held at most. */
export const mostNodes = ({ options }: Pick<PrefixTree, 'options'>): number =>
  options.maxPrefixes * HELD_PER_ROW;

/** More rows are held than may be. */
export const isFull = (tree: PrefixTree): boolean => tree.nodes > mostNodes(tree);

export function addObjects(tree: PrefixTree, objects: readonly ObjectRecord[]): void {
  let isSampled = false;
  for (const object of objects) {
    const { key } = object;
    if (!sameFolder(tree.folder, key)) {
      if (isFull(tree)) foldLightest(tree);
      tree.folder = owned(key.slice(0, key.lastIndexOf('/') + 1));
      tree.row = enterFolder(tree, tree.folder);
      isSampled = false;
    }
    const { node, isOwn } = tree.row;
    if (isOwn && !isSampled) isSampled = noteKey(node, tree.folder!, key);
    countObject(tallyFor(node, heldBy(object), tree.options.smallBelowBytes), object);
  }
}

const sameFolder = (folder: string | undefined, key: Key): boolean =>
  folder !== undefined && key.startsWith(folder) && key.indexOf('/', folder.length) < 0;

/** A delete marker has no class, whatever a source writes there. */
const heldBy = ({ storageClass, accessTier, isDeleteMarker }: ObjectRecord) =>
  isDeleteMarker ? markers : { class: storageClass, ...(accessTier !== undefined && { accessTier }) };
const markers = { class: '' } as const;

function countObject(tally: ReturnType<typeof tallyFor>, object: ObjectRecord): void {
  const { size, isLatest, isDeleteMarker } = object;
  if (isDeleteMarker) {
    addDeleteMarker(tally);
    return;
  }
  const isSized = !Number.isNaN(size);
  if (isSized) addObject(tally, size);
  else addUnsized(tally);
  if (isLatest === false) noteNoncurrent(tally, isSized ? size : 0);
}

/** Takes the key as the row's sample if it is the better one; true when no other key of the folder can be better. */
function noteKey(node: PrefixNode, folder: string, key: Key): boolean {
  if (isBeyond(folder, node.sample)) return true;
  const isSmaller = node.sample === undefined || compareKeys(key, node.sample) < 0;
  if (isSmaller && saysSomething(key)) node.sample = owned(key);
  return false;
}

/** The row of a folder, made where it may be, and the folder's hour noted there. */
export function enterFolder(tree: PrefixTree, folder: string): FolderRow {
  const { table } = tree;
  const hour = table && hourLike(table.shape, folder);
  if (hour !== undefined) {
    if (table!.hours) addHour(table!.hours, hour);
    return table!.row;
  }
  const found = findPartition(folder);
  const row = rowOf(tree, folder, found?.tablePrefix.length ?? folder.length);
  if (!found) return row;
  const hours = hoursIn(tree, row.node, found);
  if (hours) addHour(hours, found.hourStart);
  // A folded row is counted folder by folder.
  const shape = row.isOwn ? shapeOf(folder, found) : undefined;
  tree.table = shape && { shape, row, hours };
  return row;
}

/** The deepest row for keys that begin with folder[0, end). */
function rowOf(tree: PrefixTree, folder: string, end: number): FolderRow {
  let node = tree.root;
  let start = node.prefix.length;
  while (node.depth < tree.options.depth) {
    const slash = folder.indexOf('/', start);
    if (slash < 0 || slash >= end) return { node, isOwn: true };
    const child =
      node.children.get(folder.slice(start, slash)) ?? grow(tree, node, folder.slice(0, slash + 1));
    if (!child) {
      noteFolded(tree, node, folder, end);
      return { node, isOwn: false };
    }
    node = child;
    start = slash + 1;
  }
  return { node, isOwn: true };
}

/** A row that was folded before would lack what it had then. */
function grow(tree: PrefixTree, parent: PrefixNode, prefix: Prefix): PrefixNode | undefined {
  return parent.closed && mayBeFolded(tree.folded, prefix) ? undefined : addRow(tree, parent, prefix);
}

export function addRow(tree: PrefixTree, parent: PrefixNode, prefix: Prefix): PrefixNode {
  const node = createNode(parent, prefix);
  addChild(parent, node);
  tree.nodes += 1;
  tree.newest = node;
  return node;
}

/** Counts the rows this folder would have had, were its row not folded. */
function noteFolded(tree: PrefixTree, node: PrefixNode, folder: string, end: number): void {
  let slash = folder.indexOf('/', node.prefix.length);
  for (let depth = node.depth; depth < tree.options.depth && slash >= 0 && slash < end; depth++) {
    addFolded(tree.folded, folder.slice(0, slash + 1));
    slash = folder.indexOf('/', slash + 1);
  }
}

/** Only the row that stands for the table knows its hours: two tables' hours cannot be told apart in one row. */
function hoursIn(tree: PrefixTree, node: PrefixNode, found: FoundPartition): HourSet | undefined {
  const isIts =
    node.prefix === found.tablePrefix || (node === tree.root && node.prefix.startsWith(found.tablePrefix));
  return isIts ? hoursOf(node, found.layout.template) : undefined;
}

/** Rows were folded, or others came: what is known of the last folder holds no longer. */
export function forgetFolder(tree: PrefixTree): void {
  tree.folder = undefined;
  tree.table = undefined;
}
