/**
 * The tally as one query in the words Trino and Athena share: every sum exact, every column of the answer text. Rows of the
 * answer are of two kinds: what lies in a folder, by class, tier, state and size; and how many rows each file gave, so that
 * a file that was not read is missed, and a row that makes no sense is named.
 */
import { literal, quoted } from '../../kernel/sql-text.js';
import { barCount, upperEdges } from '../../prefixes/histogram.js';
import { inventoryRecords } from './inventory-records.js';
import type { TallyQuery } from './inventory-statement.js';
import { layoutEnd, layoutFolders, tellingName } from './name-patterns.js';

/** In this order. */
export const answerColumns = [
  'file',
  'fault',
  'example',
  'folder',
  'class',
  'tier',
  'state',
  'bar',
  'objects',
  'bytes',
  'small_objects',
  'small_bytes',
  'sample',
] as const;
export type AnswerColumn = (typeof answerColumns)[number];

/** The bar of what has no size. */
export const noBar = -1;

const exactSum = (of: string): string => `coalesce(CAST(sum(CAST(${of} AS decimal(38,0))) AS varchar), '0')`;

/** `table` as it is named in a query. */
export function tallyQuery(query: TallyQuery, table: string): string {
  const isSmall = `object_size < ${query.smallBelowBytes}`;
  const outputs: Readonly<Record<AnswerColumn, string>> = {
    file: "coalesce(file, '')",
    fault: "coalesce(fault, '')",
    example: "coalesce(min(faulty_key), '')",
    folder: "coalesce(folder, '')",
    class: "coalesce(class, '')",
    tier: "coalesce(tier, '')",
    state: "coalesce(state, '')",
    bar: `CAST(coalesce(bar, ${noBar}) AS varchar)`,
    objects: 'CAST(count(*) AS varchar)',
    bytes: exactSum('object_size'),
    small_objects: `CAST(count(CASE WHEN ${isSmall} THEN 1 END) AS varchar)`,
    small_bytes: exactSum(`CASE WHEN ${isSmall} THEN object_size END`),
    sample: "coalesce(min(telling_key), '')",
  };
  const selected = answerColumns.map((name) => `${outputs[name]} AS ${quoted(`answer_${name}`)}`);
  return `SELECT ${selected.join(', ')} FROM (${grouped(query, table)}) AS grouped GROUP BY GROUPING SETS ((folder, class, tier, state, bar), (file, fault))`;
}

/** What each row is grouped by; all rows that are left out are in one group. */
function grouped(query: TallyQuery, table: string): string {
  const rest = 'substr(whole_folder, length(cut_folder) + 1)';
  const folder = `CASE WHEN regexp_like(${rest}, ${literal(layoutEnd)}) THEN whole_folder ELSE cut_folder END`;
  const name = 'substr(object_key, length(whole_folder) + 1)';
  const isTelling = `state <> 'left out' AND regexp_like(${name}, ${literal(tellingName)})`;
  // A delete marker has neither a class nor a size, whatever a source writes there.
  const isObject = "state NOT IN ('left out', 'marker')";
  const isSized = `${isObject} AND object_size IS NOT NULL`;
  return `SELECT ${[
    'file',
    'fault',
    'state',
    "CASE WHEN fault <> '' THEN object_key END AS faulty_key",
    `CASE WHEN ${isTelling} THEN object_key END AS telling_key`,
    `CASE WHEN ${isSized} THEN object_size END AS object_size`,
    `CASE WHEN state <> 'left out' THEN ${folder} END AS folder`,
    `CASE WHEN ${isObject} THEN class END AS class`,
    `CASE WHEN ${isObject} THEN tier END AS tier`,
    `CASE WHEN ${isSized} THEN ${barOfSize} END AS bar`,
  ].join(', ')} FROM (${foldered(query, table)}) AS foldered`;
}

const barOfSize = `CASE ${upperEdges
  .slice(0, barCount - 1)
  .map((edge, bar) => `WHEN object_size < ${edge} THEN ${bar}`)
  .join(' ')} ELSE ${barCount - 1} END`;

/** Deeper folders than the rows of the tree and the hours below them need not be told apart: a bucket may have as many as objects. */
function foldered(query: TallyQuery, table: string): string {
  const whole = `coalesce(regexp_extract(object_key, '(?s)\\A.*/'), '')`;
  const levels = query.depth + layoutFolders;
  const cut = `coalesce(regexp_extract(whole_folder, '\\A(?:[^/]*/){0,${levels}}'), '')`;
  const keyed = `SELECT *, ${whole} AS whole_folder FROM (${inventoryRecords(query, table)}) AS records`;
  return `SELECT *, ${cut} AS cut_folder FROM (${keyed}) AS keyed`;
}
