/** Executes Athena's statements for real: source objects through OpenCSVSerDe's rules, queries on DuckDB, files put to the store. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { ObjectStore } from '../../src/compaction/ports.js';
import { type Parsed, parsed } from './sql.js';
import { addressOf, type Loaded, loaded, type Table, unload, type World } from './text-source.js';

/** Why a query fails, in Athena's words and numbers (facts: error types worth rules). */
export interface Fault {
  readonly category: 1 | 2 | 3;
  readonly type: number;
  readonly retryable: boolean;
  readonly words: string;
}

export type Ran =
  | {
      readonly ok: true;
      readonly rows: readonly (readonly (string | null)[])[];
      readonly files: readonly string[];
      readonly updateCount: number;
      readonly scannedBytes: number;
    }
  | {
      readonly ok: false;
      readonly fault: Fault;
      readonly files: readonly string[];
      readonly scannedBytes?: number;
    };

/** What a told fault makes of a statement that writes. */
export type Twist = 'none' | 'partial' | 'zero rows' | 'straggler' | 'twice';

export interface Runner {
  run(sql: string, id: string, twist: Twist): Promise<Ran>;
  readonly tables: ReadonlyMap<string, unknown>;
  /** A table of somebody else, as SHOW CREATE TABLE shows it. */
  define(table: string, ddl: string): void;
  /** The words it was defined with. */
  ddlOf(table: string): string | undefined;
  /** Values of a partition's keys → its location. */
  partitionsOf(table: string): ReadonlyMap<string, string>;
  /** Values of a partition's keys → the columns it has. */
  partitionColumnsOf(table: string): ReadonlyMap<string, string>;
  close(): Promise<void>;
}

const fault = (words: string, type: number, retryable = false, category: Fault['category'] = 2): Ran => ({
  ok: false,
  files: [],
  fault: { category, type, retryable, words },
});

let shared: Promise<DuckDBInstance> | undefined;

/** One for all tests of a process: what a runner makes is temporary, and so its own. */
const engine = (): Promise<DuckDBInstance> => (shared ??= started());

async function started(): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const db = await instance.connect();
  await db.run("CREATE MACRO athena_replace(s, p, r) AS regexp_replace(s, p, r, 'g')");
  await db.run('CREATE MACRO regexp_like(s, p) AS regexp_matches(s, p)');
  await db.run("CREATE MACRO athena_url_decode(s) AS url_decode(replace(s, '+', ' '))");
  db.closeSync();
  return instance;
}

