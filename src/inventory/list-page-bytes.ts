/** The answer to a LIST is read from bytes to columns in one pass, whatever the order of its fields; what is not whole is refused. */
import { raise } from '../kernel/errors.js';
import { type Prefix, printable } from '../kernel/s3.js';
import type { ColumnBatch } from './column-batch.js';
import { batchOf, decodedText, textOf, unescaped } from './list-columns.js';
import { createRows, type ListedRows, nextRow } from './list-rows.js';
import { mergedByKey } from './list-versions.js';
import {
  elementText,
  expectEnd,
  isNamed,
  isSame,
  nameOf,
  nextTag,
  type Span,
  skipElement,
  type Tag,
  type XmlReader,
  xmlReader,
} from './list-xml.js';

export interface ListedPage {
  readonly batch: ColumnBatch;
  readonly prefixes: readonly Prefix[];
  readonly isTruncated: boolean;
  readonly token?: string;
  readonly nextKey?: string;
  readonly nextVersion?: string;
}

export interface PageForm {
  /** Of ListObjectVersions. */
  readonly hasVersions: boolean;
  /** Never returns: the answer as a whole cannot be used. */
  readonly refuse: (why: string) => never;
}

interface Found {
  readonly xml: XmlReader;
  readonly rows: ListedRows;
  readonly prefixes: Span[];
  readonly fields: Map<string, Span>;
}

const roots = { objects: 'ListBucketResult', versions: 'ListVersionsResult' };
/** What a page says of itself, beside what it lists. */
const pageFields = [
  'IsTruncated',
  'EncodingType',
  'NextContinuationToken',
  'NextKeyMarker',
  'NextVersionIdMarker',
];

/** The body is used up: the keys of the batch are written over it. Errors: those of `form.refuse`, KEY_UNSUPPORTED. */
export function scanListPage(body: Uint8Array, form: PageForm): ListedPage {
  const xml = xmlReader(body, form.refuse);
  const found: Found = { xml, rows: createRows(form.hasVersions), prefixes: [], fields: new Map() };
  const tag = nextTag(xml);
  const root = form.hasVersions ? roots.versions : roots.objects;
  if (tag === 'close' || !isNamed(xml, root))
    return form.refuse(`it is <${printable(nameOf(xml))}> and not <${root}>`);
  if (tag === 'open') readRoot(found);
  expectEnd(xml);
  return pageOf(found, form);
}

function readRoot(found: Found): void {
  const { xml } = found;
  const { nameStart, nameEnd } = xml;
  for (let tag = nextTag(xml); tag !== 'close'; tag = nextTag(xml)) readChild(found, tag);
  if (!isSame(xml, nameStart, nameEnd)) xml.refuse(`it does not end at byte ${xml.at}`);
}

function readChild(found: Found, tag: Tag): void {
  const { xml, rows } = found;
  if (isNamed(xml, rows.hasVersions ? 'Version' : 'Contents')) readRow(found, tag, false);
  else if (rows.hasVersions && isNamed(xml, 'DeleteMarker')) readRow(found, tag, true);
  else if (isNamed(xml, 'CommonPrefixes')) readPrefixes(found, tag);
  else {
    const field = pageFields.find((name) => isNamed(xml, name));
    if (field === undefined) skipElement(xml, tag);
    else found.fields.set(field, elementText(xml, tag));
  }
}

function readPrefixes({ xml, prefixes }: Found, tag: Tag): void {
  if (tag === 'empty') return;
  for (let inner = nextTag(xml); inner !== 'close'; inner = nextTag(xml))
    if (isNamed(xml, 'Prefix')) prefixes.push(elementText(xml, inner));
    else skipElement(xml, inner);
}

