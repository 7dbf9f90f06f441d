/** Entries of a page mostly have the same tags in the same order: a later one is held against the bytes of an earlier one, tag by tag. */
import type { EntryFields } from './list-rows.js';
import { isNamed, nextTag, type XmlReader, xmlReader } from './list-xml.js';

export interface EntryShape {
  readonly isDeleteMarker: boolean;
  /** What stands before each text, and at last what ends the entry. */
  readonly markup: readonly Uint8Array[];
  /** What each text is of: an index of `roles`, or −1. */
  readonly roles: Int8Array;
}

const names = ['Key', 'Size', 'StorageClass', 'IsLatest'] as const;
const LESS = 0x3c;

/** The shape of an entry that was read from its "<" at `start` to where the reader stands now; `inside` is behind its own tag. */
export function learnShape(
  { bytes, at: end, refuse }: XmlReader,
  start: number,
  inside: number,
  isDeleteMarker: boolean,
): EntryShape {
  const markup: Uint8Array[] = [];
  const roles: number[] = [];
  const xml = xmlReader(bytes, refuse);
  xml.at = inside;
  let from = start;
  let depth = 0;
  while (xml.at < end) {
    const tag = nextTag(xml);
    if (tag === 'open') depth += 1;
    if (tag === 'close') depth -= 1;
    const text = xml.at;
    let stop = text;
    while (stop < end && bytes[stop] !== LESS) stop += 1;
    // A text between a tag and its end, not the blanks between two tags.
    if (tag !== 'open' || bytes[stop + 1] !== 0x2f) continue;
    markup.push(bytes.slice(from, text));
    roles.push(depth === 1 ? names.findIndex((name) => isNamed(xml, name)) : -1);
    from = stop;
  }
  markup.push(bytes.slice(from, end));
  return { isDeleteMarker, markup, roles: Int8Array.from(roles) };
}

/** Where an entry of this shape that begins at `at` ends, its fields noted; −1 when it has another shape. */
export function matchShape(shape: EntryShape, bytes: Uint8Array, start: number, fields: EntryFields): number {
  const { markup, roles } = shape;
  let at = start;
  fields.classStart = fields.classEnd = fields.sizeStart = fields.sizeEnd = 0;
  fields.latestStart = fields.latestEnd = 0;
  for (let part = 0; ; part++) {
    const tags = markup[part]!;
    for (let i = 0; i < tags.length; i++) if (bytes[at + i] !== tags[i]) return -1;
    at += tags.length;
    if (part === roles.length) return at;
    const from = at;
    while (at < bytes.length && bytes[at] !== LESS) at += 1;
    note(fields, roles[part]!, from, at);
  }
}

function note(fields: EntryFields, role: number, start: number, end: number): void {
  if (role === 0) {
    fields.keyStart = start;
    fields.keyEnd = end;
  } else if (role === 1) {
    fields.sizeStart = start;
    fields.sizeEnd = end;
  } else if (role === 2) {
    fields.classStart = start;
    fields.classEnd = end;
  } else if (role === 3) {
    fields.latestStart = start;
    fields.latestEnd = end;
  }
}
