/** All that reading a report takes, joined: its store, the threads, the folder of local copies, and the parts kept beside a document. */
import { rm } from 'node:fs/promises';
import type { TallyOptions, TallyPart } from '../../inventory/inventory-tally.js';
import type { InventoryFormat } from '../../inventory/manifest.js';
import type { ManifestPlace } from '../../inventory/manifest-place.js';
import type { FileScanner, FoundFile, ReportStore } from '../../inventory/report-ports.js';
import { makeLocalFolder } from '../files/local-folder.js';
import { type FileColumns, fileColumns } from './file-columns.js';
import { type KeptParts, openKeptParts } from './kept-parts.js';
import { openReportBucket, type Reach, type ReportBucket } from './report-bucket.js';
import { openReportStore } from './report-store.js';
import { openScanPool, type ScanPool } from './scan-pool.js';

export interface OpenedInventory {
  readonly store: ReportStore;
  bucketRegion(): string | undefined;
  openScanner(options: TallyOptions): Promise<FileScanner<TallyPart>>;
  columnsOf(files: readonly FoundFile[], format: Exclude<InventoryFormat, 'CSV'>): Promise<FileColumns>;
  keptParts(out: string, names: readonly string[]): Promise<KeptParts<TallyPart>>;
  requests(): { readonly put: number; readonly get: number; readonly list: number };
  close(): Promise<void>;
}

/** `aws`: how S3 is reached, where the place is in S3. Errors: those of the store. */
export async function openInventory(
  place: ManifestPlace,
  aws: Omit<Reach & { readonly scheme: 's3' }, 'scheme'>,
): Promise<OpenedInventory> {
  const reach: Reach = place.scheme === 's3' ? { scheme: 's3', ...aws } : { scheme: 'file' };
  const store = await openReportStore(place, reach);
  let pool: ScanPool<TallyPart> | undefined;
  let folder: string | undefined;
  const buckets = new Map<string, ReportBucket>();
  const bucketOf = async (root: string): Promise<ReportBucket> => {
    const open = buckets.get(root) ?? (await openReportBucket(reach, root));
    // Two that were opened at once count as one from here on.
    const bucket = buckets.get(root) ?? open;
    buckets.set(root, bucket);
    return bucket;
  };
  return {
    store,
    bucketRegion: store.region,
    openScanner: async (options) => {
      if (reach.scheme === 's3') folder = await makeLocalFolder();
      pool = openScanPool({ reach, options, ...(folder !== undefined && { folder }) });
      return pool;
    },
    columnsOf: (files, format) => fileColumns(files, format, bucketOf),
    keptParts: async (out, names) => openKeptParts(`${out}.partial`, names),
    requests: () => {
      const ends = [...buckets.values()].reduce((sum, bucket) => sum + bucket.requests(), 0);
      return { put: 0, get: store.requests() + (pool?.requests() ?? 0) + ends, list: 0 };
    },
    close: async () => {
      pool?.close();
      // A thread that still writes would fill the folder again.
      await pool?.ended();
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}
