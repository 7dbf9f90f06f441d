/** From the bytes of an inventory to exact tallies for each prefix, in one pass and bounded memory. */
import { accessTierNamed, compareKeys } from '../kernel/s3.js';
import { type PrefixNode, tallyFor } from '../prefixes/prefix-node.js';
import { createPrefixTree, enterFolder, isFull, type PrefixTreeOptions } from '../prefixes/prefix-tree.js';
import { isBeyond, saysSomething } from '../prefixes/row-sample.js';
import { spill } from '../prefixes/running-tally.js';
import type { Held } from '../prefixes/tally.js';
import type { TreePart } from '../prefixes/tree-part.js';
import { type BatchScan, batchScan, type Naming } from './batch-scan.js';
import type { ColumnBatch } from './column-batch.js';
import { adopt, type Counting, flush, takePart } from './counting.js';
import { type CsvScan, type CsvSource, csvScan, gzipCsvScan } from './csv-scan.js';
import type { Crc32 } from './gzip/gzip-header.js';
import type { KernelCalls } from './kernel-calls.js';
import { type KernelLimits, kernelLimits, longestHeld, mostHeld } from './kernel-memory.js';
import { noParents, numberOfParent, textAt } from './new-rows.js';
import { offerTable } from './noted-hours.js';
import { openTallyKernel, type TallyKernel } from './tally-kernel.js';

export interface TallyOptions extends PrefixTreeOptions {
  /** Rows of noncurrent versions and delete markers are left out, or counted with the rest. */
  readonly versions: 'current' | 'all';
}

export interface TallyPart extends TreePart {
  /** Rows read, counted or not. */
  readonly rows: number;
  /** Of those, the ones left out: noncurrent versions and delete markers, or keys outside the scanned prefix. */
  readonly leftOut: number;
}

/** After an error nothing of it may be used. */
export interface InventoryTally {
  /** One file at a time. Errors: INVENTORY_ROW_INVALID when the columns have no Key. */
  addCsv(source: CsvSource): CsvScan;
  /** The same of a file in gzip, whose checksum is reckoned so. */
  addGzipCsv(source: CsvSource, crc32: Crc32): CsvScan;
  /** Rows of a columnar file, whose keys stand as they are. Errors: INVENTORY_ROW_INVALID. */
  addBatch(batch: ColumnBatch, file: string): void;
  /** What was counted since the last part; the next one begins with nothing. */
  part(): TallyPart;
}

/** And by which numbers classes and tiers are known. */
interface Tallying extends Counting {
  /** Where each of them stands there, for the life of the tally: files and parts after the first add none anew. */
  readonly heldNumbers: Map<string, number>;
  /** Known to the kernel, which tells classes and tiers apart as they are spelt. */
  spellings: number;
  /** Of the batch at hand. */
  readonly naming: Naming;
}

export function openTally(options: TallyOptions, limits: KernelLimits = kernelLimits): InventoryTally {
  const counting = {
    options,
    tree: createPrefixTree(options),
    rows: new Map(),
    parents: noParents(),
    table: undefined,
    numbers: new Map(),
    held: [],
    heldNumbers: new Map(),
    spellings: 0,
    naming: { of: () => -1 },
  } as Omit<Tallying, 'kernel'> as Tallying;
  const { smallBelowBytes, versions } = options;
  counting.kernel = openTallyKernel(
    { smallBelowBytes, currentOnly: versions === 'current' },
    limits,
    calls(counting),
  );
  const { kernel } = counting;
  let batches: BatchScan | undefined;
  return {
    addCsv: (source) => csvScan(kernel, source),
    addGzipCsv: (source, crc32) => gzipCsvScan(kernel, source, crc32),
    addBatch(batch, file) {
      if (batches?.file !== file)
        batches = batchScan(kernel, options, (named) => hold(counting, named), counting.naming, file);
      batches.take(batch);
    },
    part() {
      const part = { ...takePart(counting), rows: kernel.rows(), leftOut: kernel.leftOut() };
      counting.tree = createPrefixTree(options);
      kernel.forgetRows();
      batches = undefined;
      return part;
    },
  };
}

const calls = (counting: Tallying): KernelCalls => ({
  enter: (at, length) => enter(counting, textAt(counting.kernel, at, length)),
  says: (at, length) => Number(saysSomething(textAt(counting.kernel, at, length))),
  sample(row, at, length) {
    const { kernel, rows } = counting;
    const node = rows.get(row)!;
    const key = textAt(kernel, at, length);
    const isSmaller = node.sample === undefined || compareKeys(key, node.sample) < 0;
    if (isSmaller && saysSomething(key)) node.sample = key;
    if (node.sample === undefined) return 0;
    return encoder.encodeInto(node.sample, kernel.bytes.subarray(kernel.scratchAt)).written;
  },
  hold(classAt, classLength, tierAt, tierLength) {
    if (classLength + tierLength > longestHeld || counting.spellings === mostHeld) return -1;
    const named = { class: fieldAt(counting.kernel, classAt, classLength) };
    const tier = fieldAt(counting.kernel, tierAt, tierLength);
    if (named.class === undefined || tier === undefined) return -2;
    counting.spellings += 1;
    return hold(counting, { class: named.class, ...(tier !== '' && { accessTier: accessTierNamed(tier) }) });
  },
  name: (classCode, tierCode) => counting.naming.of(classCode, tierCode),
  spill(slot, index) {
    const { kernel } = counting;
    const of = kernel.slot(slot);
    const node = counting.rows.get(of.row) ?? adopt(counting, of.row);
    const tally = tallyFor(node, counting.held[of.held]!, counting.options.smallBelowBytes);
    spill(tally, index, BigInt(kernel.numbers[kernel.sumsAt(slot) + index]!));
  },
  flush: (isAll) => flush(counting, isAll),
});

function enter(counting: Counting, folder: string): number {
  const { kernel, tree, numbers, rows, options } = counting;
  if (!folder.startsWith(options.prefix)) return -1;
  const { table } = tree;
  const row = enterFolder(tree, folder);
  const { node, isOwn } = row;
  let number = numbers.get(node);
  if (number === undefined) {
    number = kernel.addRow();
    rows.set(number, node);
    numbers.set(node, number);
  }
  if (isFull(tree)) kernel.flushSoon();
  if (isOwn && node.parent && node.prefix.length === folder.length) offer(counting, node.parent);
  // It is the second hour of its table at least: many tables have one only.
  if (table && row === table.row && table !== counting.table) offerTable(counting, table, number);
  return 2 * number + Number(isOwn && !isBeyond(folder, node.sample));
}

/** A folder of this row was entered, and others will follow. */
function offer({ kernel, parents }: Counting, parent: PrefixNode): void {
  const number = numberOfParent(parents, parent);
  if (number !== undefined) kernel.offerParent(Buffer.byteLength(parent.prefix), number);
}

/** Its number; −1 when there are too many. */
function hold({ held, heldNumbers }: Tallying, named: Held): number {
  const name = JSON.stringify([named.class, named.accessTier]);
  const known = heldNumbers.get(name);
  if (known !== undefined) return known;
  if (held.length === mostHeld) return -1;
  heldNumbers.set(name, held.length);
  return held.push(named) - 1;
}

const encoder = new TextEncoder();
const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/** A field of a CSV record, whose quotes are doubled; undefined when it is no UTF-8. */
function fieldAt({ bytes }: TallyKernel, at: number, length: number): string | undefined {
  try {
    return strict.decode(bytes.subarray(at, at + length)).replaceAll('""', '"');
  } catch {
    return undefined;
  }
}
