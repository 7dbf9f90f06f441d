/** Tallies a report of S3 Inventory where it lies: the tables and the queries of an engine, and what makes its answer sure. */
import { type QuerySettings, scanEngine } from '../config/scan-engine.js';
import { unknownColumns } from '../inventory/csv-columns.js';
import type { TallyOptions } from '../inventory/inventory-tally.js';
import type { Manifest } from '../inventory/manifest.js';
import type { QueryEngine } from '../inventory/query-ports.js';
import { findFiles } from '../inventory/report.js';
import type { FoundFile } from '../inventory/report-ports.js';
import { inventoryQueries, type ReportQueries } from '../inventory/sql/inventory-queries.js';
import { tallyAnswer } from '../inventory/sql/tally-answer.js';
import { bytesText } from '../kernel/bytes.js';
import { raise } from '../kernel/errors.js';
import { printable } from '../kernel/s3.js';
import { addUsd, type Usd, zeroUsd } from '../kernel/usd.js';
import { addFolderTally } from '../prefixes/folder-tally.js';
import { createPrefixTree } from '../prefixes/prefix-tree.js';
import { partOf, type TreePart } from '../prefixes/tree-part.js';
import type { RateCard } from '../pricing/rate-card.js';
import { counted, money, number } from '../report/view.js';
import { requestsUsd, scanUsd, withinLimit } from './prices.js';
import type { ScanRequest } from './scan-request.js';
import type { FileEnds, OpenInventory, Surroundings, Watch } from './surroundings.js';

export interface EnginePlace {
  readonly opened: OpenInventory;
  readonly manifest: Manifest;
  readonly region: string;
  readonly card: RateCard;
  readonly options: TallyOptions;
  /** Before anything is asked of the engine. */
  readonly checkColumns: (columns: readonly string[]) => void;
}

export interface EngineTally {
  readonly part: TreePart;
  readonly rows: number;
  readonly columns: readonly string[];
  readonly unknown: readonly string[];
  /** What the engine bills for what it scanned. */
  readonly usd: Usd;
}

/**
 * Effects in order: every file is looked at, and its end read; a table over their folder; the queries; the table is
 * dropped, whatever happened; every file is looked at again. Errors: those of the engine and of the store,
 * INVENTORY_UNQUERYABLE, INVENTORY_CORRUPT, INVENTORY_CHANGED, COST_ABOVE_LIMIT, CONFIG_INVALID.
 */
export async function tallyByEngine(
  given: Surroundings,
  request: ScanRequest,
  place: EnginePlace,
  watch: Watch,
): Promise<EngineTally> {
  const { opened, manifest, options } = place;
  if (!request.uri.startsWith('s3://'))
    raise('INVENTORY_UNQUERYABLE', { why: 'it lies on this disk, and engines read s3:// addresses only' });
  if (request.partial)
    raise('ARGUMENT_INVALID', {
      field: '--partial',
      why: `${request.engine} reads all files or none; use --engine local`,
    });
  const settings = await settingsOf(given, request);
  // A table over no files cannot be asked.
  if (manifest.files.length === 0)
    return { part: partOf(createPrefixTree(options)), rows: 0, columns: [], unknown: [], usd: zeroUsd };
  const look = { source: request.uri, signal: watch.signal };
  const files = await findFiles(opened.store, manifest, look);
  const ends = await endsOf(place, files);
  const columns = ends?.columns ?? manifest.columns;
  place.checkColumns(columns);
  const engine = await given.openQueryEngine(settings, place.region);
  const queries = inventoryQueries(
    { format: manifest.format, columns, files },
    {
      ...{ database: engine.database, stem: `bucketwise_scan_${given.fresh().replaceAll('-', '')}` },
      ...{ versions: options.versions, smallBelowBytes: options.smallBelowBytes, depth: options.depth },
    },
  );
  checkCost(settings, request, place, files, watch);
  const tree = createPrefixTree(options);
  const answer = tallyAnswer(engine.name, (folder) => addFolderTally(tree, folder));
  const usd = await asked(engine, queries, answer.take, place, watch);
  const rows = checkRows(files, answer.end(), ends);
  checkUnchanged(files, await findFiles(opened.store, manifest, look));
  watch.note(
    `${engine.name} read ${counted(rows, 'row')}; it holds no file against its MD5, as a local scan does.`,
  );
  return {
    part: partOf(tree),
    rows: Number(rows),
    columns,
    unknown: ends?.unknown ?? unknownColumns(columns),
    usd,
  };
}

