/** What the program is given: every effect it can have comes in here, so a test can hold them all. */
import type { CompactionPorts } from '../compaction/run.js';
import type { DescribedTable } from '../compaction/schema.js';
import type { CatalogTable } from '../config/columns.js';
import type { NotifyConfig } from '../config/notify.js';
import type { QuerySettings } from '../config/scan-engine.js';
import type { KnownTable, TableConfig } from '../config.js';
import type { TallyOptions, TallyPart } from '../inventory/inventory-tally.js';
import type { InventoryFormat } from '../inventory/manifest.js';
import type { ManifestPlace } from '../inventory/manifest-place.js';
import type { KeyPager, ListPage, ObjectLister } from '../inventory/ports.js';
import type { QueryEngine } from '../inventory/query-ports.js';
import type { FileScanner, FoundFile, PartStore, ReportStore } from '../inventory/report-ports.js';
import type { KeptPosition } from '../inventory/scan-position.js';
import type { Clock } from '../kernel/clock.js';
import type { Finding } from '../kernel/finding.js';
import type { Location, ObjectRecord } from '../kernel/s3.js';
import type { RequestCounts } from '../prefixes/scan.js';
import type { PriceListDocument } from '../pricing/price-list.js';
import type { BillFiles } from '../reconcile/ports.js';
import type { Notifier } from '../schedule/ports.js';

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
  /** The price files of a folder, of the program's own when none is named. */
  openPriceFolder(dir: string | undefined): Promise<PriceFolder>;
  /** A price file of AWS; "-" is standard input. Errors: FILE_MISSING, PRICE_LIST_UNREADABLE. */
  readPriceList(path: string): Promise<PriceListDocument>;
  openLister(location: Location, how?: { readonly hasVersions: boolean }): Promise<OpenLister>;
  /** Beside the document `out`; `names` is what a position depends on. */
  openPosition(out: string, names: readonly string[]): Promise<KeptPosition>;
  /** A report of S3 Inventory, by its manifest. */
  openInventory(place: ManifestPlace): Promise<OpenInventory>;
  /** What tallies a report where it lies; `region`: where its AWS calls go. */
  openQueryEngine(settings: QuerySettings, region: string): Promise<QueryEngine>;
  /** A text that nobody had before. */
  fresh(): string;
  /** Log files whose addresses begin with `uri`. Errors: URI_INVALID, FILE_MISSING, BUCKET_INVALID. */
  openLogs(uri: string): Promise<OpenLogs>;
  /** `region`: where its AWS calls go. */
  openCompaction(table: KnownTable, region: string | undefined): Promise<OpenCompaction>;
  /** A table of the catalog that the engine asks: Glue, or that of Trino. Errors: COLUMNS_UNKNOWN, PERMISSION_DENIED. */
  describeTable(place: CatalogTable, table: TableConfig, region: string | undefined): Promise<DescribedTable>;
  /** Errors: CONFIG_INVALID when the variable named for Slack holds no address. */
  openNotifiers(notify: NotifyConfig): Promise<readonly Notifier[]>;
  /** A sample lake in `dir`, made when there is none; `root` is its absolute path. Errors: FOLDER_OCCUPIED. */
  makeSampleLake(dir: string): Promise<{ readonly root: string; readonly made: boolean }>;
}

export interface PriceFolder {
  /** The Regions it has files for. Errors: FILE_MISSING. */
  regions(): Promise<readonly string[]>;
  /** The text of a Region's file, or undefined when there is none. */
  read(region: string): Promise<string | undefined>;
  /** All or none; what changed since it was read is left alone. Errors: CONDITION_FAILED. */
  replace(texts: readonly PriceText[]): Promise<void>;
}

export interface PriceText {
  readonly region: string;
  readonly before: string;
  readonly after: string;
}

export interface TextFiles {
  /** "-" is standard input. Errors: FILE_MISSING, FILE_INVALID, PERMISSION_DENIED. */
  read(path: string): Promise<string>;
  /** Whole or not at all: an interrupted write leaves the old file. */
  write(path: string, text: string): Promise<void>;
  /** Raises now what `write` would raise later. Errors: FILE_INVALID, PERMISSION_DENIED. */
  checkWritable(path: string): Promise<void>;
  exists(path: string): Promise<boolean>;
  /** In hex, of a file of any size. Errors: FILE_MISSING, PERMISSION_DENIED. */
  md5(path: string): Promise<string>;
}

/** By pages where they can be asked for in any order, and so in several streams. */
export type OpenLister = OpenListing & ({ readonly pager: KeyPager } | { readonly lister: ObjectLister });

interface OpenListing {
  /** Where the bucket lies, once it has said so. */
  bucketRegion?(): string | undefined;
  /** Requests made so far, as S3 would bill them. */
  requests(): RequestCounts;
  close?(): void;
}

export interface OpenInventory {
  readonly store: ReportStore;
  /** Where the bucket of the report lies, once it has said so; S3 has it in the Region of the bucket that is reported on. */
  bucketRegion(): string | undefined;
  openScanner(options: TallyOptions): Promise<FileScanner<TallyPart>>;
  /** What columnar files say at their ends; none may have other columns than the first. */
  columnsOf(files: readonly FoundFile[], format: Exclude<InventoryFormat, 'CSV'>): Promise<FileEnds>;
  /** Parts of files beside the document `out`; `names` is what they depend on. */
  keptParts(out: string, names: readonly string[]): Promise<KeptParts>;
  /** Requests made so far, as S3 would bill them; those of a file are known when it ends. */
  requests(): RequestCounts;
  /** Ends all readers and removes local copies. */
  close(): Promise<void>;
}

export interface FileEnds {
  readonly columns: readonly string[];
  /** Those that S3 Inventory is not known to give. */
  readonly unknown: readonly string[];
  /** Rows of each file, in the order given. */
  readonly rows: readonly number[];
}

export interface KeptParts extends PartStore<TallyPart> {
  /** The document is written: nothing is kept any longer. */
  drop(): Promise<void>;
}

export interface OpenLogs {
  readonly isBilled: boolean;
  list(): AsyncIterable<ListPage>;
  /** The bytes of a file, without gzip. Errors: LOG_UNREADABLE, OBJECT_CHANGED, those of the store. */
  read(file: ObjectRecord): AsyncIterable<Uint8Array>;
  /** Requests made so far, as S3 would bill them. */
  requests(): RequestCounts;
}

export interface OpenCompaction {
  /** All but the price, which the program adds. */
  readonly ports: Omit<CompactionPorts, 'price'>;
  requests(): RequestCounts;
  /** Looks at the engine by harmless calls. */
  checkEngine(): Promise<readonly Finding[]>;
  /** Removes local copies and ends child processes. */
  close(): Promise<void>;
}

/** How a long use case speaks while it works, and how it is stopped. */
export interface Watch {
  readonly progress: (text: string) => void;
  readonly note: (text: string) => void;
  readonly signal: AbortSignal;
}
