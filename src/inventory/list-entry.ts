/** One object or version of a listing: from its tags to a row. */
import { raise } from '../kernel/errors.js';
import { printable } from '../kernel/s3.js';
import { textOf, unescaped } from './list-columns.js';
import { type EntryShape, learnShape, matchShape } from './list-entry-shape.js';
import { type EntryFields, type ListedRows, nextRow, noFields } from './list-rows.js';
import {
  elementText,
  isNamed,
  isSame,
  nextTag,
  type Span,
  skipElement,
  type Tag,
  type XmlReader,
} from './list-xml.js';

/** Shapes kept of a page: with and without a field that is not always there. */
const MOST_SHAPES = 4;

/** Reads an entry that has the very tags of one before; false when there is none here. */
export function readLikeBefore(xml: XmlReader, rows: ListedRows): boolean {
  for (const shape of rows.shapes) {
    const end = matchShape(shape, xml.bytes, xml.at, rows.fields);
    if (end < 0) continue;
    xml.at = end;
    addRow(xml, rows, shape.isDeleteMarker);
    return true;
  }
  return false;
}

/** Reads the entry whose tag was read last; Owner, RestoreStatus and whatever is new are passed over. */
export function readEntry(xml: XmlReader, rows: ListedRows, tag: Tag, isDeleteMarker: boolean): void {
  const { nameStart, nameEnd, at: inside } = xml;
  const { fields } = rows;
  Object.assign(fields, noFields());
  if (tag === 'open')
    for (let inner = nextTag(xml); inner !== 'close'; inner = nextTag(xml)) readField(xml, fields, inner);
  if (tag === 'open' && !isSame(xml, nameStart, nameEnd))
    xml.refuse(`an entry does not end at byte ${xml.at}`);
  addRow(xml, rows, isDeleteMarker);
  if (rows.shapes.length === MOST_SHAPES || tag === 'empty') return;
  const shape: EntryShape = learnShape(xml, nameStart - 1, inside, isDeleteMarker);
  rows.shapes.push(shape);
}

function readField(xml: XmlReader, fields: EntryFields, tag: Tag): void {
  const name = isNamed(xml, 'Key')
    ? 'key'
    : isNamed(xml, 'Size')
      ? 'size'
      : isNamed(xml, 'StorageClass')
        ? 'class'
        : isNamed(xml, 'IsLatest')
          ? 'latest'
          : undefined;
  if (name === undefined) {
    skipElement(xml, tag);
    return;
  }
  const { start, end } = elementText(xml, tag);
  fields[`${name}Start`] = start;
  fields[`${name}End`] = end;
}

function addRow(xml: XmlReader, rows: ListedRows, isDeleteMarker: boolean): void {
  const { bytes, refuse } = xml;
  const { keyStart, keyEnd, sizeStart, sizeEnd, classStart, classEnd, latestStart, latestEnd } = rows.fields;
  const row = nextRow(rows);
  if (keyStart === keyEnd) refuse(`an entry before byte ${xml.at} has no key`);
  rows.keyStart[row] = keyStart;
  rows.keyEnd[row] = keyEnd;
  if (sizeStart === 0 && !isDeleteMarker)
    raise('KEY_UNSUPPORTED', {
      key: printable(textOf(bytes, { start: keyStart, end: keyEnd })),
      store: 'this listing',
      why: 'its size is not listed',
    });
  rows.size[row] = isDeleteMarker ? Number.NaN : wholeNumber(xml, sizeStart, sizeEnd);
  rows.classCode[row] = isDeleteMarker ? -1 : classCode(rows, bytes, classStart, classEnd);
  if (!rows.hasVersions) return;
  rows.isDeleteMarker[row] = isDeleteMarker ? 1 : 0;
  if (latestStart > 0) rows.isLatest[row] = truth(xml, { start: latestStart, end: latestEnd }) ? 1 : 0;
}

/** What is not named is STANDARD. A page has few classes, and neighbours mostly share one. */
function classCode(
  { classes, classBytes }: ListedRows,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  if (end > start)
    for (let code = 0; code < classBytes.length; code++)
      if (isEqual(bytes, start, end, classBytes[code]!)) return code;
  const name = end === start ? 'STANDARD' : unescaped(bytes, { start, end });
  const known = classes.indexOf(name);
  if (known >= 0) return known;
  classes.push(name);
  classBytes.push(bytes.slice(start, end));
  return classes.length - 1;
}

function isEqual(bytes: Uint8Array, start: number, end: number, other: Uint8Array): boolean {
  if (end - start !== other.length) return false;
  for (let i = 0; i < other.length; i++) if (bytes[start + i] !== other[i]) return false;
  return true;
}

function wholeNumber({ bytes, refuse }: XmlReader, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) return refuse(`a size is no whole number at byte ${start}`);
    value = value * 10 + digit;
  }
  if (start === end || value > Number.MAX_SAFE_INTEGER)
    return refuse(`a size is no whole number at byte ${start}`);
  return value;
}

export function truth({ bytes, refuse }: XmlReader, span: Span): boolean {
  const text = textOf(bytes, span);
  if (text !== 'true' && text !== 'false')
    return refuse(`"${printable(text)}" is neither true nor false at byte ${span.start}`);
  return text === 'true';
}
