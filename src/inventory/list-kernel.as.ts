/**
 * The answer to a LIST, from bytes to columns in one pass, whatever the order of its fields; what is not whole is refused.
 * Compiled to WebAssembly.
 */
import { isUtf8 } from './key-bytes.as';
import { beginRows, classes, entryNotEnded, noteSpan, readEntry, rows, setClasses, setColumns, spansAt } from './list-entry.as';
import { decoded, isHigh } from './list-names.as';
import { entryName, firstField, groupName, groupsName, isNamed, markerName, names, rootName, setNames } from './list-words.as';
import {
  at,
  beginXml,
  closes,
  elementText,
  end,
  failed,
  fault,
  faultEnd,
  faultStart,
  follows,
  isEmpty,
  isSame,
  nameEnd,
  nameStart,
  nextTag,
  opens,
  skipElement,
  textEnd,
  textStart,
} from './list-xml.as';

export { classes, decoded, fault, faultEnd, faultStart, rows, setClasses, setColumns, setNames };

/** As list-kernel.ts names them. */
const rootNotEnded: i32 = 10;
const isOther: i32 = 11;
const goesOn: i32 = 12;
const isNoName: i32 = 14;
const isNoText: i32 = 15;

/** From and to of what the page says of itself, and of its groups. */
let fieldsAt: usize = 0;
let groupsAt: usize = 0;
let hasVersions: bool = false;

export let groups: i32 = 0;

/** Where those are written; there is room for as many groups as the page can hold. */
export function setSpans(fields: usize, groupSpans: usize): void {
  fieldsAt = fields;
  groupsAt = groupSpans;
}

/** Reads the page in [from, to); afterwards `fault` says whether it is one. */
export function scan(from: usize, to: usize, isOfVersions: bool): void {
  hasVersions = isOfVersions;
  groups = 0;
  beginRows();
  memory.fill(fieldsAt, 0, <usize>(names - firstField) << 3);
  beginXml(from, to);
  const tag = nextTag();
  if (tag == 0) return;
  if (tag == closes || !isNamed(rootName)) {
    failed(isOther, nameStart, nameEnd);
    return;
  }
  if (tag == opens && !readRoot()) return;
  const rest = follows();
  if (rest < end) failed(goesOn, rest, rest);
}

function readRoot(): bool {
  const start = nameStart;
  const stop = nameEnd;
  for (;;) {
    const tag = nextTag();
    if (tag == 0) return false;
    if (tag == closes) break;
    if (!readChild(tag)) return false;
  }
  if (!isSame(start, stop)) failed(rootNotEnded, at, at);
  return fault == 0;
}

function readChild(tag: i32): bool {
  if (isNamed(entryName)) return readEntry(tag, false);
  if (hasVersions && isNamed(markerName)) return readEntry(tag, true);
  if (isNamed(groupsName)) return readGroups(tag);
  for (let name = firstField; name < names; name += 1) {
    if (!isNamed(name)) continue;
    if (!elementText(tag)) return false;
    noteSpan(fieldsAt, name - firstField, textStart, textEnd);
    return true;
  }
  return skipElement(tag);
}

function readGroups(tag: i32): bool {
  if (tag == isEmpty) return true;
  const start = nameStart;
  const stop = nameEnd;
  for (;;) {
    const inner = nextTag();
    if (inner == 0) return false;
    if (inner == closes) break;
    const isGroup = isNamed(groupName);
    if (!(isGroup ? elementText(inner) : skipElement(inner))) return false;
    if (!isGroup) continue;
    noteSpan(groupsAt, groups, textStart, textEnd);
    groups += 1;
  }
  if (!isSame(start, stop)) failed(entryNotEnded, at, at);
  return fault == 0;
}

/** Writes the keys one after another, and where each begins; the first row whose key is none, with `fault` why, or `rows`. */
export function decodeKeys(isUrl: bool, offsetsAt: usize, keysAt: usize): i32 {
  let out = keysAt;
  store<u32>(offsetsAt, 0);
  for (let row = 0; row < rows; row += 1) {
    const span = spansAt + (<usize>row << 3);
    const start = <usize>load<u32>(span);
    const stop = <usize>load<u32>(span + 4);
    const length = decoded(start, stop, isUrl, out);
    if (length < 0) failed(isNoName, start, stop);
    else if (isHigh && !isNameWhole(out, out + <usize>length, isUrl))
      failed(isNoText, out, out + <usize>length);
    if (fault != 0) return row;
    out += <usize>length;
    store<u32>(offsetsAt + (<usize>row << 2) + 4, <u32>(out - keysAt));
  }
  return rows;
}

/** A server that does not encode puts U+FFFD for what XML cannot hold: then the name is lost, and two keys may look like one. */
function isNameWhole(from: usize, to: usize, isUrl: bool): bool {
  if (!isUtf8(from, to)) return false;
  if (!isUrl)
    for (let place = from; place + 2 < to; place += 1)
      if (load<u8>(place) == 0xef && load<u8>(place + 1) == 0xbf && load<u8>(place + 2) == 0xbd) return false;
  return true;
}
