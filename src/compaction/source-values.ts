/** Every source of an hour is read once from its first byte to its last, and every value held against its column. */
import pLimit from 'p-limit';
import { raise } from '../kernel/errors.js';
import { printable } from '../kernel/s3.js';
import { type SourceCensus, takeCensus } from './census.js';
import type { Attempt } from './commit.js';
import { inferredSchema, keepSchema, knownSchema } from './hour-schema.js';
import type { RowTotals, StoredObject } from './ports.js';
import { headerFault, type TableSchema } from './schema.js';
import { added, noRows } from './values/row-digest.js';
import { type Arrangement, type ScannedFile, type ValueScanOptions, valueScan } from './values/value-scan.js';

export interface SourceValues {
  readonly source: StoredObject;
  readonly file: ScannedFile;
}

export interface HourValues {
  readonly schema: TableSchema;
  readonly sources: readonly SourceValues[];
}

interface Refused {
  readonly why: string;
}

const readsAtOnce = 8;
/** What an hour puts aside is held in memory until it is written. */
const mostRejected = 10_000;

/** Columns that no hour has shown yet are inferred first, and kept once all values of this hour have passed under them. */
export async function readValues(attempt: Attempt): Promise<HourValues | Refused> {
  const { ports, table } = attempt;
  const known = await knownSchema(ports, table);
  if (known) return scanAll(attempt, known);
  const counted = await countAll(attempt);
  if ('why' in counted) return counted;
  const found = inferredSchema(table, counted);
  if ('why' in found) return found;
  const scanned = await scanAll(attempt, found.schema);
  if ('why' in scanned) return scanned;
  const kept = await keepSchema(ports, table, found.record);
  return JSON.stringify(kept) === JSON.stringify(found.schema) ? scanned : scanAll(attempt, kept);
}

/** What the sources hold without the records that were put aside. */
export function totalsOf({ sources, schema }: HourValues): RowTotals {
  return {
    rows: sources.reduce((sum, { file }) => sum + file.rows, 0),
    digest: sources.reduce((sum, { file }) => added(sum, file.digest), noRows),
    columns: schema.columns.map((_, at) => ({
      nulls: sources.reduce((sum, { file }) => sum + file.columns[at]!.nulls, 0),
      bytes: sources.reduce((sum, { file }) => sum + file.columns[at]!.bytes, 0),
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
    arrange: table.csv.header ? (header) => arranged(schema, header) : null,
    mostRejected: table.onBadRow === 'quarantine' ? mostRejected : 0,
  };
  const sources = await eachSource<SourceValues>(attempt, (source) => scan(attempt, source, options));
  return 'why' in sources ? sources : { schema, sources };
}

function arranged(schema: TableSchema, header: readonly string[]): Arrangement {
  const why = headerFault(schema, header);
  return why === undefined ? { ok: true, slots: header.map((_, at) => at) } : { ok: false, why };
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
  return { why: `${printable(source.key)}${line}: ${result.why}` };
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
async function eachSource<T extends { readonly source: StoredObject }>(
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
