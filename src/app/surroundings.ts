/** What the program is given: every effect it can have comes in here, so a test can hold them all. */
import type { CompactionPorts } from '../compaction/run.js';
import type { TableConfig } from '../config.js';
import type { ObjectLister } from '../inventory/ports.js';
import type { Clock } from '../kernel/clock.js';
import type { Location } from '../kernel/s3.js';
import type { RequestCounts } from '../prefixes/scan.js';
import type { BillFiles } from '../reconcile/ports.js';

export interface Surroundings {
  readonly clock: Clock;
  readonly files: TextFiles;
  /** Bills of AWS, which are too large to be read whole. */
  readonly bills: BillFiles;
  /** Where AWS calls go unless a document or flag says otherwise. */
  readonly region: string | undefined;
  /** The text of pricing/<region>.json, or undefined when there is none. */
  rateCards(region: string): Promise<string | undefined>;
  /** The Regions there are rate cards for. */
  regions(): Promise<readonly string[]>;
  openLister(location: Location): Promise<OpenLister>;
  /** `region`: where its AWS calls go. */
  openCompaction(table: TableConfig, region: string | undefined): Promise<OpenCompaction>;
  /** A sample lake in `dir`, made when there is none; `root` is its absolute path. Errors: FOLDER_OCCUPIED. */
  makeSampleLake(dir: string): Promise<{ readonly root: string; readonly made: boolean }>;
}

export interface TextFiles {
  /** "-" is standard input. Errors: FILE_MISSING, PERMISSION_DENIED. */
  read(path: string): Promise<string>;
  /** Whole or not at all: an interrupted write leaves the old file. */
  write(path: string, text: string): Promise<void>;
  exists(path: string): Promise<boolean>;
}

export interface OpenLister {
  readonly lister: ObjectLister;
  /** Requests made so far, as S3 would bill them. */
  requests(): RequestCounts;
}

export interface OpenCompaction {
  /** All but the price, which the program adds. */
  readonly ports: Omit<CompactionPorts, 'price'>;
  requests(): RequestCounts;
  /** Removes local copies and ends child processes. */
  close(): Promise<void>;
}

/** How a long use case speaks while it works, and how it is stopped. */
export interface Watch {
  readonly progress: (text: string) => void;
  readonly note: (text: string) => void;
  readonly signal: AbortSignal;
}
