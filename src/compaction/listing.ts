/** The hours that a listing of the sources shows, and those that only the journal still knows of. */
import { raise } from '../kernel/errors.js';
import { compareKeys, type ObjectRecord } from '../kernel/s3.js';
import { partitionOf } from '../prefixes/partition-keys.js';
import { controlPrefix, type HourSources, listStart, pointerKey, sharedPrefix, sorted } from './partition.js';
import type { ObjectStore } from './ports.js';
import type { CompactionTable } from './table.js';

/** Milliseconds since 1970, UTC; `to` is not included. */
export interface Range {
  readonly from?: number;
  readonly to?: number;
}

export async function listHours(
  store: ObjectStore,
  table: CompactionTable,
  range: Range,
): Promise<HourSources[]> {
  const hours = new Map<string, { hourStart: number; objects: ObjectRecord[]; hidden: number }>();
  const after =
    range.from === undefined
      ? undefined
      : listStart(table.sourcePrefix, table.sourceLayout ?? table.layout, range.from);
  for await (const { objects } of store.list({
    prefix: table.sourcePrefix,
    ...(after === undefined ? {} : { after }),
  }))
    for (const object of objects) sorted(hours, object, table);
  const all = [...hours].map(([partition, hour]) => ({ partition, ...hour }));
  const within = all.filter((hour) => isWithin(range, hour));
  return noTwice(within.sort((a, b) => a.hourStart - b.hourStart || compareKeys(a.partition, b.partition)));
}

/** Hours that only the journal knows of, because no source of them is left. */
export async function retiredHours(
  target: ObjectStore,
  table: CompactionTable,
  range: Range,
  listed: readonly HourSources[],
): Promise<HourSources[]> {
  const known = new Set(listed.map(({ partition }) => partition));
  const hours: HourSources[] = [];
  const prefix = controlPrefix(table);
  const after = range.from === undefined ? undefined : listStart(prefix, table.layout, range.from);
  for await (const { objects } of target.list({ prefix, ...(after === undefined ? {} : { after }) }))
    for (const { key } of objects) {
      const found = partitionOf(key, prefix, table.layout);
      if (!found || key !== pointerKey(table, found.partition) || known.has(found.partition)) continue;
      if (isWithin(range, found)) hours.push({ ...found, objects: [], hidden: 0 });
    }
  return hours.sort((a, b) => a.hourStart - b.hourStart);
}

export const isWithin = (range: Range, { hourStart }: { readonly hourStart: number }): boolean =>
  hourStart >= (range.from ?? Number.NEGATIVE_INFINITY) && hourStart < (range.to ?? Number.POSITIVE_INFINITY);

/** hour=5 and hour=05 are one hour in two folders: compacting either alone would hide the other. */
function noTwice(hours: HourSources[]): HourSources[] {
  const twin = hours.find((hour, at) => hours[at + 1]?.hourStart === hour.hourStart);
  if (twin)
    raise('PARTITION_INVALID', {
      partition: twin.partition,
      layout: 'one spelling: another folder holds the same hour',
    });
  return hours;
}

/** The same hour, listed anew. */
export async function listAgain(
  store: ObjectStore,
  table: CompactionTable,
  { partition, hourStart }: Pick<HourSources, 'partition' | 'hourStart'>,
): Promise<HourSources> {
  const found = new Map<string, { hourStart: number; objects: ObjectRecord[]; hidden: number }>();
  for await (const { objects } of store.list({ prefix: sharedPrefix(table, { partition, hourStart }) }))
    for (const object of objects) sorted(found, object, table);
  return { partition, ...(found.get(partition) ?? { hourStart, objects: [], hidden: 0 }) };
}
