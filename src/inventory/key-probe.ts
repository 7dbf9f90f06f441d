/** Folders asked for while keys are listed: to cut at, so a probe that is cut short or left out costs speed only, never a key. */
import type { Prefix } from '../kernel/s3.js';
import type { ColumnBatch, KeyColumn } from './column-batch.js';
import type { Landmark } from './key-cuts.js';
import { keyAt } from './key-ranges.js';
import type { KeyCursor, KeyPage, KeyPageRequest, KeyPager } from './ports.js';

export interface Probe {
  readonly prefix: Prefix;
  /** Folders before it are known. */
  readonly from?: KeyCursor;
  /** How deep it may still go where there is one folder only. */
  readonly levels: number;
}

const LEVELS = 4;
/** Asked for first: a server may read as much for one of them as for a dozen keys. */
const FIRST_FOLDERS = 100;
/** The rest is asked for once so many streams are under way, and the server would have room for so many times as many. */
const STREAMS = 4;
const ROOM = 4;

/** So many folders, and keys beside them, in a page: a hundred are read within a few pages, which is sooner than they are asked for. */
const MANY = 16;
const SLASH = 0x2f;

export const firstProbe = (prefix: Prefix): Probe => ({ prefix, levels: LEVELS });

/** What of the first probe is still worth a request when a page was read: behind many small folders only the rest, behind many keys in none nothing. */
export function afterPage(probe: Probe, { key, rows }: ColumnBatch): Probe | undefined {
  const depth = Buffer.byteLength(probe.prefix);
  let folders = 0;
  for (let row = 1; row < rows && folders < MANY; row++) if (!isInOneFolder(key, row, depth)) folders += 1;
  if (folders < MANY) return probe;
  const last = keyAt(key, rows - 1);
  return last.includes('/', probe.prefix.length) ? { ...probe, from: { key: last } } : undefined;
}

/** Whether a row and the one before it lie in one folder below the prefix of so many bytes. */
function isInOneFolder({ bytes, offsets }: KeyColumn, row: number, depth: number): boolean {
  const begin = offsets[row]!;
  let at = begin + depth;
  // It comes first, and is no longer up to where they differ.
  for (let before = offsets[row - 1]! + depth; before < begin && bytes[before] === bytes[at]; before++) {
    if (bytes[at] === SLASH) return true;
    at += 1;
  }
  return false;
}

export const isDue = ({ from }: Probe, streams: number, { isFull }: Pick<KeyPager, 'isFull'>): boolean =>
  from === undefined || (streams >= STREAMS && isFull?.(ROOM * streams) !== true);

export const questionOf = ({ prefix, from }: Probe): KeyPageRequest => ({
  ...{ prefix, delimiter: '/' },
  ...(from === undefined ? { maxKeys: FIRST_FOLDERS } : { from }),
});

/** What the answer tells, and what to ask after it. */
export function learned(
  { prefix, from, levels }: Probe,
  { prefixes, batch, next }: KeyPage,
): { readonly landmarks: readonly Landmark[]; readonly next?: Probe } {
  if (from === undefined && prefixes.length < 2) {
    const isChain = prefixes.length === 1 && batch.rows === 0 && levels > 1;
    return { landmarks: [], ...(isChain && { next: { prefix: prefixes[0]!, levels: levels - 1 } }) };
  }
  const isFirst = from === undefined && next !== undefined;
  return {
    landmarks: prefixes.map((key) => ({ key })),
    ...(isFirst && { next: { prefix, from: next, levels } }),
  };
}
