/** Athena and Trino read alike and make tables unlike: Athena's DDL is Hive's. Athena User Guide, "CREATE TABLE"; Trino, "Hive connector". */
import {
  checkedName,
  hiveName,
  hiveText,
  literal,
  quoted,
  seenLiteral,
  type TableName,
} from '../../kernel/sql-text.js';
import type { InventoryFormat } from '../manifest.js';
import type { InventoryDialect, InventoryTable, TableColumn } from './inventory-statement.js';
import { tallyQuery } from './tally-query.js';

/** No key of an inventory holds it: they are encoded. The readers of CSV must have an escape of their own. */
const escapeCharacter = '\u0001';

const hiveTypes: Readonly<Record<TableColumn['type'], string>> = {
  text: 'string',
  whole: 'bigint',
  truth: 'boolean',
};
const trinoTypes: Readonly<Record<TableColumn['type'], string>> = {
  text: 'varchar',
  whole: 'bigint',
  truth: 'boolean',
};

const hiveStorage: Readonly<Record<InventoryFormat, string>> = {
  CSV: `ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' WITH SERDEPROPERTIES ('separatorChar' = ',', 'quoteChar' = '"', 'escapeChar' = ${hiveText(escapeCharacter)}) STORED AS TEXTFILE`,
  ORC: 'STORED AS ORC',
  Parquet: 'STORED AS PARQUET',
};

export const athenaInventory: InventoryDialect = (statement) => {
  const { database, table } = statement.table;
  const asHive = `${hiveName(database)}.${hiveName(table)}`;
  if (statement.kind === 'tally inventory')
    return tallyQuery(statement, `${quoted(checkedName(database))}.${quoted(checkedName(table))}`);
  if (statement.kind === 'drop inventory table') return `DROP TABLE IF EXISTS ${asHive}`;
  const columns = statement.columns.map(({ name, type }) => `${hiveName(name)} ${hiveTypes[type]}`);
  return `CREATE EXTERNAL TABLE IF NOT EXISTS ${asHive} (${columns.join(', ')}) ${hiveStorage[statement.format]} LOCATION ${hiveText(statement.location)}`;
};

export function trinoInventory(catalog: string): InventoryDialect {
  const named = ({ database, table }: TableName): string =>
    [catalog, database, table].map((part) => quoted(checkedName(part))).join('.');
  return (statement) => {
    if (statement.kind === 'tally inventory') return tallyQuery(statement, named(statement.table));
    if (statement.kind === 'drop inventory table') return `DROP TABLE IF EXISTS ${named(statement.table)}`;
    const columns = statement.columns.map(
      ({ name, type }) => `${quoted(checkedName(name))} ${trinoTypes[type]}`,
    );
    return `CREATE TABLE IF NOT EXISTS ${named(statement.table)} (${columns.join(', ')}) WITH (${trinoStorage(statement).join(', ')})`;
  };
}

const trinoStorage = ({ format, location }: InventoryTable): string[] => [
  `format = ${literal(format.toUpperCase())}`,
  `external_location = ${literal(location)}`,
  ...(format === 'CSV'
    ? ["csv_separator = ','", `csv_quote = '"'`, `csv_escape = ${seenLiteral(escapeCharacter)}`]
    : []),
];
