/** Folders on the way to the hours of a table, and in them: what lies in the hours is counted at the table, and not told from what a row of their own would hold. */
import { type HourSet, hasHourBetween } from './hour-set.js';
import type { MergedRows } from './merged-rows.js';
import { beginningsOf, knownLayouts } from './partition-keys.js';
import { textOfRow } from './text-column.js';

const DAY_MS = 86_400_000;

/** Where a row lies, seen from a table above it that has these hours, by template: "2026/11/". */
interface Place {
  readonly hours: ReadonlyMap<string, HourSet>;
  readonly path: string;
}

/** 1 for each row of a folder on the way to an hour of a table above it, of such an hour, or of a folder in one. */
export function partitionRows({ options, count, parents, hours, names }: MergedRows): Uint8Array {
  const isWithin = new Uint8Array(count);
  if (hours.size === 0) return isWithin;
  const places = new Map<number, readonly Place[]>();
  const ofFirst = hours.get(0);
  // Its table may begin above the scanned prefix, which is on the way then.
  if (ofFirst)
    places.set(
      0,
      endsOf(options.prefix).map((path) => ({ hours: ofFirst, path })),
    );
  for (let row = 1; row < count; row++) {
    const above = places.get(parents[row]!);
    const own = hours.get(parents[row]!);
    if (!above && !own) continue;
    const name = textOfRow(names, row);
    const found = (above ?? []).map((place) => ({ ...place, path: place.path + name }));
    if (own) found.push({ hours: own, path: name });
    const onTheWay = found.filter(hasHours);
    if (onTheWay.length === 0) continue;
    isWithin[row] = 1;
    places.set(row, onTheWay);
  }
  return isWithin;
}

/** "a/b/": itself, and "b/". */
const endsOf = (prefix: string): string[] =>
  prefix
    .split('/')
    .slice(0, -1)
    .map((_, at, folders) => `${folders.slice(at).join('/')}/`);

const hasHours = ({ hours, path }: Place): boolean =>
  [...hours].some(([template, set]) => {
    const span = spanOf(template, path);
    return span !== undefined && hasHourBetween(set, span.from, span.to);
  });

const beginnings = new Map(knownLayouts.map((layout) => [layout.template, beginningsOf(layout)]));

/** The hours that may lie below a path, [from, to) in milliseconds since 1970; undefined when it is none of the layout. */
function spanOf(template: string, path: string): { readonly from: number; readonly to: number } | undefined {
  const patterns = beginnings.get(template) ?? [];
  const numbers = patterns[Math.min(path.split('/').length - 1, patterns.length) - 1]?.exec(path);
  if (!numbers) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0] = numbers.slice(1).map(Number);
  const from = Date.UTC(year, month - 1, day, hour);
  // A date that does not exist is no other one.
  if (year < 1000 || hour > 23 || new Date(from).getUTCMonth() !== month - 1) return undefined;
  const to = [Date.UTC(year + 1, 0), Date.UTC(year, month), from + DAY_MS, from + DAY_MS / 24];
  return { from, to: to[numbers.length - 2]! };
}
