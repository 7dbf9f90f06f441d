/** How a table's sources and target are laid out in partitions, and how long one of them is. */
import { parseDuration } from '../kernel/clock.js';
import { type Layout, parseLayout } from '../prefixes/partition-keys.js';
import type { RawTable } from './table-schema.js';

type Read = <T>(name: string, parse: (text: string) => T, text: string) => T;
type Wrong = (name: string, why: string) => never;

export interface Layouts {
  readonly source: Layout;
  /** As coarse as the source's, or coarser. */
  readonly target: Layout;
}

/** Errors: CONFIG_INVALID through `read` and `wrong`, which name the field of the table. */
export function layoutsOf({ source, target, engine }: RawTable, read: Read, wrong: Wrong): Layouts {
  const grain = source.grain === undefined ? undefined : parseDuration(source.grain);
  if (source.grain !== undefined && grain === undefined)
    wrong('source.grain', `"${source.grain}" is not a duration such as 15m or 6h`);
  const from = read('source.partition', (text) => parseLayout(text, grain), source.partition);
  if (target.partition === undefined || target.partition === source.partition)
    return { source: from, target: from };
  const to = read('target.partition', (text) => parseLayout(text), target.partition);
  if (to.grainMs <= from.grainMs)
    wrong(
      'target.partition',
      `${to.template} is not coarser than source.partition ${from.template}; leave it out, or give days`,
    );
  if (engine !== 'duckdb')
    wrong(
      'target.partition',
      `${engine} reads the folder of one partition at a time; use duckdb, or leave it out`,
    );
  return { source: from, target: to };
}
