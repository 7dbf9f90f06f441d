/** A generated S3 Inventory report of eleven columns in several files, CSV.gz or Parquet, with its manifest. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

export type Format = 'csv' | 'parquet';

export interface ReportShape {
  readonly rows: number;
  /** Folders: half of them hours of tables, half folders of users. */
  readonly folders: number;
  readonly files: number;
  /** Ids that count on instead of random ones: made and packed faster by far, for reports so large that only memory is asked for. */
  readonly isPlain?: boolean;
}

export const schema = [
  'Bucket',
  'Key',
  'Size',
  'LastModifiedDate',
  'StorageClass',
  'ETag',
  'IsMultipartUploaded',
  'ReplicationStatus',
  'EncryptionStatus',
  'IntelligentTieringAccessTier',
  'BucketKeyStatus',
];

/** Keys of 100 to 130 bytes, in order as S3 mostly writes them. Hours follow each other; a table holds a year. */
const rowsSql = ({ rows, folders, isPlain = false }: ReportShape, from: number, to: number): string => `
  WITH numbered AS (
    SELECT i, i * ${folders} // ${rows} AS folder, ${isPlain ? `printf('%032x', i)` : 'md5(i::VARCHAR)'} AS h FROM range(${from}, ${to}) t(i)
  ), placed AS (
    SELECT *, folder // 2 // 8760 AS table_no, folder // 2 % 8760 AS hour FROM numbered
  )
  SELECT
    'analytics-lake-prod' AS bucket,
    CASE WHEN i * 2 < ${rows}
      THEN printf('lake/team-%02d/events_%05d/', (folder // 8760 % 17)::INT, (folder // 8760)::INT)
        || strftime(TIMESTAMP '2025-01-01' + to_hours((folder % 8760)::INT), 'year=%Y/month=%m/day=%d/hour=%H/')
      ELSE printf('users/%08d/exports-and-attachments-by-month-', folder::INT)
    END || printf('part-%05d-', (i % 100000)::INT) || h[1:8] || '-' || h[9:12] || '-' || h[13:16] || '-' || h[17:20]
      || '-' || h[21:32] || '.c000.snappy.parquet' AS key,
    CASE WHEN i % 11 = 0 THEN 200000000 + hash(i) % 1000000000 ELSE hash(i) % 400000 END::BIGINT AS size,
    TIMESTAMP '2026-01-01' + to_seconds((hash(i) % 20000000)::INT) AS last_modified_date,
    CASE hash(i // 5000) % 4 WHEN 0 THEN 'STANDARD_IA' WHEN 1 THEN 'INTELLIGENT_TIERING' ELSE 'STANDARD' END AS storage_class,
    ${isPlain ? 'h' : 'md5(h)'} AS e_tag,
    i % 11 = 0 AS is_multipart_uploaded,
    NULL::VARCHAR AS replication_status,
    'SSE-S3' AS encryption_status,
    CASE WHEN hash(i // 5000) % 4 = 1 THEN 'FREQUENT' END AS intelligent_tiering_access_tier,
    'DISABLED' AS bucket_key_status
  FROM placed`;

const csvSql = (rows: string): string => `
  SELECT bucket, replace(key, '=', '%3D'), size, strftime(last_modified_date, '%Y-%m-%dT%H:%M:%S.000Z'), storage_class,
    e_tag, is_multipart_uploaded, coalesce(replication_status, ''), encryption_status,
    coalesce(intelligent_tiering_access_tier, ''), bucket_key_status
  FROM (${rows})`;

export async function writeReport(folder: string, format: Format, shape: ReportShape): Promise<void> {
  const data = join(folder, 'inventory', 'data');
  await mkdir(data, { recursive: true });
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  for (let file = 0; file < shape.files; file++) {
    const edge = (n: number): number => Math.floor((shape.rows * n) / shape.files);
    const rows = rowsSql(shape, edge(file), edge(file + 1));
    const path = join(data, `${String(file).padStart(4, '0')}.${format === 'csv' ? 'csv.gz' : 'parquet'}`);
    await connection.run(
      format === 'csv'
        ? `COPY (${csvSql(rows)}) TO '${path}' (FORMAT csv, HEADER false, FORCE_QUOTE *, COMPRESSION gzip)`
        : `COPY (${rows}) TO '${path}' (FORMAT parquet, COMPRESSION snappy)`,
    );
  }
  const names = (await readdir(data)).sort();
  const manifest = {
    sourceBucket: 'analytics-lake-prod',
    destinationBucket: 'arn:aws:s3:::inventory',
    version: '2016-11-30',
    creationTimestamp: '1795651200000',
    fileFormat: format === 'csv' ? 'CSV' : 'Parquet',
    fileSchema: format === 'csv' ? schema.join(', ') : 'message s3.inventory { }',
    files: await Promise.all(
      names.map(async (name) => ({
        key: `inventory/data/${name}`,
        size: (await stat(join(data, name))).size,
        MD5checksum: await md5Of(join(data, name)),
      })),
    ),
  };
  await mkdir(dirname(manifestIn(folder)), { recursive: true });
  await writeFile(manifestIn(folder), JSON.stringify(manifest));
}

export const manifestIn = (folder: string): string =>
  join(folder, 'inventory', '2026-11-26T00-00Z', 'manifest.json');

async function md5Of(path: string): Promise<string> {
  const hash = createHash('md5');
  for await (const bytes of createReadStream(path)) hash.update(bytes as Buffer);
  return hash.digest('hex');
}

/** What DuckDB needs to say the same of a report: objects and bytes by folder, class, tier and size. */
export const groupingSql = (folder: string, format: Format): string => {
  const from =
    format === 'csv'
      ? `read_csv('${folder}/inventory/data/*.csv.gz', header = false, all_varchar = true, quote = '"', names = [${schema.map((name) => `'${name}'`).join(', ')}])`
      : `read_parquet('${folder}/inventory/data/*.parquet')`;
  const [key, size, storageClass, tier] =
    format === 'csv'
      ? [
          `url_decode(replace("Key", '+', ' '))`,
          `"Size"::BIGINT`,
          '"StorageClass"',
          '"IntelligentTieringAccessTier"',
        ]
      : ['key', 'size', 'storage_class', 'intelligent_tiering_access_tier'];
  return `
    SELECT count(*), sum(objects)::VARCHAR, sum(bytes)::VARCHAR FROM (
      SELECT parse_dirpath(key) AS folder, class, tier, bar, count(*) AS objects, sum(amount) AS bytes
      FROM (
        SELECT ${key} AS key, ${size} AS amount, ${storageClass} AS class, ${tier} AS tier,
          CASE WHEN amount < 1 THEN 0 WHEN amount < 1024 THEN 1 WHEN amount < 4096 THEN 2 WHEN amount >= 4294967296 THEN 23
            ELSE floor(log2(amount))::INT - 9 END AS bar
        FROM ${from}
      ) GROUP BY ALL
    )`;
};
