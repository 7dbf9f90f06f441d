/** Months, days and hours are UTC and come from data or from the clock port, never from the machine's zone. */
import { BYTES_PER_GB } from './bytes.js';
import { raise } from './errors.js';
import { type Quantity, ratio } from './quantity.js';

declare const month: unique symbol;
/** A calendar month as "2026-11". */
export type Month = string & { readonly [month]: true };
declare const day: unique symbol;
/** A calendar day as "2026-11-24". */
export type Day = string & { readonly [day]: true };

/** A path of months from here on stays within four digits. */
const lastYear = 9000;

export function parseMonth(text: string): Month {
  const match = /^(\d{4})-(\d{2})$/.exec(text);
  if (!match || Number(match[2]) < 1 || Number(match[2]) > 12 || !isYear(Number(match[1])))
    raise('MONTH_INVALID', { value: text });
  return text as Month;
}

const isYear = (year: number): boolean => year >= 1 && year <= lastYear;

/** Errors: DAY_INVALID. */
export const parseDay = (text: string): Day => dayFromText(text) ?? raise('DAY_INVALID', { value: text });

/** Undefined when it is no day of the calendar, so that the caller can say where it stood. */
export function dayFromText(text: string): Day | undefined {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  if (!at || Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== text) return undefined;
  return text as Day;
}

/** Below zero when `to` comes first. */
export const daysBetween = (from: Day, to: Day): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;

export const monthOf = (epochMs: number): Month => new Date(epochMs).toISOString().slice(0, 7) as Month;
export const dayOf = (epochMs: number): Day => new Date(epochMs).toISOString().slice(0, 10) as Day;
export const firstDay = (of: Month): Day => `${of}-01` as Day;

const thirties = new Set(['04', '06', '09', '11']);

export function daysIn(of: Month): number {
  const name = of.slice(5);
  if (name !== '02') return thirties.has(name) ? 30 : 31;
  const year = Number(of.slice(0, 4));
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

/** 672 to 744. */
export const hoursIn = (of: Month): number => daysIn(of) * 24;

export function addMonths(to: Month, months: number): Month {
  const at = new Date(Date.UTC(Number(to.slice(0, 4)), Number(to.slice(5)) - 1 + months, 1));
  return at.toISOString().slice(0, 7) as Month;
}

/**
 * GB-months = byte-hours ÷ 2^30 ÷ hours of that month.
 * S3 User Guide, "Understanding your AWS billing and usage reports for Amazon S3".
 */
export function gbMonths(byteHours: bigint, of: Month): Quantity<'GB-month'> {
  return ratio('GB-month', byteHours, BYTES_PER_GB * BigInt(hoursIn(of)));
}
