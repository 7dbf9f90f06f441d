/** A scan whose numbers contradict each other was damaged or edited: it would be priced wrongly without a word. */
import { compareKeys, type Prefix } from '../kernel/s3.js';
import { lowerEdge } from './histogram.js';
import type { PrefixRow, Scan } from './scan.js';
import { type Held, type HistogramRow, heldName, type Tally } from './tally.js';

/** Where the first contradiction stands, and what it is; undefined when there is none. */
export function contradiction(scan: Pick<Scan, 'totals' | 'prefixes'>): string | undefined {
  const [root] = scan.prefixes;
  if (root?.depth !== 0) return 'prefixes does not begin with the scanned prefix, depth 0';
  if (textOf(scan.totals) !== textOf(root.tallies)) return 'totals differs from the tallies of prefixes[0]';
  return (
    firstOf(scan.prefixes, (row, at) => {
      const fault = rowFault(row) ?? orderFault(row, scan.prefixes[at - 1], root);
      return fault && `prefixes[${at}]${fault}`;
    }) ?? childFault(scan.prefixes)
  );
}

function firstOf<T>(
  items: readonly T[],
  look: (item: T, at: number) => string | undefined,
): string | undefined {
  for (const [at, item] of items.entries()) {
    const found = look(item, at);
    if (found !== undefined) return found;
  }
  return undefined;
}

const textOf = (tallies: readonly Tally[]): string =>
  JSON.stringify(
    tallies.map((tally) =>
      Object.entries(tally)
        .map(([name, value]) => [name, String(value)])
        .sort(),
    ),
  );

function rowFault({ tallies, histogram, partitions = 0, partitionDays = 0 }: PrefixRow): string | undefined {
  const sized = tallies.map((tally) => ({
    ...tally,
    objects: tally.objects - (tally.unsizedObjects ?? 0n),
  }));
  for (const sum of ['objects', 'bytes'] as const)
    if (sumsByHeld(sized, sum) !== sumsByHeld(histogram, sum))
      return `.histogram does not add up to the ${sum} of its tallies`;
  if (new Set(histogram.map(barName)).size < histogram.length) return '.histogram names a bar twice';
  if (
    BigInt(partitions) >
    tallies.reduce((sum, { objects, deleteMarkers }) => sum + objects + deleteMarkers, 0n)
  )
    return '.partitions is more than there are objects';
  if (partitionDays > partitions) return '.partitionDays is more than there are partitions';
  return firstOf(histogram, (bar, at) =>
    fits(bar) ? undefined : `.histogram[${at}].bytes is not of ${bar.objects} objects in that bar`,
  );
}

function sumsByHeld<K extends 'objects' | 'bytes'>(
  rows: readonly (Readonly<Record<K, bigint>> & Held)[],
  name: K,
): string {
  const sums = new Map<string, bigint>();
  for (const row of rows) sums.set(heldName(row), (sums.get(heldName(row)) ?? 0n) + row[name]);
  return JSON.stringify(
    [...sums]
      .filter(([, sum]) => sum !== 0n)
      .map(([of, sum]) => [of, String(sum)])
      .sort(),
  );
}

function fits({ objects, bytes, upToBytes }: HistogramRow): boolean {
  if (bytes < objects * BigInt(lowerEdge(upToBytes))) return false;
  return upToBytes === null ? objects > 0n || bytes === 0n : bytes <= objects * BigInt(upToBytes - 1);
}

const barName = (bar: HistogramRow): string => `${heldName(bar)} ${bar.upToBytes}`;

function orderFault(row: PrefixRow, before: PrefixRow | undefined, root: PrefixRow): string | undefined {
  if (!row.prefix.startsWith(root.prefix)) return '.prefix does not begin with the scanned prefix';
  return before && compareKeys(before.prefix, row.prefix) >= 0
    ? '.prefix stands out of order, or twice'
    : undefined;
}

/** A row includes everything below it, so the rows directly below it hold no more than it does, size by size. */
function childFault(rows: readonly PrefixRow[]): string | undefined {
  const open: { readonly prefix: Prefix; readonly at: number; readonly left: Map<string, bigint> }[] = [];
  return firstOf(rows, (row, at) => {
    while (open.length > 0 && !row.prefix.startsWith(open.at(-1)!.prefix)) open.pop();
    const above = open.at(-1);
    open.push({
      prefix: row.prefix,
      at,
      left: new Map(
        row.histogram.flatMap((bar) => [
          [`objects ${barName(bar)}`, bar.objects],
          [`bytes ${barName(bar)}`, bar.bytes],
        ]),
      ),
    });
    const fits = row.histogram.every((bar) => above === undefined || taken(above.left, bar));
    return fits ? undefined : `prefixes[${above?.at}] holds less than what is below it`;
  });
}

function taken(left: Map<string, bigint>, bar: HistogramRow): boolean {
  return (['objects', 'bytes'] as const).every((sum) => {
    const name = `${sum} ${barName(bar)}`;
    const rest = (left.get(name) ?? 0n) - bar[sum];
    left.set(name, rest);
    return rest >= 0n;
  });
}