async function settingsOf(given: Surroundings, { engine, config }: ScanRequest): Promise<QuerySettings> {
  const path = config ?? 'bucketwise.yaml';
  const isThere = config !== undefined || (await given.files.exists(path));
  return scanEngine(engine!, isThere ? await given.files.read(path) : '', path);
}

async function endsOf(
  { opened, manifest: { format } }: EnginePlace,
  files: readonly FoundFile[],
): Promise<FileEnds | undefined> {
  return format === 'CSV' ? undefined : await opened.columnsOf(files, format);
}

/** Of columnar files less is read than they hold. Trino bills nothing; whoever runs it pays for its machines. */
function checkCost(
  { name }: QuerySettings,
  { maxCost }: ScanRequest,
  { card, opened }: EnginePlace,
  files: readonly FoundFile[],
  watch: Watch,
): void {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const scanned = name === 'athena' ? scanUsd(card, bytes) : zeroUsd;
  const { get } = opened.requests();
  const usd = addUsd(scanned, requestsUsd(card, { put: 0, get: get + files.length, list: 0 }));
  watch.note(
    `${name} reads up to ${bytesText(BigInt(bytes))}: about ${money(usd)} with the requests made here.`,
  );
  withinLimit(usd, maxCost);
}

async function asked(
  engine: QueryEngine,
  { tables, tallies, drops }: ReportQueries,
  take: (row: readonly unknown[]) => void,
  { card }: EnginePlace,
  watch: Watch,
): Promise<Usd> {
  let usd = zeroUsd;
  let rows = 0;
  const counting = (row: readonly unknown[]): void => {
    take(row);
    rows += 1;
    if (rows % 10_000 === 0) watch.progress(`${number(rows)} rows of the answer`);
  };
  try {
    for (const table of tables) await engine.run(table, watch.signal);
    for (const [at, tally] of tallies.entries()) {
      watch.progress(`query ${at + 1} of ${tallies.length}`);
      const { scannedBytes } = await engine.ask(tally, counting, watch.signal);
      if (engine.name === 'athena') usd = addUsd(usd, scanUsd(card, scannedBytes));
    }
    return usd;
  } finally {
    await dropped(engine, drops, watch);
    engine.close();
  }
}

/** After an interrupt too: nobody else knows of the table. */
async function dropped(engine: QueryEngine, drops: ReportQueries['drops'], watch: Watch): Promise<void> {
  for (const drop of drops)
    await engine.run(drop, new AbortController().signal).catch((cause: Error) => {
      const { database, table } = drop.table;
      watch.note(`Table ${database}.${table} could not be dropped: ${printable(cause.message)}`);
    });
}

/** An engine passes over what it cannot read, such as an archived file, and does not say so. */
function checkRows(
  files: readonly FoundFile[],
  rows: ReadonlyMap<string, bigint>,
  ends: FileEnds | undefined,
): bigint {
  let all = 0n;
  for (const [at, file] of files.entries()) {
    const read = rows.get(`s3://${file.root}/${file.at}`) ?? 0n;
    const wanted = ends?.rows[at];
    if (wanted === undefined ? read === 0n : read !== BigInt(wanted))
      refuseFile(
        file,
        `the engine read ${counted(read, 'row')} of it${wanted === undefined ? '' : `, and it holds ${number(wanted)}`}; scan with --engine local`,
      );
    all += read;
  }
  return all;
}

const refuseFile = (file: FoundFile, why: string): never =>
  raise('INVENTORY_CORRUPT', { file: printable(file.key), at: '', why });

function checkUnchanged(before: readonly FoundFile[], after: readonly FoundFile[]): void {
  const other = before.find((file, at) => file.etag !== after[at]!.etag);
  if (other) raise('INVENTORY_CHANGED', { file: printable(other.key) });
}
