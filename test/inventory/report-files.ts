/** Reports of S3 Inventory made for tests: laid out, encoded and checksummed as S3 does it. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

export interface InventoryRow {
  readonly key: string;
  readonly size?: number;
  readonly storageClass?: string;
  readonly accessTier?: string;
  readonly isLatest?: boolean;
  readonly isDeleteMarker?: boolean;
}

export const allColumns = [
  'Bucket',
  'Key',
  'VersionId',
  'IsLatest',
  'IsDeleteMarker',
  'Size',
  'LastModifiedDate',
  'ETag',
  'StorageClass',
  'IntelligentTieringAccessTier',
];

/** Form encoding, as S3 writes keys in CSV. */
const encoded = (key: string): string =>
  encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/').replaceAll('*', '%2A');

const fieldOf: Readonly<Record<string, (row: InventoryRow) => string>> = {
  Bucket: () => 'lake',
  Key: ({ key }) => encoded(key),
  VersionId: () => '',
  IsLatest: ({ isLatest = true }) => String(isLatest),
  IsDeleteMarker: ({ isDeleteMarker = false }) => String(isDeleteMarker),
  Size: ({ size, isDeleteMarker }) => (isDeleteMarker || size === undefined ? '' : String(size)),
  LastModifiedDate: () => '2026-11-20T10:00:00.000Z',
  ETag: ({ key, isDeleteMarker }) => (isDeleteMarker ? '' : createHash('md5').update(key).digest('hex')),
  StorageClass: ({ storageClass = 'STANDARD', isDeleteMarker }) => (isDeleteMarker ? '' : storageClass),
  IntelligentTieringAccessTier: ({ accessTier = '' }) => accessTier,
};

export const csvText = (rows: readonly InventoryRow[], columns: readonly string[] = allColumns): string =>
  rows
    .map(
      (row) =>
        `${columns.map((name) => `"${(fieldOf[name]?.(row) ?? '').replaceAll('"', '""')}"`).join(',')}\n`,
    )
    .join('');

export interface ReportFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What the manifest says, where it lies. */
  readonly said?: { readonly size?: number; readonly MD5checksum?: string };
  /** The manifest names it, and it is not there. */
  readonly isMissing?: boolean;
}

export const csvFile = (
  name: string,
  rows: readonly InventoryRow[],
  columns?: readonly string[],
): ReportFile => ({
  name,
  bytes: gzipSync(csvText(rows, columns)),
});

export interface ReportForm {
  /** The bucket it is of: "lake" when nothing is said. */
  readonly of?: string;
  readonly format?: 'CSV' | 'ORC' | 'Parquet';
  readonly columns?: readonly string[];
  /** Of ORC and Parquet, instead of the columns. */
  readonly schema?: string;
  /** Milliseconds since 1970. */
  readonly createdAt?: number;
  readonly checksum?: string | false;
}

export const reportTime = Date.UTC(2026, 10, 24, 1);
const prefix = 'inventory/lake/all';
export const manifestKey = `${prefix}/2026-11-24T01-00Z/manifest.json`;
export const keyOf = (file: Pick<ReportFile, 'name'>): string => `${prefix}/data/${file.name}`;
export const md5Of = (bytes: Uint8Array | string): string => createHash('md5').update(bytes).digest('hex');

/** Every object of the report by its key. */
export function reportObjects(
  files: readonly ReportFile[],
  form: ReportForm = {},
): ReadonlyMap<string, Uint8Array> {
  const manifest = Buffer.from(
    JSON.stringify(
      {
        sourceBucket: form.of ?? 'lake',
        destinationBucket: 'arn:aws:s3:::reports',
        version: '2016-11-30',
        creationTimestamp: String(form.createdAt ?? reportTime),
        fileFormat: form.format ?? 'CSV',
        fileSchema: form.schema ?? (form.columns ?? allColumns).join(', '),
        files: files.map((file) => ({
          key: keyOf(file),
          size: file.bytes.length,
          MD5checksum: md5Of(file.bytes),
          ...file.said,
        })),
      },
      undefined,
      2,
    ),
  );
  const checksum = form.checksum ?? `${md5Of(manifest)}\n`;
  return new Map<string, Uint8Array>([
    [manifestKey, manifest],
    ...(checksum === false
      ? []
      : [[manifestKey.replace('.json', '.checksum'), Buffer.from(checksum)] as const]),
    ...files.filter(({ isMissing }) => !isMissing).map((file) => [keyOf(file), file.bytes] as const),
  ]);
}

/** Laid out below a folder that stands for the bucket of the report; the address of its manifest. */
export function writeReport(folder: string, files: readonly ReportFile[], form?: ReportForm): string {
  for (const [key, bytes] of reportObjects(files, form)) {
    mkdirSync(dirname(join(folder, key)), { recursive: true });
    writeFileSync(join(folder, key), bytes);
  }
  return `file://${folder}/${manifestKey}`;
}