/** The fields of one object or version; Owner, RestoreStatus and whatever is new are passed over. */
function readRow({ xml, rows }: Found, tag: Tag, isDeleteMarker: boolean): void {
  const { nameStart, nameEnd } = xml;
  const row = nextRow(rows);
  let size = Number.NaN;
  let key: Span | undefined;
  let storageClass: Span | undefined;
  if (tag === 'open')
    for (let inner = nextTag(xml); inner !== 'close'; inner = nextTag(xml)) {
      if (isNamed(xml, 'Key')) key = elementText(xml, inner);
      else if (isNamed(xml, 'Size')) size = wholeNumber(xml, elementText(xml, inner));
      else if (isNamed(xml, 'StorageClass')) storageClass = elementText(xml, inner);
      else if (isNamed(xml, 'IsLatest')) rows.isLatest[row] = truth(xml, elementText(xml, inner)) ? 1 : 0;
      else skipElement(xml, inner);
    }
  if (tag === 'open' && !isSame(xml, nameStart, nameEnd))
    xml.refuse(`an entry does not end at byte ${xml.at}`);
  const { start, end } = key ?? { start: 0, end: 0 };
  if (start === end) xml.refuse(`an entry before byte ${xml.at} has no key`);
  rows.keyStart[row] = start;
  rows.keyEnd[row] = end;
  if (Number.isNaN(size) && !isDeleteMarker)
    raise('KEY_UNSUPPORTED', {
      key: printable(textOf(xml.bytes, { start, end })),
      store: 'this listing',
      why: 'its size is not listed',
    });
  rows.size[row] = isDeleteMarker ? Number.NaN : size;
  rows.isDeleteMarker[row] = isDeleteMarker ? 1 : 0;
  rows.classCode[row] = isDeleteMarker ? -1 : classCode(rows, xml.bytes, storageClass);
}

/** What is not named is STANDARD. A page has few classes, and neighbours mostly share one. */
function classCode({ classes, classBytes }: ListedRows, bytes: Uint8Array, span: Span | undefined): number {
  if (span !== undefined && span.end > span.start)
    for (let code = 0; code < classBytes.length; code++)
      if (isEqual(bytes, span, classBytes[code]!)) return code;
  const name = span === undefined || span.end === span.start ? 'STANDARD' : unescaped(bytes, span);
  const known = classes.indexOf(name);
  if (known >= 0) return known;
  classes.push(name);
  classBytes.push(span === undefined ? new Uint8Array(0) : bytes.slice(span.start, span.end));
  return classes.length - 1;
}

function isEqual(bytes: Uint8Array, { start, end }: Span, other: Uint8Array): boolean {
  if (end - start !== other.length) return false;
  for (let i = 0; i < other.length; i++) if (bytes[start + i] !== other[i]) return false;
  return true;
}

function wholeNumber({ bytes, refuse }: XmlReader, { start, end }: Span): number {
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

function truth({ bytes, refuse }: XmlReader, span: Span): boolean {
  const text = textOf(bytes, span);
  if (text !== 'true' && text !== 'false')
    return refuse(`"${printable(text)}" is neither true nor false at byte ${span.start}`);
  return text === 'true';
}

/** All that is no key is taken out before the keys are written over the body. */
function pageOf({ xml, rows, prefixes, fields }: Found, { refuse }: PageForm): ListedPage {
  const { bytes } = xml;
  const said = (name: string): string | undefined => {
    const span = fields.get(name);
    return span === undefined || span.start === span.end ? undefined : unescaped(bytes, span);
  };
  const truncated = fields.get('IsTruncated');
  if (truncated === undefined) return refuse('it does not say whether more follows (IsTruncated)');
  const isTruncated = truth(xml, truncated);
  const isUrl = said('EncodingType') === 'url';
  const name = (span: Span): string => decodedText(bytes, span, isUrl);
  const nameSaid = (field: string): string | undefined => {
    const span = fields.get(field);
    return span === undefined || span.start === span.end ? undefined : name(span);
  };
  const token = said('NextContinuationToken');
  const [nextKey, nextVersion] = [nameSaid('NextKeyMarker'), said('NextVersionIdMarker')];
  const groups = prefixes.map(name);
  return {
    batch: rows.hasVersions ? mergedByKey(batchOf(rows, bytes, isUrl)) : batchOf(rows, bytes, isUrl),
    prefixes: groups,
    isTruncated,
    ...(token !== undefined && { token }),
    ...(nextKey !== undefined && { nextKey }),
    ...(nextVersion !== undefined && { nextVersion }),
  };
}
