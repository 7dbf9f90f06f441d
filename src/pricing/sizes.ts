/** Below 128 KiB other rules hold: what lies there is exact from the sizes, and without sizes the average is taken and said. */
import { bytesText } from '../kernel/bytes.js';
import type { Ledger } from './line.js';
import type { SizedObjects, SizeRow } from './usage.js';

/** S3 User Guide, storage classes: STANDARD_IA, ONEZONE_IA and GLACIER_IR bill every object as at least 128 KB. */
export const floorBytes = 131_072n;

export interface Portion {
  readonly objects: bigint;
  readonly bytes: bigint;
}

/** `rule`, for the assumption, is what the sizes decide. */
export const belowFloor = (ledger: Ledger, held: SizedObjects, rule: string): Portion =>
  portion(rowsOf(ledger, held, rule).filter(({ objectBytes }) => objectBytes < floorBytes));

export const fromFloor = (ledger: Ledger, held: SizedObjects, rule: string): Portion =>
  portion(rowsOf(ledger, held, rule).filter(({ objectBytes }) => objectBytes >= floorBytes));

export const portion = (rows: readonly SizeRow[]): Portion => ({
  objects: total(rows.map((row) => row.objects)),
  bytes: total(rows.map((row) => row.bytes)),
});

function rowsOf(ledger: Ledger, held: SizedObjects, rule: string): readonly SizeRow[] {
  if (held.sizes) return held.sizes;
  if (held.objects === 0n) return [];
  const objectBytes = held.bytes / held.objects;
  ledger.assumptions.add(
    `No sizes were given for ${held.class}: all ${grouped(held.objects)} objects are taken to have the average size of ${bytesText(objectBytes)} (${rule}).`,
  );
  return [{ objectBytes, objects: held.objects, bytes: held.bytes }];
}

export const total = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);
/** "10,000,000" */
export const grouped = (objects: bigint): string => objects.toString().replace(/\B(?=(\d{3})+$)/g, ',');
