/** The XML of a listing is read in place, tag by tag: no tree, no text until it is asked for. */

/** A part of the bytes: from, to (not included). */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface XmlReader {
  readonly bytes: Uint8Array;
  at: number;
  /** The name of the tag read last. */
  nameStart: number;
  nameEnd: number;
  /** Says that the bytes are not what they should be; never returns. */
  readonly refuse: (why: string) => never;
}

export type Tag = 'open' | 'close' | 'empty';

const LESS = 0x3c;
const GREATER = 0x3e;
const SLASH = 0x2f;
const QUESTION = 0x3f;
const BANG = 0x21;
const BLANK = 0x20;

export const xmlReader = (bytes: Uint8Array, refuse: (why: string) => never): XmlReader => ({
  bytes,
  at: 0,
  nameStart: 0,
  nameEnd: 0,
  refuse,
});

/** Goes past the next tag, over text, declarations and comments. */
export function nextTag(xml: XmlReader): Tag {
  const { bytes } = xml;
  for (;;) {
    while (xml.at < bytes.length && bytes[xml.at] !== LESS) xml.at += 1;
    const kind = bytes[xml.at + 1];
    if (kind === undefined) return xml.refuse('it ends in the middle');
    if (kind === QUESTION) skipPast(xml, '?>');
    else if (kind !== BANG) return namedTag(xml, kind === SLASH);
    else if (textAt(xml, '<!--')) skipPast(xml, '-->');
    else return xml.refuse(`it holds a declaration at byte ${xml.at}`);
  }
}

function namedTag(xml: XmlReader, isClosing: boolean): Tag {
  const { bytes } = xml;
  let at = xml.at + (isClosing ? 2 : 1);
  xml.nameStart = at;
  while (bytes[at]! > BLANK && bytes[at] !== GREATER && bytes[at] !== SLASH) at += 1;
  xml.nameEnd = at;
  // Attributes say nothing here, but may hold ">".
  let quote = 0;
  for (; at < bytes.length && (quote !== 0 || bytes[at] !== GREATER); at += 1) {
    const byte = bytes[at]!;
    if (quote !== 0) quote = byte === quote ? 0 : quote;
    else if (byte === 0x22 || byte === 0x27) quote = byte;
  }
  if (at >= bytes.length) return xml.refuse('it ends in the middle');
  xml.at = at + 1;
  if (isClosing) return 'close';
  return bytes[at - 1] === SLASH ? 'empty' : 'open';
}

function skipPast(xml: XmlReader, text: string): void {
  for (xml.at += 2; xml.at < xml.bytes.length; xml.at += 1)
    if (textAt(xml, text)) {
      xml.at += text.length;
      return;
    }
  xml.refuse('it ends in the middle');
}

function textAt({ bytes, at }: XmlReader, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Whether the tag read last has this name. */
export function isNamed({ bytes, nameStart, nameEnd }: XmlReader, name: string): boolean {
  if (nameEnd - nameStart !== name.length) return false;
  for (let i = 0; i < name.length; i++) if (bytes[nameStart + i] !== name.charCodeAt(i)) return false;
  return true;
}

export const nameOf = ({ bytes, nameStart, nameEnd }: XmlReader): string =>
  String.fromCharCode(...bytes.subarray(nameStart, Math.min(nameEnd, nameStart + 64)));

/** The text of the element whose tag was read last, up to its end; it may hold no element. */
export function elementText(xml: XmlReader, tag: Tag): Span {
  const start = xml.at;
  if (tag === 'empty') return { start, end: start };
  const { nameStart, nameEnd, bytes } = xml;
  while (xml.at < bytes.length && bytes[xml.at] !== LESS) xml.at += 1;
  const end = xml.at;
  if (nextTag(xml) !== 'close' || !isSame(xml, nameStart, nameEnd))
    return xml.refuse(`an element does not end at byte ${end}`);
  return { start, end };
}

/** Past the end of the element whose tag was read last, whatever it holds. */
export function skipElement(xml: XmlReader, tag: Tag): void {
  if (tag === 'empty') return;
  const { nameStart, nameEnd } = xml;
  for (let depth = 1; depth > 0; ) {
    const inner = nextTag(xml);
    if (inner === 'open') depth += 1;
    if (inner === 'close') depth -= 1;
  }
  if (!isSame(xml, nameStart, nameEnd)) xml.refuse(`an element does not end before byte ${xml.at}`);
}

/** Whether the tag read last bears the name at `start`. */
export function isSame({ bytes, nameStart, nameEnd }: XmlReader, start: number, end: number): boolean {
  if (nameEnd - nameStart !== end - start) return false;
  for (let i = 0; i < end - start; i++) if (bytes[nameStart + i] !== bytes[start + i]) return false;
  return true;
}

/** Nothing but blanks may follow. */
export function expectEnd({ bytes, at, refuse }: XmlReader): void {
  for (let i = at; i < bytes.length; i++)
    if (bytes[i]! > BLANK) refuse(`something follows its end at byte ${i}`);
}
