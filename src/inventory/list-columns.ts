/** The columns of a page: keys decoded to the bytes they were put under, and refused where these are not known for sure. */
import { raise } from '../kernel/errors.js';
import { printable } from '../kernel/s3.js';
import { isText } from '../kernel/utf8.js';
import type { ColumnBatch } from './column-batch.js';
import { decodeName } from './list-key-bytes.js';
import { codedClasses, type ListedRows } from './list-rows.js';
import type { Span } from './list-xml.js';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
export const textOf = (bytes: Uint8Array, { start, end }: Span): string =>
  utf8.decode(bytes.subarray(start, end));

/** Without the encoding of a form: a class, a token. */
export function unescaped(bytes: Uint8Array, span: Span): string {
  const into = new Uint8Array(span.end - span.start);
  const end = decodeName(bytes, span, false, into, 0);
  return end < 0 ? textOf(bytes, span) : utf8.decode(into.subarray(0, end));
}

/** A name that is no key: a group, where to go on. */
export function decodedText(bytes: Uint8Array, span: Span, isUrl: boolean): string {
  const into = new Uint8Array(span.end - span.start);
  const end = decodeName(bytes, span, isUrl, into, 0);
  checkName(into.subarray(0, Math.max(end, 0)), end >= 0, isUrl, bytes.subarray(span.start, span.end));
  return utf8.decode(into.subarray(0, end));
}

/** The keys are written over the bytes, from the first on. */
export function batchOf(rows: ListedRows, bytes: Uint8Array, isUrl: boolean): ColumnBatch {
  const { count } = rows;
  const offsets = new Int32Array(count + 1);
  for (let row = 0; row < count; row++) {
    const span = { start: rows.keyStart[row]!, end: rows.keyEnd[row]! };
    const from = offsets[row]!;
    const end = decodeName(bytes, span, isUrl, bytes, from);
    if (end < 0) checkName(bytes, false, isUrl, bytes.slice(span.start, span.end));
    offsets[row + 1] = end;
  }
  checkKeys(bytes, offsets, isUrl);
  return {
    rows: count,
    key: { bytes: bytes.subarray(0, offsets[count]!), offsets },
    size: rows.size.subarray(0, count),
    storageClass: codedClasses(rows),
    ...(rows.hasVersions && {
      isLatest: rows.isLatest.subarray(0, count),
      isDeleteMarker: rows.isDeleteMarker.subarray(0, count),
    }),
  };
}

/** All keys at once; only when something is wrong each by itself. */
function checkKeys(bytes: Uint8Array, offsets: Int32Array, isUrl: boolean): void {
  const count = offsets.length - 1;
  const all = bytes.subarray(0, offsets[count]!);
  let isWhole = isText(all) && (isUrl || !holdsReplacement(all));
  for (let row = 0; isWhole && row < count; row++) isWhole = (bytes[offsets[row]!]! & 0xc0) !== 0x80;
  if (isWhole) return;
  for (let row = 0; row < count; row++) {
    const key = bytes.subarray(offsets[row]!, offsets[row + 1]!);
    checkName(key, true, isUrl, key);
  }
}

/** A server that does not encode puts U+FFFD for what XML cannot hold: then the name is lost, and two keys may look like one. */
function checkName(name: Uint8Array, isDecoded: boolean, isUrl: boolean, shown: Uint8Array): void {
  const why =
    !isDecoded || !isText(name)
      ? 'it is not valid UTF-8'
      : !isUrl && holdsReplacement(name)
        ? 'the server does not give its name unharmed'
        : undefined;
  if (why !== undefined)
    raise('KEY_UNSUPPORTED', { key: printable(utf8.decode(shown)), store: 'this listing', why });
}

function holdsReplacement(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(0xef); at >= 0; at = bytes.indexOf(0xef, at + 1))
    if (bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd) return true;
  return false;
}
