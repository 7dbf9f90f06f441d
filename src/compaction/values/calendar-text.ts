/** Days, instants and truth values as text: only what the calendar has, in one canonical spelling. */
import { isDigit, refused } from './whole-number.js';

const zero = 0x30;
const dash = 0x2d;
const colon = 0x3a;
const space = 0x20;
const letterT = 0x54;
const letterZ = 0x5a;
const dot = 0x2e;
const dateLength = 10;
const secondsEnd = 19;

/** `[0-9]{4}-[0-9]{2}-[0-9]{2}`, from the year 1 on. */
export function date(text: Uint8Array, from: number, to: number): number {
  return to - from === dateLength && isDay(text, from) ? to : refused;
}

/**
 * A day, a space or T, a time of day, at most so many digits of a second with any idle zeros, perhaps Z;
 * canonical with a space, without idle zeros and Z.
 */
export function timestamp(
  text: Uint8Array,
  from: number,
  to: number,
  fractionDigits: number,
  isExact: boolean,
): number {
  const gap = text[from + dateLength];
  if (to - from < secondsEnd || (gap !== space && gap !== letterT)) return refused;
  if (!isDay(text, from) || !isTime(text, from + dateLength + 1)) return refused;
  const last = text[to - 1] === letterZ ? to - 1 : to;
  const end = fractionEnd(text, from + secondsEnd, last, fractionDigits);
  if (end === refused || (isExact && (end !== to || gap !== space))) return refused;
  text[from + dateLength] = space;
  return end;
}

/** The end without idle zeros. */
function fractionEnd(text: Uint8Array, from: number, to: number, fractionDigits: number): number {
  if (from === to) return from;
  if (text[from] !== dot || to === from + 1) return refused;
  for (let at = from + 1; at < to; at += 1) if (!isDigit(text[at]!)) return refused;
  let end = to;
  while (text[end - 1] === zero) end -= 1;
  if (end === from + 1) return from;
  return end - from - 1 > fractionDigits ? refused : end;
}

export function isDay(text: Uint8Array, from: number): boolean {
  if (text[from + 4] !== dash || text[from + 7] !== dash) return false;
  const century = pair(text, from);
  const rest = pair(text, from + 2);
  const month = pair(text, from + 5);
  const day = pair(text, from + 8);
  if (century < 0 || rest < 0 || month < 1 || month > 12 || day < 1) return false;
  const year = century * 100 + rest;
  return year > 0 && (day <= 28 || day <= daysOf(year, month));
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

export function isTime(text: Uint8Array, from: number): boolean {
  if (text[from + 2] !== colon || text[from + 5] !== colon) return false;
  const hours = pair(text, from);
  const minutes = pair(text, from + 3);
  const seconds = pair(text, from + 6);
  return hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60 && seconds >= 0 && seconds < 60;
}

/** Two digits as a number, or less than zero. */
function pair(text: Uint8Array, at: number): number {
  const tens = text[at]! - zero;
  const ones = text[at + 1]! - zero;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : refused;
}

const words = ['true', 'false'].map((word) => Uint8Array.from(word, (letter) => letter.charCodeAt(0)));

/** true and false; in any case unless exact. */
export function truth(text: Uint8Array, from: number, to: number, isExact: boolean): number {
  const word = words.find((one) => one.length === to - from);
  if (!word) return refused;
  for (let at = 0; at < word.length; at += 1) {
    const byte = text[from + at]!;
    if (byte !== word[at] && (isExact || (byte | 0x20) !== word[at])) return refused;
  }
  text.set(word, from);
  return to;
}
