/** What a committed hour lacks: which objects came late, and whether a new generation reads all sources or only those. */
import { printable } from '../kernel/s3.js';
import type { Found, Manifest, Pointer } from './journal.js';
import { runIdOf, type SourceRef } from './partition.js';

export interface Generation {
  readonly number: number;
  readonly runId: string;
  /** whole: all sources are read. added: the files of the pointer stay and only `read` is added to them. */
  readonly kind: 'whole' | 'added';
  /** All that it covers. */
  readonly sources: readonly SourceRef[];
  readonly read: readonly SourceRef[];
  /** What it replaces. */
  readonly base: Found<Pointer> | undefined;
}

export interface Committed {
  readonly pointer: Pointer;
  readonly manifest: Manifest;
}

/** Present, and not among the bytes the pointer covers. */
export function lateSources({ manifest }: Committed, listed: readonly SourceRef[]): SourceRef[] {
  const covered = new Set(manifest.sources.map(bytesOf));
  return listed.filter((source) => !covered.has(bytesOf(source)));
}

/** What the pointer covers and what still lies where it was. */
export function coveredSources({ manifest }: Committed, listed: readonly SourceRef[]): SourceRef[] {
  const covered = new Set(manifest.sources.map(bytesOf));
  return listed.filter((source) => covered.has(bytesOf(source)));
}

const bytesOf = ({ key, etag }: SourceRef): string => `${etag} ${key}`;

export type Kind = { readonly kind: Generation['kind'] } | { readonly why: string };

/**
 * All sources are read anew as long as they are all there and one conditional write replaces what readers see: the hour
 * is one file, or is shown by a list (`isAList`). Otherwise what is committed stays and what came late is added, which neither loses nor doubles a row; only
 * changed bytes cannot be added to what they replace.
 */
export function kindOf(
  { pointer, manifest }: Committed,
  listed: readonly SourceRef[],
  isAList = false,
): Kind {
  // From here on sources may vanish at any time.
  if (pointer.retiring) return { kind: 'added' };
  const keys = new Set(listed.map(({ key }) => key));
  const covered = new Set(manifest.sources.map(({ key }) => key));
  const missing = manifest.sources.filter(({ key }) => !keys.has(key));
  if (missing.length === 0 && (isAList || pointer.files.length <= 1)) return { kind: 'whole' };
  const changed = lateSources({ pointer, manifest }, listed).filter(({ key }) => covered.has(key));
  if (changed.length === 0) return { kind: 'added' };
  const cause =
    missing.length > 0
      ? `${missing.length} of its other sources are gone, so that it cannot be made anew`
      : `its ${pointer.files.length} Parquet files cannot be replaced in one step`;
  return {
    why: `"${printable(changed[0]!.key)}" was changed after the commit, and ${cause}; the hour keeps what was committed.`,
  };
}

export function firstGeneration(table: string, partition: string, sources: readonly SourceRef[]): Generation {
  const runId = runIdOf(table, partition, sources);
  return { number: 1, runId, kind: 'whole', sources, read: sources, base: undefined };
}

export function nextGeneration(
  table: string,
  base: Found<Pointer>,
  manifest: Manifest,
  listed: readonly SourceRef[],
  kind: Generation['kind'],
): Generation {
  const pointer = base.record;
  const number = pointer.generation + 1;
  const late = lateSources({ pointer, manifest }, listed);
  const sources = kind === 'whole' ? listed : [...manifest.sources, ...late];
  const runId = runIdOf(table, pointer.partition, sources, `${number} ${kind} ${pointer.runId}`);
  return { number, runId, kind, sources, read: kind === 'whole' ? listed : late, base };
}
