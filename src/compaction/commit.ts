/** A commit is one write; before it lies everything that proves the hour whole. */
import { instantText } from '../kernel/clock.js';
import { raise } from '../kernel/errors.js';
import { printable } from '../kernel/s3.js';
import { parsePartition } from '../prefixes/partition-keys.js';
import { type Generation, renamedSources } from './generation.js';
import { listHour, readPointer } from './hours.js';
import { type Evidence, type Pointer, putRecord } from './journal.js';
import { evidenceKey, frozen, pointerKey, type SourceRef } from './partition.js';
import type { CompactionPorts, Scan } from './ports.js';
import type { Proof } from './proof.js';
import { isListed } from './symlink.js';
import type { CompactionTable } from './table.js';
import { markUnshown } from './unshown.js';

/** What one attempt works with. */
export interface Attempt {
  readonly ports: CompactionPorts;
  readonly table: CompactionTable;
  readonly partition: string;
  readonly runId: string;
  readonly fence: number;
  readonly generation: Generation;
  /** What is read; all that the generation covers, or what it adds. */
  readonly sources: readonly SourceRef[];
  readonly signal: AbortSignal;
  readonly startedAt: string;
  /** Why the hour must be one file; absent where it may be several. */
  readonly oneFile?: string;
  readonly spent: { put: number; get: number; list: number };
  /** Of every query so far that an engine bills. */
  readonly scans: Scan[];
}

/** Bytes of each that is billed. */
export const billed = (scans: readonly Scan[]): number[] =>
  scans.filter(({ isFree }) => !isFree).map(({ bytes }) => bytes);

/** Why what a reader sees must change by one file: see publish. A list of files is replaced at once. */
export async function oneFileFor(
  { catalog }: Pick<CompactionPorts, 'catalog'>,
  table: CompactionTable,
  { base }: Pick<Generation, 'base'>,
): Promise<string | undefined> {
  if (isListed(table)) return undefined;
  if ((base?.pointer.record.files.length ?? 0) > 0)
    return 'what is published already is replaced by one file';
  return (await catalog?.isProjected())
    ? 'the table of the catalog has partition projection, which shows every file of a folder as it comes (publish: symlink shows them at once)'
    : undefined;
}

/** What takes longer is not committed: clean may have taken it for dead. */
export const longestRunMs = 84 * 3_600_000;

/**
 * Order of effects: the sources are listed again, the evidence, the mark that it is not shown yet, and the one write that makes the hour what it is.
 * Errors: OBJECT_CHANGED when a source is not any more what was read.
 */
export async function commit(
  attempt: Attempt,
  proof: Proof,
  scannedBytes: number,
): Promise<Pointer | 'lost-race' | { readonly why: string }> {
  const before = attempt.generation.base?.pointer.record;
  if (attempt.oneFile !== undefined && proof.files.length !== 1)
    return {
      why: `an hour in ${proof.files.length} Parquet files cannot be shown in one step: ${attempt.oneFile}`,
    };
  await checkSources(attempt);
  const { ports, table, partition, runId, fence, generation } = attempt;
  const committedAt = instantText(ports.clock.now());
  attempt.spent.put += 2;
  const evidence: Evidence = {
    schemaVersion: 1,
    table: table.name,
    partition,
    generation: generation.number,
    runId,
    engine: ports.engine.name,
    earlier: generation.kind === 'added' ? (before?.evidence ?? null) : null,
    ...proof,
    ownCost: {
      requests: { ...attempt.spent },
      scannedBytes,
      usd: ports.price(attempt.spent, billed(attempt.scans)),
    },
    startedAt: attempt.startedAt,
    committedAt,
  };
  const evidenceAt = evidenceKey(table, partition, generation.number, runId, fence);
  await putRecord(ports.target, evidenceAt, evidence, 'absent');
  const pointer: Pointer = {
    schemaVersion: 1,
    table: table.name,
    partition,
    generation: generation.number,
    revision: (before?.revision ?? 0) + 1,
    retiring: before?.retiring ?? false,
    earlier: generation.kind === 'added' ? (before?.earlier ?? []) : sizesOf(before),
    runId,
    fence,
    files: generation.kind === 'added' ? [...(before?.files ?? []), ...proof.files] : proof.files,
    evidence: evidenceAt,
    committedAt,
  };
  await markUnshown(attempt);
  checkAge(attempt);
  const condition = generation.base ? { etag: generation.base.pointer.etag } : 'absent';
  const put = await putRecord(ports.target, pointerKey(table, partition), pointer, condition);
  if (put.outcome === 'written') return pointer;
  const theirs = await readPointer(ports.target, table, partition);
  if (!theirs) return raise('CONDITION_FAILED', { key: pointerKey(table, partition) });
  // A mark, or a commit of something else, leaves what this attempt was for undone.
  return theirs.record.generation >= generation.number ? theirs.record : 'lost-race';
}

function checkAge({ ports, partition, startedAt }: Attempt): void {
  if (ports.clock.now() - Date.parse(startedAt) <= longestRunMs) return;
  const why = `it took more than ${longestRunMs / 3_600_000} hours`;
  raise('ENGINE_FAILED', { engine: ports.engine.name, partition, why });
}

const sizesOf = (before: Pointer | undefined): number[] =>
  before ? [...new Set([...before.earlier, ...before.files.map(({ size }) => size)])] : [];

/**
 * An engine may read by key: what lies there now must be what was frozen. And what is added must still be new: a rename is
 * a copy and then a deletion.
 */
async function checkSources(attempt: Attempt): Promise<void> {
  const { ports, table, partition, sources, spent, generation } = attempt;
  spent.list += Math.ceil(sources.length / 1000);
  const { objects } = await listHour(ports, table, {
    partition,
    hourStart: parsePartition(table.layout, partition).hourStart,
    objects: [],
    hidden: 0,
  });
  const there = new Map(objects.map(({ key, etag }) => [key, etag]));
  const other = sources.find(({ key, etag }) => there.get(key) !== etag);
  if (other) raise(there.has(other.key) ? 'OBJECT_CHANGED' : 'OBJECT_MISSING', { key: printable(other.key) });
  if (generation.kind === 'whole' || table.source.sameBytes === 'add') return;
  const renamed = renamedSources(generation.base!.manifest, frozen(objects));
  const moved = sources.find(({ key }) => renamed.has(key));
  if (moved) raise('OBJECT_MISSING', { key: printable(renamed.get(moved.key)!) });
}
