/** Every source of an hour is read once from its first byte to its last, and every value held against its column. */
import pLimit from 'p-limit';
import { raise } from '../kernel/errors.js';
import { printable } from '../kernel/s3.js';
import { arrangement } from './arrangement.js';
import { type SourceCensus, takeCensus } from './census.js';
import type { Attempt } from './commit.js';
import { type Found, inferredSchema, keepSchema, knownSchema, widened } from './hour-schema.js';
import type { SchemaRecord } from './journal.js';
import type { RowTotals } from './parquet-ports.js';
import type { StoredObject } from './ports.js';
import type { TableSchema } from './schema.js';
import { mostAsideBytes } from './values/put-aside.js';
import { added } from './values/row-digest.js';
import { type ScannedFile, type ValueScanOptions, valueScan } from './values/value-scan.js';

export interface SourceValues {
  readonly source: StoredObject;
  readonly file: ScannedFile;
}

export interface HourValues {
  readonly schema: TableSchema;
  readonly sources: readonly SourceValues[];
}

export interface Refused {
  readonly why: string;
  readonly newColumns?: readonly string[];
}

const readsAtOnce = 8;
/** Of one file. */
const mostRejected = 10_000;

/**
 * Columns that no hour has shown yet are inferred first. They are kept, and a kept schema widened, once all values of this
 * hour have passed; when another run keeps its own meanwhile, the hour is read again under that one.
 */
export async function readValues(attempt: Attempt): Promise<HourValues | Refused> {
  const { ports, table } = attempt;
  for (;;) {
    const known = await knownSchema(ports, table);
    const start = known ? undefined : await inferred(attempt);
    if (start && 'why' in start) return start;
    const read = await readWidening(
      attempt,
      known?.schema ?? start!.schema,
      known?.kept?.record ?? start?.record,
    );
    if ('why' in read || !read.record || read.record === known?.kept?.record) return read;
    const over = known?.kept ? { etag: known.kept.etag } : 'absent';
    if (await keepSchema(ports, table, read.record, over)) return read;
  }
}

async function inferred(attempt: Attempt): Promise<Found> {
  const counted = await countAll(attempt);
  return 'why' in counted ? counted : inferredSchema(attempt.table, counted);
}

/** Reads again with one more column for every new one that a header shows, where the table may grow. */
async function readWidening(
  attempt: Attempt,
  schema: TableSchema,
  record: SchemaRecord | undefined,
): Promise<(HourValues & { readonly record: SchemaRecord | undefined }) | Refused> {
  const read = await scanAll(attempt, schema);
  if (!('why' in read)) return { ...read, record };
  if (attempt.table.columnChanges !== 'widen' || !record || !read.newColumns) return read;
  const wider = widened(attempt.table, record, read.newColumns);
  return 'why' in wider ? wider : readWidening(attempt, wider.schema, wider.record);
}

/** What the sources hold without the records that were put aside. */
export function totalsOf({ sources, schema }: HourValues): RowTotals {
  return {
    rows: sources.reduce((sum, { file }) => sum + file.rows, 0),
    digest: sources.reduce((sum, { file }) => added(sum, file.digest), 0n),
    columns: schema.columns.map((_, at) => ({
      nulls: sources.reduce((sum, { file }) => sum + file.columns[at]!.nulls, 0),
      digest: sources.reduce((sum, { file }) => added(sum, file.columns[at]!.digest), 0n),
    })),
  };
}

async function scanAll(attempt: Attempt, schema: TableSchema): Promise<HourValues | Refused> {
  const { table, ports } = attempt;
  const options: ValueScanOptions = {
    columns: schema.columns,
    textRule: schema.textRule,
    fractionDigits: ports.engine.fractionDigits ?? 6,
    digests: table.verify === 'values',
    delimiter: table.csv.delimiter,
    arrange: table.csv.header ? (header) => arrangement(schema, header, table.columnChanges) : null,
    aside: { mostRecords: table.onBadRow === 'quarantine' ? mostRejected : 0, room: mostAsideBytes },
  };
  const sources = await eachSource<SourceValues>(attempt, (source) => scan(attempt, source, options));
  return 'why' in sources ? sources : { schema, sources };
}

async function scan(
  { ports, table }: Attempt,
  source: StoredObject,
  options: ValueScanOptions,
): Promise<SourceValues | Refused> {
  const values = valueScan(options);
  for await (const chunk of ports.reader.stream(source, table.csv.gzip)) if (!values.take(chunk)) break;
  const result = values.end();
  if (result.ok) return { source, file: result.file };
  const line = result.line === undefined ? '' : `, line ${result.line}`;
  const { newColumns } = result;
  return { why: `${printable(source.key)}${line}: ${result.why}`, ...(newColumns ? { newColumns } : {}) };
}

/** Only to infer columns. */
async function countAll(attempt: Attempt): Promise<readonly SourceCensus[] | Refused> {
  const { ports, table } = attempt;
  return eachSource<SourceCensus>(attempt, async (source) => {
    const counted = await takeCensus(ports.reader, source, table.csv, undefined);
    return counted.ok ? counted.census : counted;
  });
}

/** A few at a time; the first refusal in the order of the keys is told. */
export async function eachSource<T extends { readonly source: StoredObject }>(
  attempt: Attempt,
  act: (source: StoredObject) => Promise<T | Refused>,
): Promise<readonly T[] | Refused> {
  const limit = pLimit(readsAtOnce);
  const results = await Promise.all(
    attempt.sources.map((source) =>
      limit(() => {
        uninterrupted(attempt);
        attempt.spent.get += 1;
        return act(source);
      }),
    ),
  );
  const refused = results.find((one) => 'why' in one);
  if (refused && 'why' in refused) return refused;
  return results.flatMap((one) => ('why' in one ? [] : [one]));
}

/** Between effects an interrupt is obeyed; within one it waits. */
export function uninterrupted({ signal, partition }: Attempt): void {
  if (signal.aborted) raise('INTERRUPTED', { state: `${partition} is as it was.` });
}
