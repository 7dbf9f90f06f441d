/** The columns of a table: names an engine can take without quoting, types with one meaning in every dialect. */

export const columnTypes = [
  'boolean',
  'integer',
  'bigint',
  'double',
  'decimal',
  'date',
  'timestamp',
  'string',
] as const;
export type ColumnType = (typeof columnTypes)[number];

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Only for decimal. */
  readonly precision?: number;
  readonly scale?: number;
}
