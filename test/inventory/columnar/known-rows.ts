/** Rows that a formula gives, in SQL for engines that write them and here for what is read back. */
import type { Row } from './rows.js';

export const rowOf = (i: number): Row => ({
  key: `data/é/${String(i).padStart(7, '0')}/${'x'.repeat(i % 90)}`,
  size: i % 11 === 0 ? null : (i * 1_000_003 * 182_833) % 5_497_558_138_880,
  storageClass: [null, 'STANDARD', 'STANDARD_IA', 'GLACIER'][i % 4]!,
  accessTier: i % 10 < 8 ? null : `TIER_${i % 3}`,
  isLatest: i % 3 === 0,
  isDeleteMarker: i % 5 === 0 ? null : i % 2 === 0,
});

/** `numbers`: a table with a column i. */
export const selectRows = (numbers: string): string => `SELECT 'bucket' AS bucket,
  'data/é/' || lpad(CAST(i AS varchar), 7, '0') || '/' || lpad('', CAST(i % 90 AS integer), 'x') AS key,
  CASE WHEN i % 11 = 0 THEN NULL ELSE CAST((i * 1000003 * 182833) % 5497558138880 AS bigint) END AS size,
  TIMESTAMP '2026-01-01 00:00:00' + i * INTERVAL '1' SECOND AS last_modified_date,
  CASE i % 4 WHEN 1 THEN 'STANDARD' WHEN 2 THEN 'STANDARD_IA' WHEN 3 THEN 'GLACIER' END AS storage_class,
  CASE WHEN i % 10 < 8 THEN NULL ELSE 'TIER_' || CAST(i % 3 AS varchar) END AS intelligent_tiering_access_tier,
  i % 3 = 0 AS is_latest,
  CASE WHEN i % 5 = 0 THEN NULL ELSE i % 2 = 0 END AS is_delete_marker
FROM ${numbers}`;

/** Those that differ, or are not there; `rows` in any order. */
export function wrongRows(rows: readonly Row[], count: number): Row[] {
  const sorted = rows.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const differing = sorted.filter((row, i) => !isSame(row, rowOf(i)));
  return sorted.length === count ? differing : [...differing, { key: `${sorted.length} rows of ${count}` }];
}

const isSame = (a: Row, b: Row): boolean =>
  (['key', 'size', 'storageClass', 'accessTier', 'isLatest', 'isDeleteMarker'] as const).every(
    (name) => a[name] === b[name],
  );
