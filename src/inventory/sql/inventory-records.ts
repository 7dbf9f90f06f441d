/** Rows of an inventory in the terms of the tally, each with what is wrong with it: nothing is passed over, nothing ends the query unnamed. */
import { literal, quoted } from '../../kernel/sql-text.js';
import type { TallyQuery } from './inventory-statement.js';

const mostBytes = String(Number.MAX_SAFE_INTEGER);

/** `table` as it is named in a query. */
export function inventoryRecords(query: TallyQuery, table: string): string {
  const { columns, format } = query;
  const text = (name: string | undefined): string =>
    name === undefined ? "''" : `coalesce(${quoted(name)}, '')`;
  const parts = [
    '"$path" AS file',
    `${format === 'CSV' ? decodedKey(columns.key) : quoted(columns.key)} AS object_key`,
    `${sizeOf(query)} AS object_size`,
    `${text(columns.storageClass)} AS class`,
    `${text(columns.accessTier)} AS tier`,
    `${stateOf(query)} AS state`,
    `CASE ${faultsOf(query)
      .map(([when, why]) => `WHEN ${when} THEN ${literal(why)}`)
      .join(' ')} ELSE '' END AS fault`,
  ];
  return `SELECT ${parts.join(', ')} FROM ${table} WHERE "$path" IN (${query.paths.map(literal).join(', ')})`;
}

/** How a row is counted. */
function stateOf({ columns, format, versions }: TallyQuery): string {
  const is = (name: string | undefined, value: boolean): string =>
    name === undefined
      ? 'false'
      : `coalesce(${quoted(name)} = ${format === 'CSV' ? literal(String(value)) : value}, false)`;
  const isMarker = is(columns.isDeleteMarker, true);
  const isOld = is(columns.isLatest, false);
  const leftOut = versions === 'current' ? `WHEN ${isMarker} OR ${isOld} THEN 'left out' ` : '';
  return `CASE ${leftOut}WHEN ${isMarker} THEN 'marker' WHEN ${isOld} THEN 'noncurrent' ELSE 'current' END`;
}

function sizeOf({ columns: { size }, format }: TallyQuery): string {
  if (size === undefined) return 'CAST(NULL AS bigint)';
  return format === 'CSV'
    ? `CASE WHEN ${isWhole(size)} THEN TRY_CAST(${quoted(size)} AS bigint) END`
    : quoted(size);
}

const isWhole = (name: string): string => `regexp_like(${quoted(name)}, '\\A[0-9]{1,16}\\z')`;

/** Without this the engine would end at such a key and not say where. */
const hasBadCode = (key: string): string =>
  `strpos(regexp_replace(${quoted(key)}, '%[0-9a-fA-F]{2}', ''), '%') > 0`;

/** Keys in CSV are form-encoded: "+" is a space. */
const decodedKey = (key: string): string =>
  `CASE WHEN ${hasBadCode(key)} THEN ${quoted(key)} ELSE url_decode(${quoted(key)}) END`;

type RowFault = readonly [when: string, why: string];

function faultsOf(query: TallyQuery): RowFault[] {
  const { key, size } = query.columns;
  const hasKey: RowFault = [`coalesce(${quoted(key)}, '') = ''`, 'it has no Key'];
  if (query.format === 'CSV') return [...endFaults(query), hasKey, ...textFaults(query)];
  if (size === undefined) return [hasKey];
  return [
    hasKey,
    [`${quoted(size)} < 0 OR ${quoted(size)} > ${mostBytes}`, 'its size is no whole number of bytes'],
  ];
}

const endFaults = ({ ends }: TallyQuery): RowFault[] =>
  ends
    ? [
        [`${quoted(ends.last)} IS NULL`, 'it has fewer fields than the manifest names'],
        [`${quoted(ends.beyond)} IS NOT NULL`, 'it has more fields than the manifest names'],
      ]
    : [];

function textFaults({ columns }: TallyQuery): RowFault[] {
  const { key, size } = columns;
  const truths = { IsLatest: columns.isLatest, IsDeleteMarker: columns.isDeleteMarker };
  return [
    [hasBadCode(key), 'its Key has a % without two hexadecimal digits'],
    [isNoUtf8(key), 'its Key is no UTF-8'],
    ...Object.entries(truths).flatMap(([name, column]): RowFault[] =>
      column === undefined
        ? []
        : [[`${quoted(column)} NOT IN ('true', 'false', '')`, `its ${name} is neither true nor false`]],
    ),
    ...(size === undefined ? [] : [sizeFault(size)]),
  ];
}

const sizeFault = (size: string): RowFault => [
  `${quoted(size)} <> '' AND (NOT ${isWhole(size)} OR TRY_CAST(${quoted(size)} AS bigint) > ${mostBytes})`,
  'its Size is no whole number of bytes',
];

/** The engine puts U+FFFD for what it cannot decode, without a word: more of them than were encoded. */
function isNoUtf8(key: string): string {
  const times = (of: string, mark: string): string => `length(${of}) - length(replace(${of}, ${mark}, ''))`;
  const raw = `upper(${quoted(key)})`;
  return `strpos(${raw}, '%') > 0 AND ${times(`url_decode(${quoted(key)})`, 'chr(65533)')} > (${times(raw, "'%EF%BF%BD'")}) / 9 + ${times(raw, 'chr(65533)')}`;
}
