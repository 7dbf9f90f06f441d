/** A report is read file by file, each by one reader in one pass; either every row of every file is counted, or nothing is. */
import pLimit from 'p-limit';
import { BucketwiseError, type ErrorCode, raise } from '../kernel/errors.js';
import { type Key, printable } from '../kernel/s3.js';
import { inOrder } from './in-order.js';
import { type Manifest, type ManifestFile, parseChecksum, parseManifest } from './manifest.js';
import type {
  FileProgress,
  FileResult,
  FileScanner,
  FoundFile,
  PartStore,
  ReportStore,
} from './report-ports.js';

export interface OpenReport {
  readonly manifest: Manifest;
  /** Of the manifest's bytes, hex: names this report and no other. */
  readonly md5: string;
  /** Whether a checksum file lay beside the manifest; one that differs is refused. */
  readonly checked: boolean;
}

/** `source` names the manifest in messages. Errors: MANIFEST_INVALID, FILE_MISSING, those of the store. */
export async function openReport(store: ReportStore, source: string): Promise<OpenReport> {
  const found = (await store.manifest()) ?? raise('FILE_MISSING', { path: printable(source) });
  const { bytes, md5, checksum } = found;
  if (checksum) {
    const wanted = parseChecksum(checksum, source);
    if (wanted !== md5)
      raise('MANIFEST_INVALID', {
        source: printable(source),
        why: `its MD5 is ${md5}, and its checksum file says ${wanted}`,
      });
  }
  return { manifest: parseManifest(bytes, printable(source)), md5, checked: checksum !== undefined };
}

/** Requests in flight while the files are looked at. */
const LOOKS = 16;

/** Told of a file that is left out; without it, the first such file ends the scan. */
export type LeaveOut = (file: ManifestFile, why: BucketwiseError) => void;

export interface Looking {
  /** Names the manifest in messages. */
  readonly source: string;
  readonly signal: AbortSignal;
  readonly leaveOut?: LeaveOut | undefined;
}

/**
 * Looks at every file before one is read: what is missing, or is not as long as the manifest says, shows after a second
 * and not after an hour. Errors: INVENTORY_INCOMPLETE, INVENTORY_CORRUPT, INTERRUPTED, those of the store.
 */
export async function findFiles(
  store: ReportStore,
  { files }: Manifest,
  { source, signal, leaveOut }: Looking,
): Promise<readonly FoundFile[]> {
  const limit = pLimit(LOOKS);
  const look = async (file: ManifestFile) => {
    if (signal.aborted) throw interrupted(0, files.length, false);
    return { file, there: await store.find(file.key) };
  };
  const looked = await Promise.all(files.map((file) => limit(look, file)));
  const missing = looked.filter(({ there }) => !there).map(({ file }) => file);
  // Of a report of which nothing is there no part can be counted.
  if (missing.length > 0 && (!leaveOut || missing.length === files.length))
    throw absent(missing, files.length, source);
  for (const file of missing) leaveOut!(file, absent([file], files.length, source));
  const places = new Map<string, ManifestFile>();
  return looked.flatMap(({ file, there }) => {
    if (!there) return [];
    const fault = placeFault(file, there, places);
    if (fault === undefined) return [{ ...file, ...there }];
    if (!leaveOut) throw fault;
    leaveOut(file, fault);
    return [];
  });
}

const absent = (missing: readonly ManifestFile[], all: number, source: string): BucketwiseError =>
  incomplete(
    missing.map(({ key }) => key),
    all,
    source,
    'are not there',
  );

/** `missing`: keys, at least one. */
export const incomplete = (
  missing: readonly Key[],
  all: number,
  source: string,
  lack: 'are not there' | 'cannot be counted',
): BucketwiseError =>
  new BucketwiseError('INVENTORY_INCOMPLETE', {
    count: String(missing.length),
    all: String(all),
    source: printable(source),
    lack,
    file: printable(missing[0]!),
  });

function placeFault(
  file: ManifestFile,
  { size, root, at }: Pick<FoundFile, 'size' | 'root' | 'at'>,
  places: Map<string, ManifestFile>,
): BucketwiseError | undefined {
  if (size !== file.size) return refused(file, `it has ${size} bytes, and the manifest says ${file.size}`);
  const place = JSON.stringify([root, at]);
  const other = places.get(place);
  places.set(place, file);
  return (
    other && refused(file, `it lies where "${printable(other.key)}" lies; copy the report with its folders`)
  );
}

const refused = ({ key }: ManifestFile, why: string): BucketwiseError =>
  new BucketwiseError('INVENTORY_CORRUPT', { file: printable(key), at: '', why });

