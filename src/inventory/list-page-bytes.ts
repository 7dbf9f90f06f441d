/** The answer to a LIST is read from bytes to columns in one pass, whatever the order of its fields; what is not whole is refused. */
import { raise } from '../kernel/errors.js';
import { type Prefix, printable } from '../kernel/s3.js';
import { isText } from '../kernel/utf8.js';
import type { ColumnBatch } from './column-batch.js';
import {
  type ListFaultKind,
  type ListKernel,
  openListKernel,
  type PageFault,
  rootOf,
  type Span,
} from './list-kernel.js';
import { mergedByKey } from './list-versions.js';

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

/** Reads one page after another; the bytes come in any pieces. Errors: those of `form.refuse`, KEY_UNSUPPORTED. */
export type PageReader = (pieces: readonly Uint8Array[]) => ListedPage;

interface Reading {
  readonly kernel: ListKernel;
  readonly form: PageForm;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** What the bytes of a page end with. */
export const pageEnd = (hasVersions: boolean): string => `</${rootOf(hasVersions)}>`;

export function pageReader(form: PageForm): PageReader {
  const kernel = openListKernel(form.hasVersions);
  const reading = { kernel, form };
  return (pieces) => {
    const fault = kernel.scan(pieces);
    if (fault) return refused(reading, fault);
    return pageOf(reading);
  };
}

function pageOf(reading: Reading): ListedPage {
  const { kernel, form } = reading;
  const truncated = kernel.field('IsTruncated');
  if (!truncated) return form.refuse('it does not say whether more follows (IsTruncated)');
  const isTruncated = truth(reading, truncated);
  const isUrl = unescaped(kernel, kernel.field('EncodingType')) === 'url';
  const said = (span: Span | undefined): span is Span => span !== undefined && span.start < span.end;
  const token = kernel.field('NextContinuationToken');
  const nextKey = kernel.field('NextKeyMarker');
  const nextVersion = kernel.field('NextVersionIdMarker');
  return {
    prefixes: kernel.groups().map((span) => nameOf(kernel, span, isUrl)),
    isTruncated,
    ...(said(token) && { token: unescaped(kernel, token) }),
    ...(said(nextKey) && { nextKey: nameOf(kernel, nextKey, isUrl) }),
    ...(said(nextVersion) && { nextVersion: unescaped(kernel, nextVersion) }),
    batch: batchOf(reading, isUrl),
  };
}

function batchOf(reading: Reading, isUrl: boolean): ColumnBatch {
  const { kernel, form } = reading;
  // What is not named is STANDARD.
  const values = kernel.classes().map((span) => unescaped(kernel, span) || 'STANDARD');
  const fault = kernel.decodeKeys(isUrl);
  if (fault) return refused(reading, fault);
  const { rows, keys, offsets, sizes, codes, latest, markers } = kernel.columns();
  return mergedByKey({
    rows,
    key: { bytes: keys, offsets },
    size: sizes,
    storageClass: { codes, values },
    ...(form.hasVersions && { isLatest: latest, isDeleteMarker: markers }),
  });
}

const rawText = ({ bytes }: ListKernel, { start, end }: Span): string =>
  utf8.decode(bytes.subarray(start, end));

/** Without the encoding of a form: a class, a token. */
function unescaped(kernel: ListKernel, span: Span | undefined): string {
  if (span === undefined) return '';
  const text = kernel.decoded(span, false);
  return text === undefined ? rawText(kernel, span) : utf8.decode(text);
}

/** A name that is no key: a group, where to go on. */
function nameOf(kernel: ListKernel, span: Span, isUrl: boolean): string {
  const name = kernel.decoded(span, isUrl);
  if (name === undefined || !isText(name)) return unsupported(rawText(kernel, span), 'it is not valid UTF-8');
  const text = utf8.decode(name);
  return !isUrl && text.includes('\ufffd') ? unsupported(text, isHarmed) : text;
}

const isHarmed = 'the server does not give its name unharmed';

const unsupported = (key: string, why: string): never =>
  raise('KEY_UNSUPPORTED', { key: printable(key), store: 'this listing', why });

function truth({ kernel, form }: Reading, span: Span): boolean {
  const text = rawText(kernel, span);
  if (text !== 'true' && text !== 'false') return form.refuse(neither(kernel, span));
  return text === 'true';
}

const neither = (kernel: ListKernel, span: Span): string =>
  `"${printable(rawText(kernel, span))}" is neither true nor false at byte ${span.start - kernel.bodyAt}`;

/** `at`: the byte of the page. */
const words: Readonly<
  Record<
    Exclude<ListFaultKind, 'isNoTruth' | 'hasNoSize' | 'isOther' | 'isNoName' | 'isNoText'>,
    (at: number) => string
  >
> = {
  endsInMiddle: () => 'it ends in the middle',
  hasDeclaration: (at) => `it holds a declaration at byte ${at}`,
  elementGoesOn: (at) => `an element does not end at byte ${at}`,
  elementNotEnded: (at) => `an element does not end before byte ${at}`,
  entryNotEnded: (at) => `an entry does not end at byte ${at}`,
  hasNoKey: (at) => `an entry before byte ${at} has no key`,
  isNoSize: (at) => `a size is no whole number at byte ${at}`,
  rootNotEnded: (at) => `it does not end at byte ${at}`,
  goesOn: (at) => `something follows its end at byte ${at}`,
  tooManyClasses: (at) => `it has more storage classes than are told apart, at byte ${at}`,
};

function refused({ kernel, form }: Reading, { kind, span }: PageFault): never {
  const text = rawText(kernel, span);
  switch (kind) {
    case 'hasNoSize':
      return unsupported(text, 'its size is not listed');
    case 'isNoName':
      return unsupported(text, 'it is not valid UTF-8');
    case 'isNoText':
      return unsupported(
        text,
        isText(kernel.bytes.subarray(span.start, span.end)) ? isHarmed : 'it is not valid UTF-8',
      );
    case 'isNoTruth':
      return form.refuse(neither(kernel, span));
    case 'isOther':
      return form.refuse(`it is <${printable(text.slice(0, 64))}> and not <${rootOf(form.hasVersions)}>`);
    default:
      return form.refuse(words[kind](span.start - kernel.bodyAt));
  }
}
