/** One object or version of a listing: from its tags to a row of the columns. Compiled to WebAssembly. */
import { className, isNamed, keyName, latestName, sizeName } from './list-words.as';
import {
  areSame,
  at,
  closes,
  elementText,
  failed,
  fault,
  isSame,
  nameEnd,
  nameStart,
  nextTag,
  opens,
  skipElement,
  textEnd,
  textStart,
} from './list-xml.as';

/** As list-kernel.ts names them. */
export const entryNotEnded: i32 = 5;
const hasNoKey: i32 = 6;
const isNoSize: i32 = 7;
const isNoTruth: i32 = 8;
const hasNoSize: i32 = 9;
const tooManyClasses: i32 = 13;

const notSaid: u8 = 2;
const mostSafe: f64 = 9007199254740991;

/** From and to of each spelling of a class, of each row's key. */
let classesAt: usize = 0;
let mostClasses: i32 = 0;
export let spansAt: usize = 0;
let sizesAt: usize = 0;
let codesAt: usize = 0;
/** 0 in a listing without versions. */
let latestAt: usize = 0;
let markersAt: usize = 0;

export let rows: i32 = 0;
export let classes: i32 = 0;

export function setClasses(spellings: usize, most: i32): void {
  classesAt = spellings;
  mostClasses = most;
}

/** Where the columns of a page are written: each has room for as many entries as the page can hold. */
export function setColumns(sizes: usize, spans: usize, codes: usize, latest: usize, markers: usize): void {
  sizesAt = sizes;
  spansAt = spans;
  codesAt = codes;
  latestAt = latest;
  markersAt = markers;
}

export function beginRows(): void {
  rows = 0;
  classes = 0;
}

// @ts-ignore: decorator
@inline
export function noteSpan(table: usize, number: i32, start: usize, stop: usize): void {
  const place = table + (<usize>number << 3);
  store<u32>(place, <u32>start);
  store<u32>(place + 4, <u32>stop);
}

let keyStart: usize = 0;
let keyEnd: usize = 0;
let sizeStart: usize = 0;
let sizeEnd: usize = 0;
let classStart: usize = 0;
let classEnd: usize = 0;
let latestStart: usize = 0;
let latestEnd: usize = 0;

/** Owner, RestoreStatus and whatever is new are passed over. */
export function readEntry(tag: i32, isMarker: bool): bool {
  keyStart = keyEnd = sizeStart = sizeEnd = 0;
  classStart = classEnd = latestStart = latestEnd = 0;
  if (tag == opens) {
    const start = nameStart;
    const stop = nameEnd;
    for (;;) {
      const inner = nextTag();
      if (inner == 0) return false;
      if (inner == closes) break;
      if (!readField(inner)) return false;
    }
    if (!isSame(start, stop)) return failed(entryNotEnded, at, at) != 0;
  }
  return addRow(isMarker);
}

function readField(tag: i32): bool {
  if (isNamed(keyName)) {
    if (!elementText(tag)) return false;
    keyStart = textStart;
    keyEnd = textEnd;
  } else if (isNamed(sizeName)) {
    if (!elementText(tag)) return false;
    sizeStart = textStart;
    sizeEnd = textEnd;
  } else if (isNamed(className)) {
    if (!elementText(tag)) return false;
    classStart = textStart;
    classEnd = textEnd;
  } else if (isNamed(latestName)) {
    if (!elementText(tag)) return false;
    latestStart = textStart;
    latestEnd = textEnd;
  } else return skipElement(tag);
  return true;
}

function addRow(isMarker: bool): bool {
  if (keyStart == keyEnd) return failed(hasNoKey, at, at) != 0;
  if (sizeStart == 0 && !isMarker) return failed(hasNoSize, keyStart, keyEnd) != 0;
  const size = isMarker ? NaN : wholeNumber(sizeStart, sizeEnd);
  if (size < 0) return failed(isNoSize, sizeStart, sizeEnd) != 0;
  const code = isMarker ? -1 : classCode();
  if (code == mostClasses) return failed(tooManyClasses, classStart, classEnd) != 0;
  noteSpan(spansAt, rows, keyStart, keyEnd);
  store<f64>(sizesAt + (<usize>rows << 3), size);
  store<i32>(codesAt + (<usize>rows << 2), code);
  if (latestAt != 0) {
    const latest = latestStart == 0 ? notSaid : truth(latestStart, latestEnd);
    if (latest > notSaid) return failed(isNoTruth, latestStart, latestEnd) != 0;
    store<u8>(latestAt + <usize>rows, latest);
    store<u8>(markersAt + <usize>rows, isMarker ? 1 : 0);
  }
  rows += 1;
  return true;
}

/** −1 when it is none that can be counted. */
function wholeNumber(start: usize, stop: usize): f64 {
  let value: f64 = 0;
  for (let place = start; place < stop; place += 1) {
    const digit = <u32>load<u8>(place) - 0x30;
    if (digit > 9) return -1;
    value = value * 10 + <f64>digit;
  }
  return start == stop || value > mostSafe ? -1 : value;
}

/** 0 false, 1 true, 3 neither. */
function truth(start: usize, stop: usize): u8 {
  const length = stop - start;
  if (length == 4 && load<u32>(start) == 0x65757274) return 1;
  return length == 5 && load<u32>(start) == 0x736c6166 && load<u8>(start + 4) == 0x65 ? 0 : 3;
}

let lastCode: i32 = 0;

/** Of the class as the page spells it, which may be not at all; neighbours mostly share one. */
function classCode(): i32 {
  if (lastCode < classes && isClass(lastCode)) return lastCode;
  for (let code = 0; code < classes; code += 1)
    if (isClass(code)) {
      lastCode = code;
      return code;
    }
  if (classes == mostClasses) return mostClasses;
  noteSpan(classesAt, classes, classStart, classEnd);
  lastCode = classes;
  classes += 1;
  return lastCode;
}

// @ts-ignore: decorator
@inline
function isClass(code: i32): bool {
  const place = classesAt + (<usize>code << 3);
  const start = <usize>load<u32>(place);
  const length = <i32>(<usize>load<u32>(place + 4) - start);
  return <i32>(classEnd - classStart) == length && areSame(start, classStart, length);
}