export interface ReportProgress extends FileProgress {
  /** Read to their end. */
  readonly files: number;
}

export interface ReportReading<Part> {
  readonly manifest: Manifest;
  readonly files: readonly FoundFile[];
  readonly scanner: FileScanner<Part>;
  /** Receives each file once, the largest first, whichever was read first. What it throws ends the reading. */
  readonly take: (result: FileResult<Part>) => void;
  readonly kept?: PartStore<Part>;
  readonly leaveOut?: LeaveOut | undefined;
  readonly onProgress?: (progress: ReportProgress) => void;
  readonly signal: AbortSignal;
}

export interface ReportRead extends ReportProgress {
  /** Files whose parts an earlier, interrupted scan had kept. */
  readonly resumed: number;
}

interface Run {
  files: number;
  rows: number;
  bytes: number;
  resumed: number;
  failed: boolean;
}

/**
 * Reads all files, the largest first, so that none of them ends alone; they are taken in that order, so that what is
 * made of them does not depend on which thread was faster. The first failure ends all readers. After it settles `take` is not called again. Errors: those of the scanner, INTERRUPTED.
 */
export async function readFiles<Part>(reading: ReportReading<Part>): Promise<ReportRead> {
  const { files, scanner, kept, signal } = reading;
  const run: Run = { files: 0, rows: 0, bytes: 0, resumed: 0, failed: false };
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(interrupted(run.files, files.length, kept !== undefined));
    signal.addEventListener('abort', onAbort);
  });
  try {
    if (signal.aborted) onAbort();
    const largestFirst = files.toSorted((a, b) => b.size - a.size);
    const fail = (cause: unknown): never => {
      run.failed = true;
      throw cause;
    };
    const all = inOrder(
      largestFirst,
      scanner.parallel,
      (file) => readFile(run, reading, file).catch(fail),
      (result) => result && !run.failed && reading.take(result),
    );
    await Promise.race([aborted, all]);
  } finally {
    run.failed = true;
    signal.removeEventListener('abort', onAbort);
    scanner.close();
  }
  return { files: run.files, rows: run.rows, bytes: run.bytes, resumed: run.resumed };
}

const interrupted = (files: number, all: number, isKept: boolean): BucketwiseError =>
  new BucketwiseError('INTERRUPTED', {
    state: `${files} of ${all} files were read${isKept ? ', and are not read again' : ''}; nothing was changed.`,
  });

/** Undefined for a file that is left out. */
async function readFile<Part>(
  run: Run,
  reading: ReportReading<Part>,
  file: FoundFile,
): Promise<FileResult<Part> | undefined> {
  // What waits behind a failure is not begun.
  if (run.failed) return undefined;
  const { manifest, scanner, kept } = reading;
  const before = await kept?.read(file);
  if (run.failed) return undefined;
  let told = { rows: 0, bytes: 0 };
  const tell = (since: FileProgress): void => {
    if (run.failed) return;
    told = { rows: told.rows + since.rows, bytes: told.bytes + since.bytes };
    add(run, reading, since);
  };
  const job = { file, format: manifest.format, columns: manifest.columns };
  const result = before ?? (await scanner.scan(job, tell).catch((cause) => leftOut(reading, file, cause)));
  if (run.failed) return undefined;
  if (!result) {
    add(run, reading, { rows: -told.rows, bytes: -told.bytes });
    return undefined;
  }
  if (!before) await kept?.keep(file, result);
  if (run.failed) return undefined;
  run.files += 1;
  run.resumed += before ? 1 : 0;
  add(run, reading, { rows: result.rows - told.rows, bytes: result.bytes - told.bytes });
  return result;
}

/** What is wrong with one file says nothing about the others; everything else ends the scan. */
const aboutFile: readonly ErrorCode[] = [
  'INVENTORY_CORRUPT',
  'INVENTORY_CHANGED',
  'INVENTORY_ROW_INVALID',
  'COLUMNS_UNREADABLE',
];

function leftOut(
  { leaveOut }: { readonly leaveOut?: LeaveOut | undefined },
  file: FoundFile,
  cause: unknown,
): undefined {
  if (!leaveOut || !(cause instanceof BucketwiseError) || !aboutFile.includes(cause.code)) throw cause;
  leaveOut(file, cause);
}

function add<Part>(run: Run, { onProgress }: ReportReading<Part>, since: FileProgress): void {
  run.rows += since.rows;
  run.bytes += since.bytes;
  onProgress?.({ files: run.files, rows: run.rows, bytes: run.bytes });
}
