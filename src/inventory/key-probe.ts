/** Folders asked for while keys are listed: to cut at, so a probe that is cut short or left out costs speed only, never a key. */
import type { Prefix } from '../kernel/s3.js';
import type { Landmark } from './key-cuts.js';
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

export const firstProbe = (prefix: Prefix): Probe => ({ prefix, levels: LEVELS });

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
