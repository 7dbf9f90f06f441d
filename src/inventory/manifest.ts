/** The manifest of one S3 Inventory report: which files hold its rows, of which bucket and as of when; nothing in it is believed unseen. */
import { raise } from '../kernel/errors.js';
import { type Key, printable } from '../kernel/s3.js';

export const inventoryFormats = ['CSV', 'ORC', 'Parquet'] as const;
export type InventoryFormat = (typeof inventoryFormats)[number];

export interface ManifestFile {
  readonly key: Key;
  readonly size: number;
  /** Hex, lower case. */
  readonly md5: string;
}

export interface Manifest {
  /** The bucket whose objects the rows are. */
  readonly sourceBucket: string;
  /** The bucket the report was written to. */
  readonly destinationBucket: string;
  /** When the scan for the report began, in milliseconds since 1970. */
  readonly createdAt: number;
  readonly format: InventoryFormat;
  /** The columns of CSV files in their order. ORC and Parquet files name theirs, and only those count. */
  readonly columns: readonly string[];
  /** None when the bucket was empty. */
  readonly files: readonly ManifestFile[];
}

/** S3 User Guide, "Inventory manifest": the only version there has been. */
const VERSION = '2016-11-30';
/** As names were allowed to be in us-east-1 before 2018; a directory bucket's fits too. */
const bucketName = /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/;
/** The last instant a Date can tell. */
const LAST_INSTANT = 8.64e15;

type Fields = Readonly<Record<string, unknown>>;

/** `source` names the manifest in messages. Errors: MANIFEST_INVALID. */
export function parseManifest(bytes: Uint8Array, source: string): Manifest {
  const refuse = (why: string): never => raise('MANIFEST_INVALID', { source, why });
  const fields = objectOf(parsed(bytes, refuse)) ?? refuse('it is not a JSON object');
  const text = (name: string): string => {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (value === undefined) return refuse(`${name} is missing`);
    return typeof value === 'string' ? value : refuse(`${name} is not a text`);
  };
  const version = text('version');
  if (version !== VERSION)
    refuse(`version is ${quoted(version)}, and ${VERSION} is the one this program reads`);
  const format = inventoryFormats.find((name) => name.toLowerCase() === text('fileFormat').toLowerCase());
  if (!format) return refuse(`fileFormat ${quoted(text('fileFormat'))} is not CSV, ORC or Parquet`);
  const sourceBucket = text('sourceBucket');
  if (!bucketName.test(sourceBucket)) refuse(`sourceBucket ${quoted(sourceBucket)} is not a bucket name`);
  return {
    sourceBucket,
    destinationBucket: bucketOfArn(text('destinationBucket'), refuse),
    createdAt: instantOf(text('creationTimestamp'), refuse),
    format,
    columns: format === 'CSV' ? columnsOf(text('fileSchema'), refuse) : [],
    files: filesOf(fields.files, refuse),
  };
}

type Refuse = (why: string) => never;

function parsed(bytes: Uint8Array, refuse: Refuse): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuse('it is not UTF-8');
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    return refuse(`it is not JSON (${printable((cause as Error).message)})`);
  }
}

const objectOf = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;

/** A hostile text stays short and harmless in a message. */
const quoted = (text: string): string =>
  `"${printable(text.length > 100 ? `${text.slice(0, 100)}…` : text)}"`;

/** "arn:aws:s3:::bucket", of any partition. */
function bucketOfArn(arn: string, refuse: Refuse): string {
  const name = /^arn:aws[a-z-]*:s3:::(.+)$/s.exec(arn)?.[1];
  return name !== undefined && bucketName.test(name)
    ? name
    : refuse(`destinationBucket ${quoted(arn)} is not the ARN of a bucket`);
}

function instantOf(text: string, refuse: Refuse): number {
  const instant = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return instant <= LAST_INSTANT
    ? instant
    : refuse(`creationTimestamp ${quoted(text)} is not milliseconds since 1970`);
}

function columnsOf(schema: string, refuse: Refuse): readonly string[] {
  const names = schema.split(',').map((name) => name.trim());
  if (names.includes('')) refuse(`fileSchema ${quoted(schema)} has a column without a name`);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) refuse(`fileSchema names column ${quoted(twice)} twice`);
  if (!names.includes('Key')) refuse('fileSchema has no column Key');
  return names;
}

function filesOf(value: unknown, refuse: Refuse): readonly ManifestFile[] {
  if (value === undefined) return refuse('files is missing');
  if (!Array.isArray(value)) return refuse('files is not a list');
  const places = new Map<Key, number>();
  return value.map((item: unknown, at) => {
    const file = fileOf(item, `files[${at}]`, refuse);
    const first = places.get(file.key);
    if (first !== undefined)
      refuse(`files[${first}] and files[${at}] are both ${quoted(file.key)}, whose rows would count twice`);
    places.set(file.key, at);
    return file;
  });
}

function fileOf(value: unknown, path: string, refuse: Refuse): ManifestFile {
  const { key, size, MD5checksum: md5 } = objectOf(value) ?? refuse(`${path} is not an object`);
  if (typeof key !== 'string' || key === '') return refuse(`${path}.key is not a key`);
  if (!Number.isSafeInteger(size) || (size as number) < 0)
    refuse(`${path}.size of ${quoted(key)} is not a whole number of bytes`);
  if (typeof md5 !== 'string' || !/^[0-9a-f]{32}$/i.test(md5))
    return refuse(`${path}.MD5checksum of ${quoted(key)} is not 32 hexadecimal digits`);
  return { key, size: size as number, md5: md5.toLowerCase() };
}

/** What manifest.checksum says, hex in lower case; a line end follows it. Errors: MANIFEST_INVALID. */
export function parseChecksum(bytes: Uint8Array, source: string): string {
  const text = new TextDecoder().decode(bytes.subarray(0, 100)).trim();
  return /^[0-9a-f]{32}$/i.test(text)
    ? text.toLowerCase()
    : raise('MANIFEST_INVALID', { source, why: 'its checksum file does not hold 32 hexadecimal digits' });
}
