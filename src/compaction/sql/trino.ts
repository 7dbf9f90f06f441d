/** Trino with its Hive connector: one quoting everywhere; compression and precision are settings of the session. */
import { raise } from '../../kernel/errors.js';
import { checkedName, literal, quoted, type TableName, seenLiteral as text } from '../../kernel/sql-text.js';
import { countMisfits, type Dialect, outputProperties, select } from './dialect.js';

const noPartitions = (): never =>
  raise('ENGINE_UNAVAILABLE', { engine: 'trino', why: 'it cannot move a partition', hint: '' });

export function trino(catalog: string): Dialect {
  const table = ({ database, table: name }: TableName): string =>
    [catalog, database, name].map((part) => quoted(checkedName(part))).join('.');
  const read = { table };
  return {
    table,
    session: (statement) =>
      statement.kind === 'create table as'
        ? {
            [`${catalog}.compression_codec`]: statement.compression.toUpperCase(),
            [`${catalog}.timestamp_precision`]: 'MILLISECONDS',
          }
        : {},
    'create text table': ({ table: name, columns, keys, location, csv }) => {
      const typed = [...columns, ...keys].map((one) => `${quoted(checkedName(one))} varchar`).join(', ');
      const properties = [
        "format = 'CSV'",
        `external_location = ${literal(location)}`,
        ...(keys.length > 0 ? [`partitioned_by = ARRAY[${keys.map(literal).join(', ')}]`] : []),
        `csv_separator = ${text(csv.delimiter)}`,
        `csv_quote = '"'`,
        `csv_escape = ${text(csv.escape)}`,
        ...(csv.header ? ['skip_header_line_count = 1'] : []),
      ];
      return `CREATE TABLE IF NOT EXISTS ${table(name)} (${typed}) WITH (${properties.join(', ')})`;
    },
    'add partition': ({ table: name, partition, location }) => {
      const list = (of: readonly string[]): string => `ARRAY[${of.map(literal).join(', ')}]`;
      const { database, table: of } = name;
      return `CALL ${quoted(checkedName(catalog))}.system.register_partition(${[literal(database), literal(of), list(partition.map((one) => one.name)), list(partition.map((one) => one.value)), literal(location)].join(', ')})`;
    },
    'create table as': ({ table: name, rows, more, location, buckets }) =>
      `CREATE TABLE ${table(name)} WITH (${outputProperties(location, buckets, rows).join(', ')}) AS ${select(read, rows, more)}`,
    unload: () => raise('ENGINE_UNAVAILABLE', { engine: 'trino', why: 'it has no UNLOAD', hint: '' }),
    'count misfits': ({ rows }) => countMisfits(read, rows),
    'drop table': ({ table: name }) => `DROP TABLE IF EXISTS ${table(name)}`,
    'set location': () => noPartitions(),
    'describe partition': () => noPartitions(),
    'replace columns': () => noPartitions(),
    'list tables': ({ database, stem }) =>
      `SHOW TABLES FROM ${[catalog, database].map((part) => quoted(checkedName(part))).join('.')} LIKE ${literal(`${checkedName(stem).replaceAll('_', '\\_')}%`)} ESCAPE '\\'`,
    'show table': ({ table: name }) => `SHOW CREATE TABLE ${table(name)}`,
  };
}
