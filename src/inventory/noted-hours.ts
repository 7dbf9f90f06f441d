/** Hours of a table that the kernel knows and notes by itself: the table is offered to it, and its hours are taken from it. */
import { addHourNumber } from '../prefixes/hour-set.js';
import type { PrefixTree } from '../prefixes/prefix-tree.js';
import type { TallyKernel } from './tally-kernel.js';

type Table = NonNullable<PrefixTree['table']>;

export interface NotedHours {
  readonly kernel: TallyKernel;
  readonly options: { readonly prefix: string };
  /** Whose hours the kernel notes. */
  table: Table | undefined;
}

/** Within `enter`, of an hour of the table, whose row has this number. */
export function offerTable(noted: NotedHours, table: Table, row: number): void {
  const { found, spans } = table.shape;
  const { tablePrefix, layout } = found;
  // Another one may lie outside the scan.
  if (tablePrefix.length < noted.options.prefix.length) return;
  if (!/^year,month,day(?:,hour)?$/.test(layout.fields.join())) return;
  takeHours(noted);
  noted.table = table;
  const bytes = Buffer.byteLength(tablePrefix);
  const more = bytes - tablePrefix.length;
  const spansInBytes = spans.flat().map((at) => at + more);
  noted.kernel.offerTable(row, bytes, spansInBytes);
}

/** To the row of the table, before anything of it is asked for or another table is offered. */
export function takeHours({ kernel, table }: NotedHours): void {
  const taken = kernel.takeHours();
  if (table?.hours) for (const hour of taken) addHourNumber(table.hours, hour);
}
