/** What a committed hour lacks: which objects came late, and whether a new generation reads all sources or only those. */
import { printable } from '../kernel/s3.js';
import type { Found, Manifest, Pointer } from './journal.js';
import { runIdOf, type SourceRef } from './partition.js';
import type { CompactionTable } from './table.js';

export interface Generation {
  readonly number: number;
  readonly runId: string;
  /** whole: all sources are read. added: the files of the pointer stay and only `read` is added to them. */
  readonly kind: 'whole' | 'added';
  /** All that it covers. */
  readonly sources: readonly SourceRef[];
  readonly read: readonly SourceRef[];
  /** What it replaces. */
  readonly base: Committed | undefined;
  /** Covered by the base, and not there as it was: sources that are added may be these again, in other bytes. */
  readonly gone: readonly SourceRef[];
  /** What came or changed and is not taken in, and why; "" when all is. */
  readonly held: string;
}

export interface Committed {
  readonly pointer: Found<Pointer>;
  readonly manifest: Manifest;
}

/** Present, and not among the bytes the pointer covers. */
export function lateSources(
  { sources }: Pick<Manifest, 'sources'>,
  listed: readonly SourceRef[],
): SourceRef[] {
  const covered = new Set(sources.map(bytesOf));
  return listed.filter((source) => !covered.has(bytesOf(source)));
}

/** What the pointer covers and what still lies where it was. */
export function coveredSources(
  { sources }: Pick<Manifest, 'sources'>,
  listed: readonly SourceRef[],
): SourceRef[] {
  const covered = new Set(sources.map(bytesOf));
  return listed.filter((source) => covered.has(bytesOf(source)));
}

const bytesOf = ({ key, etag }: SourceRef): string => `${etag} ${key}`;

/**
 * Late objects with the bytes of one that is covered and lies no longer where it was. A rename looks like that, and its
 * rows are in the hour already. Each with the key it had.
 */
export function renamedSources(
  manifest: Pick<Manifest, 'sources'>,
  listed: readonly SourceRef[],
): ReadonlyMap<SourceRef['key'], SourceRef['key']> {
  const there = new Set(listed.map(bytesOf));
  const gone = new Map(
    manifest.sources
      .filter((source) => source.size > 0 && !there.has(bytesOf(source)))
      .map(({ key, size, etag }) => [`${size} ${etag}`, key]),
  );
  const late = lateSources(manifest, listed);
  return new Map(
    late.flatMap(({ key, size, etag }) => {
      const before = gone.get(`${size} ${etag}`);
      return before === undefined ? [] : [[key, before] as const];
    }),
  );
}

export type Later = Pick<Generation, 'kind' | 'read' | 'held' | 'gone'> | { readonly why: string };

/**
 * All sources are read anew as long as they are all there and the hour is one file, whose name one conditional write
 * replaces, or is shown by a list (`listedFrom`). Otherwise what is committed stays and what came late is added, which neither loses nor doubles a row. Held
 * back is what would: changed bytes, for they cannot be added to what they replace, and what was only renamed.
 */
export function laterOf(
  { pointer: { record: pointer }, manifest }: Committed,
  listed: readonly SourceRef[],
  { source: { sameBytes }, listedFrom }: Pick<CompactionTable, 'source' | 'listedFrom'>,
): Later {
  const keys = new Set(listed.map(({ key }) => key));
  const missing = manifest.sources.filter(({ key }) => !keys.has(key)).length;
  // Once it retires, sources may vanish at any time.
  if (!pointer.retiring && missing === 0 && (listedFrom !== undefined || pointer.files.length <= 1))
    return { kind: 'whole', read: listed, held: '', gone: [] };
  const late = lateSources(manifest, listed);
  const renamed = sameBytes === 'hold' ? renamedSources(manifest, listed) : new Map<string, string>();
  const covered = new Set(manifest.sources.map(({ key }) => key));
  const changed = pointer.retiring
    ? []
    : late.filter(({ key }) => covered.has(key) && !renamed.has(key)).map(({ key }) => key);
  const read = late.filter(({ key }) => !renamed.has(key) && !changed.includes(key));
  const held = [
    ...(changed.length > 0 ? [changedText(changed, missing, pointer)] : []),
    ...(renamed.size > 0 ? [renamedText(renamed)] : []),
  ].join(' ');
  const there = new Set(listed.map(bytesOf));
  const gone = manifest.sources.filter((source) => !there.has(bytesOf(source)));
  return read.length === 0 ? { why: held } : { kind: 'added', read, held, gone };
}

function changedText([key, ...more]: readonly string[], missing: number, { files }: Pointer): string {
  const cause =
    missing > 0
      ? `${missing} of its other sources are gone, so that it cannot be made anew`
      : `its ${files.length} Parquet files cannot be replaced in one step`;
  return `"${printable(key!)}"${others(more.length)} changed after the commit, and ${cause}; the hour keeps what was committed. To add the new rows, put them under a name of their own.`;
}

function renamedText(renamed: ReadonlyMap<string, string>): string {
  const [[key, before], ...more] = [...renamed] as [[string, string], ...[string, string][]];
  return `"${printable(key)}"${more.length === 0 ? ' has' : ` and ${more.length} more have`} the bytes of what was compacted as "${printable(before)}" and lies there no longer: its rows are in the hour already. Move it back or delete it; if its rows are to be there twice, set source.sameBytes: add.`;
}

const others = (count: number): string => (count === 0 ? ' was' : ` and ${count} more were`);

export function firstGeneration(
  table: CompactionTable,
  partition: string,
  sources: readonly SourceRef[],
): Generation {
  const runId = runIdOf(table, partition, sources);
  return { number: 1, runId, kind: 'whole', sources, read: sources, base: undefined, gone: [], held: '' };
}

export function nextGeneration(
  table: CompactionTable,
  base: Committed,
  { kind, read, held, gone }: Exclude<Later, { why: string }>,
): Generation {
  const pointer = base.pointer.record;
  const number = pointer.generation + 1;
  const sources = kind === 'whole' ? read : [...base.manifest.sources, ...read];
  const runId = runIdOf(table, pointer.partition, sources, `${number} ${kind} ${pointer.runId}`);
  return { number, runId, kind, sources, read, base, held, gone };
}

/** The same generation without some of what it was to add; undefined when nothing else is left of it. */
export function without(
  table: CompactionTable,
  { kind, read, held, gone, base }: Generation,
  keys: ReadonlyMap<SourceRef['key'], unknown>,
  why: string,
): Generation | undefined {
  const rest = read.filter(({ key }) => !keys.has(key));
  if (!base || rest.length === 0) return undefined;
  return nextGeneration(table, base, { kind, read: rest, gone, held: `${held} ${why}`.trim() });
}
