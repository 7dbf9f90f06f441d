/** Where a report lies: an address is a manifest by its name, and a copy on disk is searched for its data files in few, known folders. */
import { type Key, type Location, parseLocation } from '../kernel/s3.js';

/** As one object, not as a folder. */
export type ManifestPlace =
  | { readonly scheme: 's3'; readonly bucket: string; readonly key: Key }
  /** An absolute path. */
  | { readonly scheme: 'file'; readonly path: string };

const NAME = 'manifest.json';

/** Whether an address names the manifest of a report. A copy may have a longer name, as "may_manifest.json". */
export const isManifest = (uri: string): boolean => uri.endsWith(NAME);

/** Errors: URI_INVALID, BUCKET_INVALID. */
export function manifestPlace(uri: string): ManifestPlace {
  const location: Location = parseLocation(uri);
  if (location.scheme === 'file') return { scheme: 'file', path: location.root };
  // An address of a prefix was made a folder's.
  return { scheme: 's3', bucket: location.bucket, key: location.prefix.slice(0, -1) };
}

/** "…/manifest.json" has its MD5 in "…/manifest.checksum". */
export const checksumOf = (manifest: string): string => `${manifest.slice(0, -'json'.length)}checksum`;

export interface FilePlace {
  /** An absolute path: the folder that stands for the bucket. */
  readonly root: string;
  readonly key: Key;
}

/**
 * Where a data file of a report on disk may lie, likeliest first. S3 writes a manifest and its files below one prefix, so a
 * folder above the manifest stands for the bucket only when the way from it to the manifest begins as the key does. Where
 * the folders were not kept, the file lies beside the manifest by its name alone.
 */
export function filePlaces(manifestPath: string, key: Key): readonly FilePlace[] {
  const names = manifestPath.split('/');
  const [first] = key.split('/');
  const places: FilePlace[] = [];
  for (let at = names.length - 2; at > 0; at--)
    if (names[at] === first) places.push({ root: names.slice(0, at).join('/') || '/', key });
  const beside = names.slice(0, -1).join('/') || '/';
  places.push({ root: beside, key: key.slice(key.lastIndexOf('/') + 1) });
  return places;
}
