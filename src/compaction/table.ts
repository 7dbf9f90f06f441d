/** What a run needs to know of one table: where it lies, how its text is read, and what is to be made of it. */
import type { Prefix } from '../kernel/s3.js';
import type { Layout } from '../prefixes/partition-keys.js';
import type { Column } from './schema.js';

export interface CsvOptions {
  /** What the text was before it became CSV, and absent where it always was. */
  readonly madeOf?: 'jsonl';
  readonly header: boolean;
  /** One ASCII character. */
  readonly delimiter: string;
  /** auto goes by the first two bytes of each file, never by its name. */
  readonly gzip: 'auto' | 'gzip' | 'none';
}

export interface CompactionTable {
  /** [a-z_][a-z0-9_]* */
  readonly name: string;
  /** How the target lies, and the sources too unless they say otherwise. */
  readonly layout: Layout;
  /** Where sources lie in finer partitions: several of them make one of the target. */
  readonly sourceLayout?: Layout;
  /** The table whose target the sources are: its commits say what there is. With it goes a `sourceLayout`. */
  readonly upstream?: { readonly table: CompactionTable; readonly engine: 'duckdb' | 'trino' | 'athena' };
  readonly source: {
    /** Where it lies, as one text that no other place has. */
    readonly uri: string;
    /** Places whose data lies at `uri` now, under the same names. */
    readonly formerly: readonly string[];
    /** What becomes of a late object with the bytes of one that was compacted and is gone. */
    readonly sameBytes: 'hold' | 'add';
  };
  /** "" or ends in "/"; in the source store. */
  readonly sourcePrefix: Prefix;
  /** "" or ends in "/"; in the target store. */
  readonly targetPrefix: Prefix;
  /** Where journal and attempts lie if not under the target; of this table alone, in the target store. */
  readonly statePrefix?: Prefix;
  /** CSV where it is not given. */
  readonly format?: 'parquet';
  /** Of Parquet always 'infer': the files say it. */
  readonly columns: readonly Column[] | 'infer';
  /** The table of a catalog they were read from: "web.clicks". */
  readonly columnsFrom?: string;
  readonly csv: CsvOptions;
  /** Where hours are shown by a list of their files: what makes a key an address, "s3://lake/". */
  readonly listedFrom?: string;
  /** The table of a catalog that is told of every hour: "web.clicks". */
  readonly shownIn?: string;
  /** How many due hours an engine that can writes in one statement; absent: each by itself. */
  readonly backfillHours?: number;
  readonly compression: 'snappy' | 'zstd';
  readonly targetFileBytes: number;
  /** What is asked for; evidence says what was done. */
  readonly verify: 'counts' | 'values';
  /** How long after its end an hour is left to settle. */
  readonly settleMs: number;
  readonly lookbackMs: number;
  /**
   * What becomes of a header that is not the table's. refuse: its hour. add-null: fields are taken by name in any order, a
   * column without one is NULL. widen: so too, and a new column is added as text where columns are inferred.
   */
  readonly columnChanges: 'refuse' | 'add-null' | 'widen';
  /** A record that does not fit refuses its hour, or is put aside with file, line and reason. */
  readonly onBadRow: 'refuse' | 'quarantine';
  /** What becomes of the sources of a committed hour, and when at the earliest. */
  readonly sources: { readonly after: 'keep' | 'tag' | 'delete'; readonly graceMs: number };
}
