/** One file from its bytes to the tally: CSV as it streams, a columnar file part by part once its bytes are known to be right. */
import { crc32 } from 'node:zlib';
import { unknownColumns } from '../../inventory/csv-columns.js';
import type { InventoryTally } from '../../inventory/inventory-tally.js';
import type { InventoryFormat } from '../../inventory/manifest.js';
import type { FileJob, FileProgress, FileResult, FoundFile } from '../../inventory/report-ports.js';
import { openColumns } from './column-formats.js';
import { checkedBytes, openChecked, refuseFile } from './file-bytes.js';
import type { ReportBucket } from './report-bucket.js';

/** Where one file is read from, and what counts its rows. */
export interface Reading {
  readonly bucket: ReportBucket;
  /** For local copies; absent where files are read in place. */
  readonly folder: string | undefined;
  readonly tally: InventoryTally;
  /** Hears what came since the last time. */
  readonly tell: (since: FileProgress) => void;
}

type Read = Omit<FileResult<never>, 'part' | 'bytes'>;

/** Errors: INVENTORY_CORRUPT, INVENTORY_CHANGED, INVENTORY_ROW_INVALID, COLUMNS_UNREADABLE, those of the store. */
export async function scanFile(job: FileJob, reading: Reading): Promise<Read> {
  return job.format === 'CSV'
    ? await scanCsv(job, reading)
    : await scanColumns(job.file, job.format, reading);
}

async function scanCsv({ file, columns }: FileJob, { bucket, tally, tell }: Reading): Promise<Read> {
  const csv = tally.addGzipCsv({ file: file.key, columns }, crc32);
  for await (const bytes of checkedBytes(bucket, file, (count) => tell({ rows: 0, bytes: count })))
    csv.take(bytes);
  return { rows: csv.end(), columns, unknownColumns: unknownColumns(columns) };
}

async function scanColumns(
  file: FoundFile,
  format: Exclude<InventoryFormat, 'CSV'>,
  reading: Reading,
): Promise<Read> {
  const { bucket, folder, tally, tell } = reading;
  const bytes = await openChecked(bucket, file, folder, (count) => tell({ rows: 0, bytes: count }));
  try {
    const opened = await openColumns(format, { name: file.key, size: file.size, read: bytes.read });
    let rows = 0;
    for (const part of opened.parts.keys())
      for await (const batch of opened.batches(part)) {
        tally.addBatch(batch, file.key);
        rows += batch.rows;
        tell({ rows: batch.rows, bytes: 0 });
      }
    if (rows !== opened.rows)
      refuseFile(file, '', `it holds ${rows} rows, and its footer says ${opened.rows}`);
    return { rows, columns: opened.columns, unknownColumns: opened.unknown };
  } finally {
    await bytes.close();
  }
}
