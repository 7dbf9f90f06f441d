/** What reading an inventory report asks of the world. Two implementations of the store: folders and S3. */
import type { Key } from '../kernel/s3.js';
import type { InventoryFormat, ManifestFile } from './manifest.js';

/** A data file as it was found: the very bytes of this etag are what is read. */
export interface FoundFile extends ManifestFile {
  readonly etag: string;
  /** What stands for the bucket: its name, or the path of a folder. */
  readonly root: string;
  /** Its key there; a copy on disk may have lost the folders. */
  readonly at: Key;
}

export interface ReportStore {
  /** Undefined when there is none. Errors: MANIFEST_INVALID for one too large to be one, those of the store. */
  manifest(): Promise<ManifestBytes | undefined>;
  /** What the manifest calls by this key, as it is now; undefined when nothing is. Errors: those of the store. */
  find(key: Key): Promise<(Pick<FoundFile, 'etag' | 'root' | 'at'> & { readonly size: number }) | undefined>;
}

export interface ManifestBytes {
  readonly bytes: Uint8Array;
  /** Of manifest.checksum; absent when there is none. */
  readonly checksum?: Uint8Array;
  /** Lower-case hex. */
  readonly md5: string;
}

export interface FileProgress {
  readonly rows: number;
  /** Of the file as stored. */
  readonly bytes: number;
}

export interface FileResult<Part> extends FileProgress {
  /** What the rows of one file tally to. */
  readonly part: Part;
  /** All that the file has, as it writes them. */
  readonly columns: readonly string[];
  /** Those of them that S3 Inventory is not known to give. */
  readonly unknownColumns: readonly string[];
}

export interface FileJob {
  readonly file: FoundFile;
  readonly format: InventoryFormat;
  /** Of CSV, in their order. */
  readonly columns: readonly string[];
}

/** A pool of readers, each in a thread of its own. */
export interface FileScanner<Part> {
  /** How many files may be asked for at once, so that no reader ever waits for its next one. */
  readonly parallel: number;
  /**
   * Reads the whole file in one pass; progress is told now and then, since the last time.
   * Errors: INVENTORY_CORRUPT with the place, INVENTORY_CHANGED, SCANNER_ENDED, those of the store.
   */
  scan(job: FileJob, onProgress: (since: FileProgress) => void): Promise<FileResult<Part>>;
  /** Ends all readers at once; what is under way is never answered. */
  close(): void;
}

/** Parts of files that were read to their end, kept so that an interrupted scan can go on. */
export interface PartStore<Part> {
  /** Undefined when it is not kept, or is damaged. */
  read(file: FoundFile): Promise<FileResult<Part> | undefined>;
  keep(file: FoundFile, result: FileResult<Part>): Promise<void>;
}
