/** Columns as a table of a catalog has them, in our types; a type that would not keep every value is refused by its name. */
import { printable } from '../kernel/s3.js';
import { type Layout, partitionKeys } from '../prefixes/partition-keys.js';
import type { Column, ColumnType, DescribedTable } from './schema.js';

export type FromCatalog =
  | { readonly ok: true; readonly columns: readonly Column[] }
  | { readonly ok: false; readonly why: string };

/** Hive's names and Trino's. */
const plainTypes: Readonly<Record<string, ColumnType>> = {
  boolean: 'boolean',
  int: 'integer',
  integer: 'integer',
  bigint: 'bigint',
  double: 'double',
  date: 'date',
  timestamp: 'timestamp',
  'timestamp(3)': 'timestamp',
  'timestamp(6)': 'timestamp',
  string: 'string',
  varchar: 'string',
};

/** Why the types that are near to one of ours are not taken for it. */
const unlike: readonly (readonly [RegExp, string])[] = [
  [/^(?:tinyint|smallint)$/, 'it holds less than an integer, so that a reader would cut larger values'],
  [/^(?:float|real)$/, 'it holds fewer digits than a double'],
  [/^(?:char|varchar)\(\d+\)$/, 'a reader would cut longer texts'],
  [/^timestamp/, 'an instant here has no time zone and at most six digits of a second'],
  [/^decimal/, 'a decimal has 1 to 38 digits, the scale among them'],
  [/^(?:array|map|struct|row|uniontype)\b/, 'a field of a CSV file holds no list and no structure'],
];

export function catalogColumns(table: DescribedTable, layout: Layout): FromCatalog {
  const keys = partitionKeys(layout);
  const columns: Column[] = [];
  for (const { name, type } of table.columns) {
    const column = columnOf(name, type.trim().toLowerCase());
    const shown = `column "${printable(name)}"`;
    if (!column) return { ok: false, why: `${shown} is ${printable(type)}, ${whyNot(type)}` };
    if (!/^[a-z_][a-z0-9_]{0,127}$/.test(name))
      return { ok: false, why: `${shown} has a name that is not written in a-z, 0-9 and "_"` };
    if (columns.some((one) => one.name === name)) return { ok: false, why: `${shown} is there twice` };
    if (keys.includes(name))
      return {
        ok: false,
        why: `${shown} has the name of a partition key of ${layout.template}, which readers take from the path, and is none there`,
      };
    columns.push(column);
  }
  return columns.length === 0 ? { ok: false, why: 'it has no columns' } : { ok: true, columns };
}

function columnOf(name: string, type: string): Column | undefined {
  const plain = plainTypes[type];
  if (plain) return { name, type: plain };
  // Hive's decimal without digits is decimal(10,0).
  const digits = type === 'decimal' ? ['', '10', '0'] : /^decimal\((\d+)(?:,\s*(\d+))?\)$/.exec(type);
  if (!digits) return undefined;
  const [precision, scale] = [Number(digits[1]), Number(digits[2] ?? 0)];
  const isWithin = precision >= 1 && precision <= 38 && scale <= precision;
  return isWithin ? { name, type: 'decimal', precision, scale } : undefined;
}

const whyNot = (type: string): string => {
  const known = unlike.find(([form]) => form.test(type.trim().toLowerCase()));
  return known ? `which is no type of ours: ${known[1]}` : 'which is no type of ours';
};
