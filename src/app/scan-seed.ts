/** An earlier scan tells where the objects of a bucket lie, so that a new listing is parted before its first page. */
import { parseJson } from '../documents.js';
import type { Landmark } from '../inventory/key-cuts.js';
import { raise } from '../kernel/errors.js';
import { compareKeys, type Location, locationText } from '../kernel/s3.js';
import type { PrefixRow } from '../prefixes/scan.js';
import { scanFromJson } from '../prefixes/scan-json.js';
import type { Surroundings } from './surroundings.js';

/** Errors: FILE_MISSING, DOCUMENT_UNREADABLE, SCAN_INVALID, ARGUMENT_INVALID for a scan of another place. */
export async function landmarksFrom(
  given: Surroundings,
  path: string,
  location: Location,
): Promise<readonly Landmark[]> {
  const scan = scanFromJson(parseJson(await given.files.read(path), path), path);
  const root = locationText({ ...location, prefix: '' });
  if (!scan.source.startsWith(root))
    raise('ARGUMENT_INVALID', {
      field: '--seed',
      why: `${path} is a scan of ${scan.source}, not of ${root}`,
    });
  return landmarksOf(scan.prefixes.filter(({ prefix }) => prefix.startsWith(location.prefix)));
}

/** What lies directly at each row: its own objects less those of the rows below it. */
export function landmarksOf(rows: readonly PrefixRow[]): readonly Landmark[] {
  const own = new Map<string, number>();
  const above: { readonly prefix: string }[] = [];
  for (const { prefix, tallies } of [...rows].sort((a, b) => compareKeys(a.prefix, b.prefix))) {
    const objects = tallies.reduce((sum, tally) => sum + Number(tally.objects), 0);
    while (above.length > 0 && !prefix.startsWith(above.at(-1)!.prefix)) above.pop();
    const parent = above.at(-1);
    if (parent) own.set(parent.prefix, (own.get(parent.prefix) ?? 0) - objects);
    own.set(prefix, objects);
    above.push({ prefix });
  }
  return [...own].filter(([key]) => key !== '').map(([key, objects]) => ({ key, objects }));
}
