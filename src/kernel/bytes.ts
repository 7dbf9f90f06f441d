/** Bytes: a `number` inside one object (at most 5 TiB, S3's limit is lower than 2^53), a `bigint` in every sum. */
import { raise } from './errors.js';

export const KIB = 1024;
export const MIB = 1024 ** 2;
export const GIB = 1024 ** 3;
export const TIB = 1024 ** 4;
/** S3 bills GB as 2^30 bytes (S3 pricing page: "1 GB = 1024^3 bytes"). */
export const BYTES_PER_GB = 2n ** 30n;
/** The largest object S3 holds (S3 User Guide; 50 TB since December 2025 — kept inside 2^53). */
export const MAX_OBJECT_BYTES = 50 * TIB;

const factors: Record<string, number> = {
  '': 1,
  b: 1,
  kib: KIB,
  mib: MIB,
  gib: GIB,
  tib: TIB,
  kb: KIB,
  mb: MIB,
  gb: GIB,
  tb: TIB,
};

/** "128KiB", "1.5 GiB", "4096" → bytes. KB, MB, GB are read as powers of 1024, as AWS does. */
export function parseBytes(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]*)\s*$/.exec(text);
  const factor = match && factors[match[2]!.toLowerCase()];
  const bytes = match && factor ? Number(match[1]) * factor : Number.NaN;
  if (!Number.isSafeInteger(bytes)) raise('SIZE_INVALID', { value: text });
  return bytes;
}

/** 131072 → "128 KiB"; for display only. */
export function bytesText(bytes: bigint | number): string {
  const value = Number(bytes);
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
  let scaled = value;
  let unit = 0;
  while (Math.abs(scaled) >= 1024 && unit < units.length - 1) {
    scaled /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || scaled >= 100 ? 0 : scaled >= 10 ? 1 : 2;
  return `${Number(scaled.toFixed(digits))} ${units[unit]}`;
}