/** `parse` reads the words of another engine; the rest is the same. */
export async function createRunner(
  stores: ReadonlyMap<string, ObjectStore>,
  parse: (sql: string) => Parsed | undefined = parsed,
): Promise<Runner> {
  const folder = await mkdtemp(join(tmpdir(), 'bucketwise-athena-'));
  const db = await (await engine()).connect();
  const tables = new Map<string, Table | 'written'>();
  const world = { stores, folder, db, tables };
  return {
    tables,
    define: (table, ddl) => {
      const definition = {
        columns: [],
        keys: [],
        location: '',
        serde: { separator: ',', quote: '"', escape: '' },
        skip: 0,
      };
      const before = tables.get(table);
      const { partitions, partitionColumns } =
        before && before !== 'written' ? before : { partitions: new Map(), partitionColumns: new Map() };
      tables.set(table, { definition, partitions, partitionColumns, ddl });
    },
    ddlOf: (table) => {
      const found = tables.get(table);
      return found === 'written' ? undefined : found?.ddl;
    },
    partitionsOf: (table) => {
      const found = tables.get(table);
      return found && found !== 'written' ? found.partitions : new Map();
    },
    partitionColumnsOf: (table) => {
      const found = tables.get(table);
      return found && found !== 'written' ? found.partitionColumns : new Map();
    },
    run: (sql, id, twist) => run(world, parse(sql), sql, id, twist),
    close: async () => {
      db.closeSync();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const done = (rows: readonly (readonly (string | null)[])[] = []): Ran => ({
  ok: true,
  rows,
  files: [],
  updateCount: 0,
  scannedBytes: 0,
});

async function run(
  world: World,
  statement: Parsed | undefined,
  sql: string,
  id: string,
  twist: Twist,
): Promise<Ran> {
  if (!statement) return fault(`line 1:1: mismatched input '${sql.slice(0, 20)}'`, 1006);
  const { tables } = world;
  switch (statement.kind) {
    case 'create':
      if (!tables.has(statement.table))
        tables.set(statement.table, {
          definition: statement.definition,
          partitions: new Map(),
          partitionColumns: new Map(),
        });
      return done();
    case 'partition':
    case 'move': {
      const table = tables.get(statement.table);
      if (!table || table === 'written')
        return fault(`FAILED: SemanticException [Error 10001]: Table not found ${statement.table}`, 1003);
      const at = statement.values.join('\0');
      if (statement.kind === 'move' && !table.partitions.has(at))
        return fault(`FAILED: SemanticException [Error 10006]: Partition not found ${at}`, 1003);
      if (!table.partitions.has(at)) table.partitionColumns.set(at, columnsOf(table));
      if (statement.kind === 'move' || !table.partitions.has(at))
        table.partitions.set(at, statement.location);
      return done();
    }
    case 'describe':
    case 'replace': {
      const table = tables.get(statement.table);
      const at = statement.values.join('\0');
      if (!table || table === 'written' || !table.partitions.has(at))
        return fault(`FAILED: SemanticException [Error 10006]: Partition not found ${at}`, 1003);
      if (statement.kind === 'describe') return done(describedLines(table, at));
      table.partitionColumns.set(at, statement.columns);
      return done();
    }
    case 'drop':
      tables.delete(statement.table);
      return done();
    case 'list':
      return done(
        [...tables.keys()]
          .filter((name) => name.startsWith(statement.pattern))
          .map((name) => [name.slice(name.indexOf('.') + 1)]),
      );
    case 'show': {
      const table = tables.get(statement.table);
      return table && table !== 'written'
        ? done((table.ddl ?? 'CREATE EXTERNAL TABLE').split('\n').map((line) => [line]))
        : fault(`FAILED: SemanticException [Error 10001]: Table not found ${statement.table}`, 1003);
    }
    default:
      return query(world, statement, id, twist);
  }
}

/** "`id` bigint, `town` string", as the table's own text has it. */
const columnsOf = ({ ddl = '' }: Table): string =>
  (/\(\n([\s\S]*?)\)\n/.exec(ddl)?.[1] ?? '').replace(/\s*\n\s*/g, ' ').trim();

const describedLines = (table: Table, at: string): string[][] => [
  ...[...table.partitionColumns.get(at)!.matchAll(/`(\w+)` ([^,(]+(?:\([^)]*\))?)/g)].map((match) => [
    `${match[1]!.padEnd(20)}\t${match[2]!.padEnd(20)}\t${''.padEnd(20)}`,
  ]),
  ['year                \tstring              \t                    '],
  ['month               \tstring              \t                    '],
  ['day                 \tstring              \t                    '],
  ['hour                \tstring              \t                    '],
  ['\t \t '],
  ['# Partition Information\t \t '],
  ['# col_name            \tdata_type           \tcomment             '],
];

type Query = Extract<Parsed, { query: string }>;

async function query(world: World, statement: Query, id: string, twist: Twist): Promise<Ran> {
  const refused = await refusal(world, statement);
  if (refused) return refused;
  const read = await loaded(world, statement.query);
  if (typeof read === 'string') return fault(read, 1110);
  try {
    return statement.kind === 'select'
      ? ({ ...done(await rowsOf(world.db, read.sql)), scannedBytes: read.bytes } as Ran)
      : await write(world, statement, read, id, twist);
  } catch (error) {
    return { ...fault(castWords((error as Error).message), 1001), scannedBytes: read.bytes } as Ran;
  } finally {
    await unload(world, read.tables);
  }
}

const targetOf = (statement: Exclude<Query, { kind: 'select' }>): string =>
  statement.kind === 'ctas' ? (statement.properties.external_location ?? '') : statement.location;

async function refusal(world: World, statement: Query): Promise<Ran | undefined> {
  if (statement.kind === 'select') return undefined;
  const to = targetOf(statement);
  if (statement.kind === 'ctas' && world.tables.has(statement.table))
    return fault(
      `TABLE_ALREADY_EXISTS: line 1:1: Destination table 'awsdatacatalog.${statement.table}' already exists`,
      1004,
    );
  if (Number(statement.properties.bucket_count ?? 0) > 100) return tooMany;
  const { bucket, key } = addressOf(to);
  const store = world.stores.get(bucket);
  if (!store) return fault(`Unable to verify/create output bucket ${bucket}`, 1306);
  for await (const { objects } of store.list({ prefix: key }))
    if (objects.length > 0)
      return fault(
        `HIVE_PATH_ALREADY_EXISTS: Target directory for table '${statement.kind === 'ctas' ? statement.table : 'unload'}' already exists: ${to}. You may need to manually clean the data at location '${to}' before retrying. Athena will not delete data in your account.`,
        1009,
      );
  return undefined;
}

const rowsOf = async (db: DuckDBConnection, sql: string): Promise<(string | null)[][]> =>
  (await db.runAndReadAll(sql))
    .getRowsJson()
    .map((row) => row.map((one) => (one === null ? null : String(one))));

const tooMany = fault(
  'HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100 open writers for partitions/buckets.',
  1005,
);

/** The folders of a statement with partitions, by their rows; one for all where it has none. */
async function partitionsOf(db: DuckDBConnection, by: string | undefined) {
  if (by === undefined) return { keys: [], partitions: [{ where: 'true', inside: '' }] };
  const keys = by.split(',').map((key) => `"${key}"`);
  const found = await rowsOf(db, `SELECT DISTINCT ${keys.join(', ')} FROM written ORDER BY ALL`);
  const partitions = found.map((values) => ({
    where: keys.map((key, at) => `${key} = '${values[at]}'`).join(' AND '),
    inside: keys.map((key, at) => `${key.slice(1, -1)}=${values[at]}/`).join(''),
  }));
  return { keys, partitions };
}

async function write(
  world: World,
  statement: Exclude<Query, { kind: 'select' }>,
  { sql, bytes }: Loaded,
  id: string,
  twist: Twist,
): Promise<Ran> {
  const { db, folder, stores } = world;
  await db.run(`CREATE OR REPLACE TEMP TABLE written AS ${sql}`);
  const [[count = '0'] = []] = await rowsOf(db, 'SELECT count(*) FROM written');
  if (statement.kind === 'ctas') world.tables.set(statement.table, 'written');
  const to = addressOf(targetOf(statement));
  const store = stores.get(to.bucket)!;
  const buckets = Number(statement.properties.bucket_count ?? 1);
  const codec = statement.properties.write_compression ?? statement.properties.compression ?? 'GZIP';
  const files: string[] = [];
  const { keys, partitions } = await partitionsOf(db, statement.properties.partitioned_by);
  if (partitions.length * buckets > 100) return tooMany;
  const columns = keys.length > 0 ? `* EXCLUDE (${keys.join(', ')})` : '*';
  const put = async (where: string, at: number, generation: number, inside = ''): Promise<string> => {
    const path = join(folder, `${id}-${generation}-${at}-${inside.replaceAll('/', '-')}.parquet`);
    await db.run(
      `COPY (SELECT ${columns} FROM written WHERE ${where}) TO '${path}' (FORMAT PARQUET, COMPRESSION ${codec})`,
    );
    const key = `${to.key}${inside}2026112${generation}_${id.slice(0, 8)}_bucket-0000${at}`;
    await store.write(key, await readFile(path), 'absent');
    return `s3://${to.bucket}/${key}`;
  };
  if (twist === 'zero rows') return { ok: true, rows: [], files, updateCount: 0, scannedBytes: bytes };
  // A query that was put back into the queue may have written before.
  if (twist === 'twice') await put('true', 9, 0);
  const of = statement.properties.bucketed_by;
  for (const { where, inside } of partitions)
    for (let at = 0; at < buckets; at += 1) {
      const bucket = buckets === 1 ? 'true' : `coalesce(hash("${of}") % ${buckets}, 0) = ${at}`;
      files.push(await put(`${where} AND ${bucket}`, at, 6, inside));
    }
  if (twist === 'straggler') await put('true', 8, 7);
  if (twist === 'partial') {
    world.tables.delete(statement.kind === 'ctas' ? statement.table : '');
    const told: Fault = {
      category: 1,
      type: 200,
      retryable: true,
      words: 'GENERIC_INTERNAL_ERROR: Internal error',
    };
    return { ok: false, fault: told, files };
  }
  return { ok: true, rows: [], files, updateCount: Number(count), scannedBytes: bytes };
}

/** DuckDB names the text in its own words; Athena says it so. */
const castWords = (words: string): string => {
  const text = /VALUE-DOES-NOT-FIT:[\s\S]*?:TIF-TON-SEOD-EULAV/.exec(words)?.[0];
  return text === undefined ? words : `INVALID_CAST_ARGUMENT: Cannot cast '${text}' to the type asked for`;
};
