/**
 * Writes the reports of test/fixtures/inventory anew, one of each format with the same rows in two files: CSV as S3
 * writes it, Parquet by DuckDB, ORC by the writer of the tests.
 *
 *   node --import tsx test/inventory/make-fixtures.ts
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { etagOf, fixtureRows } from './fixture-rows.js';
import { type Column, type Values, writeOrc } from './orc/write-orc.js';
import { csvFile, type InventoryRow, type ReportFile, type ReportForm, writeReport } from './report-files.js';

const root = join(import.meta.dirname, '..', 'fixtures', 'inventory');
const half = fixtureRows.length >> 1;
const parts = [fixtureRows.slice(0, half), fixtureRows.slice(half)];

interface Field extends Column {
  readonly of: (row: InventoryRow) => Values[number];
}

const fields: readonly Field[] = [
  { name: 'bucket', kind: 'string', encoding: 'dictionary', of: () => 'lake' },
  { name: 'key', kind: 'string', of: ({ key }) => key },
  { name: 'version_id', kind: 'string', of: () => null },
  { name: 'is_latest', kind: 'boolean', of: ({ isLatest = true }) => isLatest },
  { name: 'is_delete_marker', kind: 'boolean', of: ({ isDeleteMarker = false }) => isDeleteMarker },
  {
    name: 'size',
    kind: 'bigint',
    of: ({ size, isDeleteMarker }) => (isDeleteMarker ? null : (size ?? null)),
  },
  { name: 'last_modified_date', kind: 'timestamp', of: () => Date.UTC(2026, 10, 20, 10) },
  { name: 'e_tag', kind: 'string', of: etagOf },
  {
    name: 'storage_class',
    kind: 'string',
    encoding: 'dictionary',
    of: ({ storageClass = 'STANDARD', isDeleteMarker }) => (isDeleteMarker ? null : storageClass),
  },
  {
    name: 'intelligent_tiering_access_tier',
    kind: 'string',
    encoding: 'dictionary',
    of: ({ accessTier }) => accessTier ?? null,
  },
];

const valuesOf = (rows: readonly InventoryRow[]): readonly Values[] => fields.map(({ of }) => rows.map(of));

const orc = parts.map((rows, i) => ({ name: `${i}.orc`, bytes: writeOrc(fields, valuesOf(rows)) }));

/** JSON lines cannot hold a NUL for DuckDB to read, so the rows go in by parameters. */
async function parquet(rows: readonly InventoryRow[], name: string): Promise<ReportFile> {
  const folder = mkdtempSync(join(tmpdir(), 'fixtures-'));
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const types = { string: 'VARCHAR', boolean: 'BOOLEAN', bigint: 'BIGINT', timestamp: 'BIGINT' } as const;
  await connection.run(
    `CREATE TABLE rows (${fields.map((field) => `${field.name} ${types[field.kind]}`).join(', ')})`,
  );
  const appender = await connection.createAppender('rows');
  for (const row of rows) {
    for (const { of, kind } of fields) {
      const value = of(row);
      if (value === null) appender.appendNull();
      else if (kind === 'string') appender.appendVarchar(value as string);
      else if (kind === 'boolean') appender.appendBoolean(value as boolean);
      else appender.appendBigInt(BigInt(value as number));
    }
    appender.endRow();
  }
  appender.closeSync();
  const path = join(folder, name);
  await connection.run(
    `COPY (SELECT * REPLACE (make_timestamp_ms(last_modified_date) AS last_modified_date) FROM rows) TO '${path}' (FORMAT parquet, COMPRESSION snappy)`,
  );
  const bytes = readFileSync(path);
  rmSync(folder, { recursive: true });
  return { name, bytes };
}

async function write(name: string, files: readonly ReportFile[], form: ReportForm): Promise<void> {
  rmSync(join(root, name), { recursive: true, force: true });
  writeReport(join(root, name), files, form);
}

await write(
  'csv',
  parts.map((rows, i) => csvFile(`${i}.csv.gz`, rows)),
  {},
);
await write('orc', orc, {
  format: 'ORC',
  schema: `struct<${fields.map(({ name, kind }) => `${name}:${kind}`).join(',')}>`,
});
await write('parquet', await Promise.all(parts.map((rows, i) => parquet(rows, `${i}.parquet`))), {
  format: 'Parquet',
  schema: `message s3.inventory {  ${fields.map(({ name }) => `optional binary ${name} (STRING);`).join('  ')}}`,
});
writeFileSync(
  join(root, 'README.md'),
  'One report in each format of S3 Inventory, with the same rows (test/inventory/fixture-rows.ts); made by test/inventory/make-fixtures.ts.\n',
);
