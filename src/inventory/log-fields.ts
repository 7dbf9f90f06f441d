/** Fields of a record that somebody else wrote: what is absent, null or a dash says nothing, and what is wrong is never taken for a number. */
import type { LogReport } from './log-report.js';
import type { RequestTally } from './request-rates.js';

export interface RecordReading {
  readonly tally: RequestTally;
  readonly report: LogReport;
  readonly bucket: string | undefined;
}

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A field that is absent, null or a dash says nothing. */
export const textIn = (fields: Fields, ...names: readonly string[]): string | undefined => {
  for (const name of names) {
    const value = fields[name];
    if (typeof value === 'string' && value !== '-' && value !== '') return value;
  }
  return undefined;
};

/** Numbers come as numbers or as digits; undefined for what is neither a number nor absent. */
export function numberIn(fields: Fields, ...names: readonly string[]): number | undefined {
  const name = names.find((one) => fields[one] !== undefined && fields[one] !== null);
  const value = name === undefined ? 0 : fields[name];
  if (value === '-' || value === '') return 0;
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) && (number as number) >= 0 ? (number as number) : undefined;
}

/** Milliseconds or an ISO instant, as seconds; NaN for anything else. */
export const secondsIn = (value: unknown): number =>
  typeof value === 'string' ? Math.floor(Date.parse(value) / 1000) : Number.NaN;

/** Whether the bucket is the one that is meant; what is not is counted apart. */
export function isWanted(bucket: string | undefined, { bucket: wanted, report }: RecordReading): boolean {
  if (wanted === undefined) {
    if (bucket !== undefined && report.buckets.size < bucketsAtMost) report.buckets.add(bucket);
    return true;
  }
  if (bucket === wanted) return true;
  report.otherBuckets += 1;
  return false;
}

const bucketsAtMost = 1000;
