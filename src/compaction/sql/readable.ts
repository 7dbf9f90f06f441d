/**
 * Whether OpenCSVSerDe, and Trino's port of it, read a text as RFC 4180 does. What they would change without a word is
 * refused by file and line; a lone backslash is kept, because the escape is a character that does not occur.
 */
import { printable } from '../../kernel/s3.js';
import type { StoredObject, TextTrait, TextTraits } from '../ports.js';

export interface Text {
  readonly source: StoredObject;
  readonly traits: TextTraits;
}

export type Readable =
  | { readonly ok: true; readonly escape: string; readonly emptyIs: 'null' | 'empty' }
  | { readonly ok: false; readonly why: string };

const faults: Readonly<Partial<Record<TextTrait, string>>> = {
  quotedNewline: 'a quoted field holds a line break, at which the engine would end the row',
  bareQuote:
    'a quote stands inside an unquoted field, which the engine would take for the start of a quoted part',
  blankLine: 'a blank line, which the engine would read as a row of NULLs',
};

export function readable(texts: readonly Text[], csv: { readonly header: boolean }): Readable {
  const fault = texts.map((text) => faultOf(text, csv.header)).find((why) => why !== undefined);
  if (fault !== undefined) return { ok: false, why: fault };
  const quotedEmpty = texts.find(({ traits }) => traits.lines.quotedEmpty !== undefined);
  const nothing = texts.find(({ traits }) => traits.lines.emptyField !== undefined);
  if (quotedEmpty && nothing)
    return {
      ok: false,
      why: `${at(quotedEmpty, 'quotedEmpty')} holds "" and ${at(nothing, 'emptyField')} a field with nothing: the engine cannot tell them apart`,
    };
  const free = escapeFor(texts);
  return free === undefined
    ? { ok: false, why: 'its texts use every control character, and the engine needs one of its own' }
    : { ok: true, escape: free, emptyIs: quotedEmpty ? 'empty' : 'null' };
}

const at = ({ source, traits }: Text, trait: TextTrait): string =>
  `${printable(source.key)}, line ${traits.lines[trait]}`;

function faultOf(text: Text, header: boolean): string | undefined {
  const { source, traits } = text;
  for (const [trait, why] of Object.entries(faults) as [TextTrait, string][])
    if (traits.lines[trait] !== undefined) return `${at(text, trait)}: ${why}`;
  if (traits.lines.byteOrderMark !== undefined && !header)
    return `${printable(source.key)} begins with a byte order mark, which would become part of its first field`;
  return compressionFault(source, traits);
}

/** The engine goes by the name alone; a text as large as its object is not compressed. */
function compressionFault({ key, size }: StoredObject, { bytes }: TextTraits): string | undefined {
  if (bytes !== size && !key.endsWith('.gz'))
    return `${printable(key)} is compressed, which the engine only sees by a name that ends in .gz`;
  const ending = /\.(?:gz|bz2|zst|lz4|lzo|snappy|deflate)$/.exec(key)?.[0];
  return bytes === size && size > 0 && ending !== undefined
    ? `${printable(key)} is not compressed, though its name ends in ${ending}`
    : undefined;
}

/** One of the control characters that are no white space. */
function escapeFor(texts: readonly Text[]): string | undefined {
  const used = new Set(texts.flatMap(({ traits }) => traits.controls));
  const free = [1, 2, 3, 4, 5, 6, 7, 8].find((code) => !used.has(code));
  return free === undefined ? undefined : String.fromCharCode(free);
}
