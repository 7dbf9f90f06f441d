/** Prefixes that hold mostly small objects, each object named by one finding of its kind: the deepest row that explains it. */
import { bytesText, MIB } from '../kernel/bytes.js';
import { count, groupedText } from '../kernel/quantity.js';
import { type Prefix, parentOf } from '../kernel/s3.js';
import { FLOOR_BYTES } from './histogram.js';
import type { Finding, PrefixRow } from './scan.js';
import { type HistogramRow, hasArchiveOverhead, hasFloor, type Tally } from './tally.js';

/** A finding before it is priced. `objects` and `bytes` are those of the small objects. */
export type Flag = Omit<Finding, 'monthlyUsd' | 'savingUsd'>;

export interface SmallObjectOptions {
  readonly smallBelowBytes: number;
  /** Fewer small objects than this are not worth a finding. */
  readonly minimumObjects: number;
  /** The size of file compaction would aim for. */
  readonly targetBytes: number;
}

export const smallObjectDefaults = {
  smallBelowBytes: FLOOR_BYTES,
  minimumObjects: 100,
  targetBytes: 128 * MIB,
} as const satisfies SmallObjectOptions;

interface Measure {
  /** The small ones. */
  readonly objects: bigint;
  readonly bytes: bigint;
  /** All objects the small ones are compared with. */
  readonly among: bigint;
}

interface Kind {
  readonly kind: string;
  holds(storageClass: string): boolean;
  measure(row: PrefixRow): Measure;
  words(
    small: Measure,
    row: PrefixRow,
    options: SmallObjectOptions,
  ): Omit<Flag, 'prefix' | 'kind' | 'objects' | 'bytes'>;
}

/** The kinds never overlap: each storage class belongs to one. */
const kinds: readonly Kind[] = [
  {
    kind: 'small-files',
    holds: (name) => !hasFloor(name) && !hasArchiveOverhead(name),
    measure: (row) => smallOf(row.tallies.filter((tally) => kindOf(tally.class) === 'small-files')),
    words: smallFiles,
  },
  {
    kind: 'padded-objects',
    holds: hasFloor,
    measure: (row) => belowFloor(row.histogram.filter((bar) => hasFloor(bar.class))),
    words: (small) => ({
      recommendation: `Keep objects below 128 KiB in STANDARD, or compact them before they change class.`,
      confidence: 'high',
      why: `${grouped(small.objects)} objects of ${average(small)} on average are billed as 128 KiB each in an infrequent-access class.`,
    }),
  },
  {
    kind: 'archived-small-objects',
    holds: hasArchiveOverhead,
    measure: (row) => smallOf(row.tallies.filter((tally) => hasArchiveOverhead(tally.class))),
    words: (small) => ({
      recommendation: 'Compact objects before they are archived.',
      confidence: 'high',
      why: `${grouped(small.objects)} archived objects of ${average(small)} on average carry 40 KiB of overhead each.`,
    }),
  },
];

/** The kind of finding that speaks of objects of a class. */
export const kindOf = (storageClass: string): string => kinds.find((kind) => kind.holds(storageClass))!.kind;

/** Findings of every kind, most small objects first. */
export function flagSmallObjects(rows: readonly PrefixRow[], options: SmallObjectOptions): readonly Flag[] {
  return kinds
    .flatMap((kind) => flagsOf(kind, rows, options))
    .sort((a, b) => (a.objects === b.objects ? 0 : a.objects < b.objects ? 1 : -1));
}

/** Deepest rows first; what a row has explained is taken off every row above it. */
function flagsOf(kind: Kind, rows: readonly PrefixRow[], options: SmallObjectOptions): readonly Flag[] {
  const explained = new Map<Prefix, Measure>();
  return rows
    .toSorted((a, b) => b.depth - a.depth)
    .flatMap((row) => {
      const small = minus(kind.measure(row), explained.get(row.prefix));
      if (small.objects < BigInt(options.minimumObjects) || small.objects * 2n < small.among) return [];
      for (const above of ancestorsOf(row.prefix)) explained.set(above, plus(small, explained.get(above)));
      const { objects, bytes } = small;
      return [{ prefix: row.prefix, kind: kind.kind, objects, bytes, ...kind.words(small, row, options) }];
    });
}

const none: Measure = { objects: 0n, bytes: 0n, among: 0n };
const plus = (a: Measure, b: Measure = none): Measure => ({
  objects: a.objects + b.objects,
  bytes: a.bytes + b.bytes,
  among: a.among + b.among,
});
const minus = (a: Measure, b: Measure = none): Measure => ({
  objects: a.objects - b.objects,
  bytes: a.bytes - b.bytes,
  among: a.among - b.among,
});

/** "a/b/c/" → "a/b/", "a/", "". */
function ancestorsOf(prefix: Prefix): readonly Prefix[] {
  const above: Prefix[] = [];
  for (let rest = prefix; rest !== ''; above.push(rest)) rest = parentOf(rest);
  return above;
}

const smallOf = (tallies: readonly Tally[]): Measure =>
  tallies
    .map((tally) => ({ objects: tally.smallObjects, bytes: tally.smallBytes, among: tally.objects }))
    .reduce(plus, none);

const belowFloor = (bars: readonly HistogramRow[]): Measure =>
  bars
    .map((bar) => {
      const below = bar.upToBytes !== null && bar.upToBytes <= FLOOR_BYTES;
      return { objects: below ? bar.objects : 0n, bytes: below ? bar.bytes : 0n, among: bar.objects };
    })
    .reduce((sum, measure) => plus(sum, measure), none);

function smallFiles(small: Measure, row: PrefixRow, options: SmallObjectOptions) {
  const files = ceiling(small.bytes, BigInt(options.targetBytes));
  const partitions = BigInt(row.partitions ?? 1);
  const signs = [row.partitioning, row.format ?? row.writer].filter((sign) => sign !== undefined).length;
  const writer = row.writer === undefined ? '' : `, written by ${row.writer} to judge by their names`;
  return {
    recommendation:
      signs === 0
        ? 'If these objects hold rows, compact them; if not, write several to one object.'
        : `Compact into about ${grouped(files > partitions ? files : partitions)} files of up to ${bytesText(options.targetBytes)}${advice[row.writer ?? ''] ?? ''}.`,
    confidence: (['low', 'medium', 'high'] as const)[signs]!,
    why: `${grouped(small.objects)} of ${grouped(small.among)} objects are below ${bytesText(options.smallBelowBytes)}, ${average(small)} on average${writer}.`,
  };
}

const advice: Readonly<Record<string, string>> = {
  'Amazon Data Firehose': ', and raise the buffer size and interval of the stream',
  Spark: ', and coalesce before writing',
  'Kafka Connect': ', and raise flush.size and rotate.interval.ms of the connector',
  Flink: ', and let its checkpoints roll fewer files',
};

const ceiling = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;
const average = ({ bytes, objects }: Measure): string => bytesText(bytes / objects);
const grouped = (value: bigint): string => groupedText(count('object', value).amount);
