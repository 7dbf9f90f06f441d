/** Athena: Hive's words and quoting for DDL, Trino's for what reads. Athena User Guide, "DDL statements", "CREATE TABLE AS", "UNLOAD". */

import { raise } from '../../kernel/errors.js';
import { printable } from '../../kernel/s3.js';
import {
  checkedName,
  literal,
  hiveName as name,
  quoted,
  type TableName,
  hiveText as text,
} from '../../kernel/sql-text.js';
import {
  assignments,
  countMisfits,
  type Dialect,
  outputProperties,
  partitionedBy,
  select,
} from './dialect.js';

const hiveTable = ({ database, table }: TableName): string => `${name(database)}.${name(table)}`;

/** What a table says of its own columns; nothing that could end the list it stands in. */
const hiveType = (of: string): string =>
  /^[a-z0-9_<>,:() ]+$/i.test(of)
    ? of
    : raise('ARGUMENT_INVALID', { field: 'a column', why: `"${printable(of)}" is no type of Hive` });

const queryTable = ({ database, table }: TableName): string =>
  `${quoted(checkedName(database))}.${quoted(checkedName(table))}`;

const read = { table: queryTable };

export const athena: Dialect = {
  table: queryTable,
  session: () => ({}),
  'create text table': ({ table, columns, keys, location, csv }) => {
    const typed = (names: readonly string[]): string => names.map((one) => `${name(one)} string`).join(', ');
    const partitioned = keys.length > 0 ? ` PARTITIONED BY (${typed(keys)})` : '';
    const header = csv.header ? " TBLPROPERTIES ('skip.header.line.count' = '1')" : '';
    return `CREATE EXTERNAL TABLE IF NOT EXISTS ${hiveTable(table)} (${typed(columns)})${partitioned} ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' WITH SERDEPROPERTIES ('separatorChar' = ${text(csv.delimiter)}, 'quoteChar' = '"', 'escapeChar' = ${text(csv.escape)}) STORED AS TEXTFILE LOCATION ${text(location)}${header}`;
  },
  'add partition': ({ table, partition, location }) =>
    `ALTER TABLE ${hiveTable(table)} ADD IF NOT EXISTS PARTITION (${assignments(partition, name, text)}) LOCATION ${text(location)}`,
  'create table as': ({ table, rows, more, location, compression, buckets }) => {
    const [external = '', format = '', ...bucketed] = outputProperties(location, buckets, rows);
    const codec = `write_compression = '${compression.toUpperCase()}'`;
    return `CREATE TABLE ${queryTable(table)} WITH (${[external, format, codec, ...bucketed].join(', ')}) AS ${select(read, rows, more)}`;
  },
  unload: ({ rows, more, location, compression }) => {
    const codec = `compression = '${compression.toUpperCase()}'`;
    const properties = ["format = 'PARQUET'", codec, ...partitionedBy(rows.keys)];
    return `UNLOAD (${select(read, rows, more)}) TO ${literal(location)} WITH (${properties.join(', ')})`;
  },
  'count misfits': ({ rows }) => countMisfits(read, rows),
  'drop table': ({ table }) => `DROP TABLE IF EXISTS ${hiveTable(table)}`,
  'set location': ({ table, partition, location }) =>
    `ALTER TABLE ${hiveTable(table)} PARTITION (${assignments(partition, name, text)}) SET LOCATION ${text(location)}`,
  'describe partition': ({ table, partition }) =>
    `DESCRIBE ${hiveTable(table)} PARTITION (${assignments(partition, name, text)})`,
  'replace columns': ({ table, partition, columns }) =>
    `ALTER TABLE ${hiveTable(table)} PARTITION (${assignments(partition, name, text)}) REPLACE COLUMNS (${columns.map((one) => `${name(one.name)} ${hiveType(one.type)}`).join(', ')})`,
  'list tables': ({ database, stem }) => `SHOW TABLES IN ${name(database)} ${text(`${checkedName(stem)}*`)}`,
  'show table': ({ table }) => `SHOW CREATE TABLE ${hiveTable(table)}`,
};
