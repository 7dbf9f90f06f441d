/** Records that do not fit go aside, each with file, line and reason; the engine is given files without them. */
import { raise } from '../kernel/errors.js';
import { type Key, printable } from '../kernel/s3.js';
import type { Attempt } from './commit.js';
import { quarantineKey } from './partition.js';
import type { WriteJob } from './ports.js';
import type { HourValues, SourceValues } from './source-values.js';
import { mostAsideBytes } from './values/put-aside.js';
import { afterBlankLine, inTableOrder, withoutRanges } from './values/rewrite.js';
import type { ScannedFile } from './values/value-scan.js';

export interface Quarantine {
  readonly rows: number;
  /** Null when nothing was put aside. */
  readonly key: Key | null;
  /** By column. */
  readonly failures: Readonly<Record<string, number>>;
}

/** Writes below a key of this attempt alone. Nothing is written when every record fits. */
export async function quarantined(
  attempt: Attempt,
  { sources, schema }: HourValues,
): Promise<Quarantine | { readonly why: string }> {
  const faulty = sources.filter(({ file }) => file.rejected.length > 0);
  const failures = Object.fromEntries(
    schema.columns
      .filter(({ type }) => type !== 'string')
      .map(({ name }) => [name, failuresOf(faulty, name)]),
  );
  const rows = faulty.reduce((sum, { file }) => sum + file.rejected.length, 0);
  if (rows === 0) return { rows, key: null, failures };
  // A wrong delimiter or another table's files: that is no row out of line.
  if (sources.every(({ file }) => file.rows === 0)) return { why: noneFits(faulty[0]!, rows) };
  const body = new TextEncoder().encode(faulty.flatMap(linesOf).join(''));
  if (body.length > mostAsideBytes)
    return { why: `the ${rows} records that do not fit are too large to put aside` };
  const { ports, table, partition, runId, fence } = attempt;
  const key = quarantineKey(table, partition, runId, fence);
  const put = await ports.target.write(key, body, 'absent');
  attempt.spent.put += 1;
  if (put.outcome !== 'written') return raise('CONDITION_FAILED', { key });
  return { rows, key, failures };
}

/** Copies for the engine, where a file has bad records, or fields in another order, or a line end that is not seen. */
export async function cleanCopies(
  { ports, table }: Attempt,
  { sources, schema }: HourValues,
): Promise<NonNullable<WriteJob['cleaned']>> {
  const cleaned = [];
  for (const { source, file } of sources) {
    if (file.slots === null && file.rejected.length === 0 && !file.misreadEnd) continue;
    const names = schema.columns.map(({ name }) => name);
    const path = await ports.reader.rewritten(source, (bytes) =>
      rewritten(bytes, file, names, table.csv.delimiter),
    );
    cleaned.push({ source, path });
  }
  return cleaned;
}

function rewritten(
  bytes: AsyncIterable<Uint8Array>,
  { header, slots, rejected, misreadEnd }: ScannedFile,
  names: readonly string[],
  delimiter: string,
): AsyncIterable<Uint8Array> {
  const kept = withoutRanges(bytes, rejected);
  if (slots === null && !misreadEnd) return kept;
  if (header === null && misreadEnd) return afterBlankLine(kept, misreadEnd);
  return inTableOrder(kept, { names, delimiter, slots: slots ?? [...names.keys()] });
}

const failuresOf = (faulty: readonly SourceValues[], column: string): number =>
  faulty.reduce((sum, { file }) => sum + file.rejected.filter((one) => one.column === column).length, 0);

function noneFits({ source, file }: SourceValues, rows: number): string {
  const { line, reason } = file.rejected[0]!;
  return `not one of ${rows} records fits; ${printable(source.key)}, line ${line}: ${reason}`;
}

const linesOf = ({ source, file }: SourceValues): string[] =>
  file.rejected.map(
    ({ line, column, reason, raw }) => `${JSON.stringify({ file: source.key, line, column, reason, raw })}\n`,
  );
