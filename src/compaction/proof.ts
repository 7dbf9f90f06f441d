/** What one attempt can show for its rows; the evidence record says it in full. */

import type { RowTotals } from './parquet-ports.js';
import type { SourceRef } from './partition.js';
import type { WrittenFile } from './ports.js';
import type { Quarantine } from './quarantine.js';
import type { Column, TextRule } from './schema.js';
import { columnText, type TableSchema } from './schema.js';
import { type HourValues, totalsOf } from './source-values.js';
import { digestText } from './values/row-digest.js';
import type { ScannedFile } from './values/value-scan.js';

export interface ColumnProof {
  readonly nullsIn: number;
  readonly nullsOut: number;
  /** Of its values, in any order: 16 hexadecimal digits. */
  readonly digestIn: string;
  readonly digestOut: string;
}

/** The part of an evidence record that speaks of rows and values. */
export interface Proof {
  /** `digest`: of its rows that were written; only at level values. */
  readonly sources: readonly (SourceRef & { readonly rows: number; readonly digest?: string })[];
  readonly files: readonly WrittenFile[];
  /** Records of the sources: those written and those put aside. */
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly quarantined: number;
  /** Of the records put aside, as JSON lines; null when there are none. */
  readonly quarantine: string | null;
  /** Of the rows written; null at level counts. */
  readonly digests: {
    readonly rowsIn: string | null;
    readonly rowsOut: string | null;
    readonly perColumn: Readonly<Record<string, ColumnProof>> | null;
  };
  /** By typed column: values that do not survive their type. Their records are put aside, or the hour is refused. */
  readonly parseFailures: Readonly<Record<string, number>>;
  readonly schema: readonly { readonly name: string; readonly type: string }[];
  /** Who names these columns: the config, the sources, or a table of a catalog. */
  readonly schemaFrom: string;
  readonly textRule: TextRule;
  readonly nullRule: string;
  readonly codecs: readonly string[];
  readonly verifyLevel: 'counts' | 'values';
}

export interface Shown {
  readonly values: HourValues;
  readonly refs: readonly SourceRef[];
  readonly aside: Quarantine;
  readonly files: readonly WrittenFile[];
  readonly codecs: readonly string[];
  readonly format: 'parquet' | undefined;
  /** Undefined at level counts. */
  readonly readBack: RowTotals | undefined;
}

const nullRules = {
  text: 'A field with nothing in it is NULL; "" is the empty string.',
  parquet: 'NULL is NULL; a column that a file does not have is NULL.',
};

export function proofOf({ values, refs, aside, files, codecs, format, readBack }: Shown): Proof {
  const { schema, sources } = values;
  const read = new Map(sources.map(({ source, file }) => [source.key, file]));
  const totals = totalsOf(values);
  return {
    sources: refs.map((source) => ({ ...source, ...shownOf(read.get(source.key), readBack !== undefined) })),
    files,
    rowsIn: totals.rows + aside.rows,
    rowsOut: files.reduce((sum, file) => sum + file.rows, 0),
    quarantined: aside.rows,
    quarantine: aside.key,
    digests: readBack ? digests(schema, totals, readBack) : { rowsIn: null, rowsOut: null, perColumn: null },
    parseFailures: aside.failures,
    schema: schema.columns.map((column) => ({ name: column.name, type: columnText(column) })),
    schemaFrom: schema.from,
    textRule: schema.textRule,
    nullRule: nullRules[format ?? 'text'],
    codecs,
    verifyLevel: readBack ? 'values' : 'counts',
  };
}

const shownOf = (file: ScannedFile | undefined, isDigested: boolean) => ({
  rows: file ? file.rows + file.rejected.length : 0,
  ...(file && isDigested ? { digest: digestText(file.digest) } : {}),
});

export function digests({ columns }: TableSchema, sources: RowTotals, readBack: RowTotals): Proof['digests'] {
  return {
    rowsIn: digestText(sources.digest),
    rowsOut: digestText(readBack.digest),
    perColumn: Object.fromEntries(
      columns.map(({ name }: Column, at) => [
        name,
        {
          nullsIn: sources.columns[at]!.nulls,
          nullsOut: readBack.columns[at]!.nulls,
          digestIn: digestText(sources.columns[at]!.digest),
          digestOut: digestText(readBack.columns[at]!.digest),
        },
      ]),
    ),
  };
}

/** Why the rows read back are not those of the sources, or undefined when they are. */
export function valueFault(
  { columns }: TableSchema,
  sources: RowTotals,
  readBack: RowTotals,
): string | undefined {
  if (sources.rows !== readBack.rows)
    return `read back, the Parquet files hold ${readBack.rows} rows where the sources hold ${sources.rows}`;
  const at = columns.findIndex((_, i) => {
    const [wanted, found] = [sources.columns[i]!, readBack.columns[i]!];
    return wanted.nulls !== found.nulls || wanted.digest !== found.digest;
  });
  if (at >= 0) return `read back, column "${columns[at]!.name}" is not what the sources hold`;
  return digestText(sources.digest) === digestText(readBack.digest)
    ? undefined
    : 'read back, the rows are not those of the sources: their digests differ';
}
