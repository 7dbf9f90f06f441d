/** The source table of a query as a table of DuckDB: every object of its partitions through OpenCSVSerDe's rules. */
import { gunzipSync } from 'node:zlib';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { ObjectStore } from '../../src/compaction/ports.js';
import { readRows } from '../inventory/columnar/rows.js';
import { serdeRows } from './open-csv.js';
import type { TextDefinition } from './sql.js';

export interface Table {
  readonly definition: TextDefinition;
  readonly partitions: Map<string, string>;
  readonly ddl?: string;
  /** Each partition has those the table had when it was added. */
  readonly partitionColumns: Map<string, string>;
}

export interface World {
  readonly stores: ReadonlyMap<string, ObjectStore>;
  readonly folder: string;
  readonly db: DuckDBConnection;
  readonly tables: Map<string, Table | 'written'>;
}

export const addressOf = (uri: string): { bucket: string; key: string } => {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.*)$/s.exec(uri) ?? [];
  return { bucket, key };
};

export interface Loaded {
  readonly sql: string;
  readonly bytes: number;
  /** Of DuckDB, until they are unloaded. */
  readonly tables: readonly string[];
}

/** The source tables as tables of DuckDB, "$path" and keys with them, and the query in DuckDB's words. */
export async function loaded(world: World, sql: string): Promise<Loaded | string> {
  const names = new Set(
    [...sql.matchAll(/FROM ((?:"[a-z0-9_]+"\.)?"[a-z0-9_]+"\."[a-z0-9_]+")/g)].map((match) => match[1]!),
  );
  const tables: string[] = [];
  let query = sql;
  let bytes = 0;
  for (const from of names) {
    const as = `text_source_${tables.length}`;
    tables.push(as);
    const read = await loadOne(world, from, as);
    if (typeof read === 'string') {
      await unload(world, tables);
      return read;
    }
    bytes += read;
    query = query.replaceAll(from, as);
  }
  const inDuckdb = query
    .replaceAll('regexp_replace(', 'athena_replace(')
    .replaceAll('url_decode(', 'athena_url_decode(');
  return { sql: inDuckdb, bytes, tables };
}

export async function unload({ db }: World, tables: readonly string[]): Promise<void> {
  for (const table of tables) await db.run(`DROP TABLE IF EXISTS ${table}`);
}

/** How many bytes it holds, or why it cannot be read. */
async function loadOne({ tables, stores, db }: World, from: string, as: string): Promise<number | string> {
  const name = from.replaceAll('"', '').split('.').slice(-2).join('.');
  const table = tables.get(name);
  if (!table || table === 'written')
    return `TABLE_NOT_FOUND: line 1:1: Table 'awsdatacatalog.${name}' does not exist`;
  const { definition, partitions } = table;
  if (definition.form) return loadColumnar({ stores, db }, definition, definition.form, as);
  const columns = [...definition.columns, ...definition.keys, '$path'];
  await db.run(`CREATE TEMP TABLE ${as} (${columns.map((one) => `"${one}" VARCHAR`).join(', ')})`);
  const appender = await db.createAppender(as, 'main', 'temp');
  let bytes = 0;
  for (const [values, location] of partitions.size > 0 ? partitions : new Map([['', definition.location]])) {
    const { bucket, key: prefix } = addressOf(location);
    const store = stores.get(bucket)!;
    for await (const { objects } of store.list({ prefix }))
      for (const object of objects) {
        if (/(?:^|\/)[_.][^/]*$/.test(object.key)) continue;
        const { body } = (await store.read(object.key))!;
        bytes += body.length;
        const text = new TextDecoder().decode(object.key.endsWith('.gz') ? gunzipSync(body) : body);
        const keys = definition.keys.length > 0 ? values.split('\0') : [];
        for (const fields of serdeRows(text, definition.serde, definition.columns.length, definition.skip)) {
          for (const field of [...fields, ...keys, `s3://${bucket}/${object.key}`])
            if (field === null) appender.appendNull();
            else appender.appendVarchar(field);
          appender.endRow();
        }
      }
  }
  appender.closeSync();
  return bytes;
}

/** What the columns of an inventory are called in the rows that the readers of this project give. */
const rowNames = {
  key: 'key',
  size: 'size',
  storage_class: 'storageClass',
  intelligent_tiering_access_tier: 'accessTier',
  is_latest: 'isLatest',
  is_delete_marker: 'isDeleteMarker',
} as const;

/** Columns of an inventory; others are NULL. */
async function loadColumnar(
  { stores, db }: Pick<World, 'stores' | 'db'>,
  { columns, types = [], location }: TextDefinition,
  form: 'ORC' | 'Parquet',
  as: string,
): Promise<number> {
  const typed = columns.map((name, at) => `"${name}" ${types[at] === 'string' ? 'VARCHAR' : types[at]}`);
  await db.run(`CREATE TEMP TABLE ${as} (${typed.join(', ')}, "$path" VARCHAR)`);
  const appender = await db.createAppender(as, 'main', 'temp');
  const { bucket, key: prefix } = addressOf(location);
  const store = stores.get(bucket)!;
  let bytes = 0;
  for await (const { objects } of store.list({ prefix }))
    for (const { key } of objects) {
      const { body } = (await store.read(key))!;
      bytes += body.length;
      for (const row of await readRows(body, form)) {
        for (const name of columns) {
          const value = row[rowNames[name as keyof typeof rowNames] ?? ('' as 'key')];
          if (value === undefined || value === null) appender.appendNull();
          else if (typeof value === 'number') appender.appendBigInt(BigInt(value));
          else if (typeof value === 'boolean') appender.appendBoolean(value);
          else appender.appendVarchar(value);
        }
        appender.appendVarchar(`s3://${bucket}/${key}`);
        appender.endRow();
      }
    }
  appender.closeSync();
  return bytes;
}
