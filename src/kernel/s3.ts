/** The words of S3: an address is parsed once, at the door, into a value that is then trusted. */
import { raise } from './errors.js';

export const storageClasses = [
  'STANDARD',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
  'GLACIER',
  'DEEP_ARCHIVE',
  'EXPRESS_ONEZONE',
  'REDUCED_REDUNDANCY',
] as const;
export type StorageClass = (typeof storageClasses)[number];

export const accessTiers = [
  'FREQUENT',
  'INFREQUENT',
  'ARCHIVE_INSTANT',
  'ARCHIVE_ACCESS',
  'DEEP_ARCHIVE_ACCESS',
] as const;
/** The access tiers inside INTELLIGENT_TIERING. */
export type AccessTier = (typeof accessTiers)[number];

const tierWords: Readonly<Record<string, AccessTier>> = {
  FREQUENT_ACCESS: 'FREQUENT',
  INFREQUENT_ACCESS: 'INFREQUENT',
  ARCHIVE_INSTANT_ACCESS: 'ARCHIVE_INSTANT',
  ARCHIVE: 'ARCHIVE_ACCESS',
  DEEP_ARCHIVE: 'DEEP_ARCHIVE_ACCESS',
};

export const isAccessTier = (text: string): text is AccessTier =>
  (accessTiers as readonly string[]).includes(text);

/** Sources spell the tiers with and without "_ACCESS"; one that is unknown is kept as it is. */
export const accessTierNamed = (text: string): string =>
  Object.hasOwn(tierWords, text) ? tierWords[text]! : text;

export const isStorageClass = (text: string): text is StorageClass =>
  (storageClasses as readonly string[]).includes(text);

/** A key is any text of 1 to 1024 UTF-8 bytes; it is data, never a path and never part of a query. */
export type Key = string;
/** The beginning of keys; "" is the whole bucket. */
export type Prefix = string;

/** One object, or one version of it, as a listing or an inventory names it. */
export interface ObjectRecord {
  readonly key: Key;
  /** NaN where the source does not say. */
  readonly size: number;
  /** Opaque; equal etags mean equal bytes within one store. */
  readonly etag: string;
  /** As the source gave it: an unknown class is kept and reported, never guessed. */
  readonly storageClass: string;
  /** Milliseconds since 1970, where the source says. */
  readonly modifiedAt?: number;
  readonly versionId?: string;
  /** Of INTELLIGENT_TIERING, where the source says. */
  readonly accessTier?: string;
  /** False for a noncurrent version. */
  readonly isLatest?: boolean;
  readonly isDeleteMarker?: boolean;
}

/** Where objects lie: a bucket, or a folder on disk that stands for one. */
export type Location =
  | { readonly scheme: 's3'; readonly bucket: string; readonly prefix: Prefix }
  | { readonly scheme: 'file'; readonly root: string; readonly prefix: Prefix };

const bucketName = /^(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** S3 User Guide, "Directory bucket naming rules": they list without an order, and only by folders. */
export const isDirectoryBucket = (bucket: string): boolean => /--[a-z0-9-]+--x-s3$/.test(bucket);

/** A prefix that names a folder ends in "/" unless it is empty: "day=1" must never match "day=10". */
export const asFolder = (prefix: string): Prefix =>
  prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;

/** "a/b/c/" → "a/b/", "//" → "/", "/" → "": always shorter, whatever a key begins with. */
export const parentOf = (prefix: Prefix): Prefix => prefix.slice(0, prefix.slice(0, -1).lastIndexOf('/') + 1);

/**
 * "s3://bucket/prefix" or "file:///dir" → Location. A prefix is taken as a folder.
 * Errors: URI_INVALID, BUCKET_INVALID.
 */
export function parseLocation(uri: string): Location {
  const s3 = /^s3:\/\/([^/]*)(?:\/(.*))?$/s.exec(uri);
  if (s3) {
    const bucket = s3[1]!;
    if (!bucketName.test(bucket) || bucket.includes('..')) raise('BUCKET_INVALID', { bucket });
    return { scheme: 's3', bucket, prefix: asFolder(s3[2] ?? '') };
  }
  if (uri.startsWith('file://')) return { scheme: 'file', root: filePath(uri), prefix: '' };
  return raise('URI_INVALID', { uri });
}

function filePath(uri: string): string {
  const rest = uri.slice('file://'.length).replace(/^localhost(?=\/)/, '');
  // No file system has a NUL in a name.
  if (!rest.startsWith('/') || /%00|\0/.test(rest)) raise('URI_INVALID', { uri: printable(uri) });
  try {
    return decodeURIComponent(rest);
  } catch {
    return raise('URI_INVALID', { uri });
  }
}

/** One place has one text: a path without "." and "..", without doubled slashes. */
export function placeText(at: Location): string {
  if (at.scheme === 's3') return `s3://${at.bucket}/${at.prefix}`;
  const names: string[] = [];
  for (const name of at.root.split('/'))
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  return asFolder(`file:///${names.join('/')}`);
}

export const isOnePlace = (a: Location, b: Location): boolean => placeText(a) === placeText(b);

/** One lies in the other, or both are one. */
export const overlap = (a: Location, b: Location): boolean =>
  placeText(a).startsWith(placeText(b)) || placeText(b).startsWith(placeText(a));

export function locationText(location: Location): string {
  return location.scheme === 's3'
    ? `s3://${location.bucket}/${location.prefix}`
    : `file://${encodeURI(location.root)}${location.root.endsWith('/') ? '' : '/'}${location.prefix}`;
}

/** UTF-8 byte order, the order of S3 listings. JavaScript's own order differs outside the BMP. */
export function compareKeys(a: string, b: string): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return utf8Rank(x) - utf8Rank(y);
  }
  return a.length - b.length;
}

/** Surrogates (U+10000 and above) sort after every other UTF-16 unit, as their UTF-8 bytes do. */
const utf8Rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

/** Control characters would let a hostile key write to a terminal, marks of direction and of no width let it look like another; shown as \u escapes. */
export function printable(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
    /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
