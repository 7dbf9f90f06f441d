/** What the columnar files of a report say of themselves, read from their ends alone; all must have the same columns. */
import pLimit from 'p-limit';
import type { InventoryFormat } from '../../inventory/manifest.js';
import type { FoundFile } from '../../inventory/report-ports.js';
import { raise } from '../../kernel/errors.js';
import { printable } from '../../kernel/s3.js';
import { openColumns } from './column-formats.js';
import type { ReportBucket } from './report-bucket.js';

export interface FileColumns {
  /** In the order of the files' own. */
  readonly columns: readonly string[];
  readonly unknown: readonly string[];
  /** Of each file, in the order given. */
  readonly rows: readonly number[];
}

/** Requests in flight. */
const ENDS = 16;

/** Errors: COLUMNS_UNREADABLE, INVENTORY_UNQUERYABLE, OBJECT_CHANGED, OBJECT_MISSING, those of the store. */
export async function fileColumns(
  files: readonly FoundFile[],
  format: Exclude<InventoryFormat, 'CSV'>,
  bucketOf: (root: string) => Promise<ReportBucket>,
): Promise<FileColumns> {
  const limit = pLimit(ENDS);
  const opened = await Promise.all(files.map((file) => limit(openEnd, file, format, bucketOf)));
  const { columns, unknown } = opened[0]!;
  const other = opened.findIndex((one) => one.columns.join('\n') !== columns.join('\n'));
  if (other > 0)
    raise('INVENTORY_UNQUERYABLE', {
      why: `file "${printable(files[other]!.key)}" has other columns than "${printable(files[0]!.key)}"`,
    });
  return { columns, unknown, rows: opened.map(({ rows }) => rows) };
}

async function openEnd(
  file: FoundFile,
  format: Exclude<InventoryFormat, 'CSV'>,
  bucketOf: (root: string) => Promise<ReportBucket>,
) {
  const bucket = await bucketOf(file.root);
  const { columns, unknown, rows } = await openColumns(format, {
    name: file.key,
    size: file.size,
    read: (from, length) => bucket.range({ key: file.at, etag: file.etag }, from, from + length),
  });
  return { columns, unknown, rows };
}
