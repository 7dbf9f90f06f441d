/** What comes from outside enters a statement of SQL through these alone; the engines quote alike where they read. */
import { raise } from './errors.js';
import { printable } from './s3.js';

export interface TableName {
  readonly database: string;
  readonly table: string;
}

export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const plainName = /^[a-z_][a-z0-9_]{0,127}$/;
export const isPlainName = (name: string): boolean => plainName.test(name);

/** Nothing else ever becomes a name in a query; quoted all the same. Errors: ARGUMENT_INVALID. */
export function checkedName(name: string): string {
  if (!isPlainName(name))
    raise('ARGUMENT_INVALID', {
      field: `"${printable(name).slice(0, 60)}"`,
      why: 'a name in a query has only a-z, 0-9 and "_", and does not begin with a digit',
    });
  return name;
}

/** In DDL of Athena, which is Hive's. */
export const hiveName = (of: string): string => `\`${checkedName(of)}\``;

const coded = (char: string): string => char.charCodeAt(0).toString(16).padStart(4, '0');

/** Hive's literal: a backslash escapes, and what cannot be seen is written by its number. */
export const hiveText = (of: string): string =>
  `'${of.replace(/[\\']|\p{Cc}/gu, (char) => (/[\\']/.test(char) ? `\\${char}` : `\\u${coded(char)}`))}'`;

/** A literal of Trino whose control characters can be seen. */
export const seenLiteral = (of: string): string =>
  /\p{Cc}/u.test(of)
    ? `U&${literal(of.replaceAll('\\', '\\\\').replace(/\p{Cc}/gu, (char) => `\\${coded(char)}`))}`
    : literal(of);
