/** The list of files a query says it wrote, one address a line. Athena API Reference, "DataManifestLocation". */
import type { ObjectStore } from '../../compaction/ports.js';
import { raise } from '../../kernel/errors.js';
import { type Key, type Prefix, parseLocation, printable } from '../../kernel/s3.js';

interface Place {
  readonly store: ObjectStore;
  readonly bucket: string;
}

/**
 * The keys of all manifests; undefined when one of them cannot be read, as where Athena keeps results itself: then the
 * listing and the rows must do. A name outside the attempt's own path is believed by nobody. Errors: ENGINE_FAILED.
 */
export async function manifestKeys(
  places: readonly Place[],
  manifests: readonly string[],
  own: { readonly bucket: string; readonly path: Prefix },
): Promise<ReadonlySet<Key> | undefined> {
  const keys = new Set<Key>();
  if (manifests.length === 0) return undefined;
  for (const manifest of manifests) {
    const text = await textAt(places, manifest);
    if (text === undefined) return undefined;
    for (const line of text.split('\n').map((one) => one.trim().replace(/^"(.*)"$/, '$1')))
      if (line !== '') keys.add(ownKey(line, own));
  }
  return keys;
}

async function textAt(places: readonly Place[], address: string): Promise<string | undefined> {
  const at = parseLocation(address);
  if (at.scheme !== 's3') return undefined;
  const place = places.find(({ bucket }) => bucket === at.bucket);
  const found = await place?.store.read(at.prefix.replace(/\/$/, ''));
  return found && new TextDecoder().decode(found.body);
}

function ownKey(address: string, { bucket, path }: { readonly bucket: string; readonly path: Prefix }): Key {
  const start = `s3://${bucket}/`;
  const key = address.startsWith(start) ? address.slice(start.length) : '';
  if (key.startsWith(path) && key.length > path.length) return key;
  return raise('ENGINE_FAILED', {
    engine: 'athena',
    partition: 'the hour',
    why: `its manifest names "${printable(address)}", which is not below its own path`,
  });
}
