/** The answer to a LIST is read from bytes to columns in one pass, whatever the order of its fields; what is not whole is refused. */
import { type Prefix, printable } from '../kernel/s3.js';
import type { ColumnBatch } from './column-batch.js';
import { batchOf, decodedText, unescaped } from './list-columns.js';
import { readEntry, readLikeBefore, truth } from './list-entry.js';
import { createRows, type ListedRows } from './list-rows.js';
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
  const { xml, rows } = found;
  const { nameStart, nameEnd } = xml;
  for (;;) {
    while (readLikeBefore(xml, rows));
    const tag = nextTag(xml);
    if (tag === 'close') break;
    readChild(found, tag);
  }
  if (!isSame(xml, nameStart, nameEnd)) xml.refuse(`it does not end at byte ${xml.at}`);
}

function readChild(found: Found, tag: Tag): void {
  const { xml, rows } = found;
  if (isNamed(xml, rows.hasVersions ? 'Version' : 'Contents')) readEntry(xml, rows, tag, false);
  else if (rows.hasVersions && isNamed(xml, 'DeleteMarker')) readEntry(xml, rows, tag, true);
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
