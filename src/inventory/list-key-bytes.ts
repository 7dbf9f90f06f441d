/** A name in a listing stands for the key it was put under: XML first, then the encoding of a form where the server says so. */
import type { Span } from './list-xml.js';

const AMPERSAND = 0x26;
const SEMICOLON = 0x3b;
const PERCENT = 0x25;
const PLUS = 0x2b;

const named: Readonly<Record<string, number>> = { amp: 0x26, lt: 0x3c, gt: 0x3e, quot: 0x22, apos: 0x27 };

/**
 * Writes what the span stands for to `to` and after, and gives where it ends; −1 when it is no name. Nothing is longer decoded than
 * encoded, so `into` may be the bytes read, at the span or before it.
 */
export function decodeName(
  from: Uint8Array,
  { start, end }: Span,
  isUrl: boolean,
  into: Uint8Array,
  to: number,
): number {
  let out = to;
  for (let at = start; at < end; ) {
    let byte = from[at]!;
    at += 1;
    if (byte === AMPERSAND) {
      const stop = entityEnd(from, at, end);
      const point = stop < 0 ? -1 : entityPoint(from, at, stop);
      if (point < 0) return -1;
      at = stop + 1;
      if (point >= 0x80 || !isUrl) {
        out = writePoint(into, out, point);
        continue;
      }
      byte = point;
    }
    if (isUrl && byte === PLUS) byte = 0x20;
    else if (isUrl && byte === PERCENT) {
      byte = at + 1 < end ? hexPair(from[at]!, from[at + 1]!) : -1;
      if (byte < 0) return -1;
      at += 2;
    }
    into[out] = byte;
    out += 1;
  }
  return out;
}

/** Where the semicolon stands; −1 when there is none near. */
function entityEnd(bytes: Uint8Array, start: number, end: number): number {
  const limit = Math.min(end, start + 10);
  for (let at = start; at < limit; at++) if (bytes[at] === SEMICOLON) return at;
  return -1;
}

function entityPoint(bytes: Uint8Array, start: number, end: number): number {
  const text = String.fromCharCode(...bytes.subarray(start, end));
  const digits = /^#(?:x([0-9a-f]+)|(\d+))$/i.exec(text);
  if (!digits) return named[text] ?? -1;
  const point = digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[1], 16);
  return point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff) ? point : -1;
}

function writePoint(into: Uint8Array, at: number, point: number): number {
  if (point < 0x80) {
    into[at] = point;
    return at + 1;
  }
  const length = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  into[at] = [0xc0, 0xe0, 0xf0][length - 2]! | (point >> (6 * (length - 1)));
  for (let i = 1; i < length; i++) into[at + i] = 0x80 | ((point >> (6 * (length - 1 - i))) & 0x3f);
  return at + length;
}

/** −1 when one of them is no digit. */
function hexPair(high: number, low: number): number {
  const a = hexDigit(high);
  const b = hexDigit(low);
  return a < 0 || b < 0 ? -1 : a * 16 + b;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const upper = byte & 0xdf;
  return upper >= 0x41 && upper <= 0x46 ? upper - 0x37 : -1;
}
