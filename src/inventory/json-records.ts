/** The records of a JSON file one after the other, wherever the pieces of its bytes are cut; one record is held at a time. */
import { heldBytes } from './held-bytes.js';

export interface JsonRecords {
  take(piece: Uint8Array): void;
  end(): void;
}

/** `bytes` is the text of one record, or what stands between records and is none; `number` counts both from 1. */
type TakeRecord = (bytes: Uint8Array, number: number) => void;

const open = 0x7b;
const close = 0x7d;
const quote = 0x22;
const backslash = 0x5c;
const openList = 0x5b;
const closeList = 0x5d;
const comma = 0x2c;
const colon = 0x3a;
const newline = 0x0a;
const blank = 0x20;
/** One record of CloudTrail has at most 256 KB; what is longer is no record. */
const recordAtMost = 1 << 22;
/** What stands before the list of a wrapper: of a subscription names of groups and filters, each up to 512 letters. */
const headAtMost = 1 << 13;
const wrapper =
  /^\{\s*"(?:Records|events|logEvents)"\s*:\s*$|^\{\s*"messageType"\s*:[\s\S]*"logEvents"\s*:\s*$/;
/** Exports of CloudWatch Logs put it before each record. */
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z\s*$/;

/**
 * Objects side by side (one a line or not, after an instant or not), in one list, or in the list of a wrapper:
 * {"Records": […]} of CloudTrail, {"events": […]} and {"messageType": …, "logEvents": […]} of CloudWatch Logs.
 * After damage it goes on at the next line, or at the next brace that JSON does not allow where it stands.
 */
export function jsonRecords(record: TakeRecord): JsonRecords {
  const held = heldBytes(recordAtMost);
  let number = 0;
  let depth = 0;
  let isText = false;
  let isEscaped = false;
  /** The last byte that is not blank, outside of texts. */
  let before = 0;
  /** In a list all objects are records; after the list of a wrapper come fields of no interest. */
  let place: 'file' | 'list' | 'wrapped list' | 'after list' = 'file';

  const finish = (): void => {
    if (held.length() > 0) record(held.bytes(), ++number);
    held.clear();
    depth = 0;
    isText = false;
  };
  /** What stood between records: an instant says nothing that the record does not. */
  const endStray = (): void => {
    if (held.length() < 64 && instant.test(held.text())) held.clear();
    finish();
  };
  const begin = (): void => {
    endStray();
    held.add(open);
    depth = 1;
    before = open;
  };
  const text = (byte: number): void => {
    // JSON has no raw newline in a text: the record is cut off.
    if (byte === newline && place === 'after list') leave('file');
    else if (byte === newline) finish();
    else if (place !== 'after list') held.add(byte);
    if (byte === newline || isEscaped) isEscaped = false;
    else if (byte === backslash) isEscaped = true;
    else if (byte === quote) isText = false;
  };
  const leave = (to: typeof place): void => {
    place = to;
    depth = 0;
    isText = false;
  };
  const between = (byte: number): void => {
    if (byte === open) begin();
    else if (byte === newline) endStray();
    else if (held.length() > 0) held.add(byte);
    else if (byte <= blank || byte === comma) return;
    else if (byte === openList && place === 'file') place = 'list';
    else if (byte === closeList && place !== 'file') leave(place === 'list' ? 'file' : 'after list');
    else held.add(byte);
  };
  const isWrapper = (): boolean =>
    place === 'file' && depth === 1 && held.length() < headAtMost && wrapper.test(held.text());
  /** Whether JSON allows an object here; directly in a record it is the value of a field. */
  const mayBegin = (): boolean =>
    before === colon || (depth > 1 && (before === comma || before === openList));
  const hold = (byte: number): void => {
    held.add(byte);
    if (byte === quote) isText = true;
    else if (byte === open || byte === openList) depth += 1;
    else if (byte === close || byte === closeList) depth -= 1;
    if (depth === 0) finish();
  };
  const within = (byte: number): void => {
    if (byte === openList && isWrapper()) {
      held.clear();
      leave('wrapped list');
    } else if (byte === open && !mayBegin()) {
      finish();
      begin();
    } else hold(byte);
  };
  const after = (byte: number): void => {
    if (byte === quote) isText = true;
    else if (byte === open && depth === 0 && before !== colon) {
      leave('list');
      begin();
    } else if (byte === open || byte === openList) depth += 1;
    else if (depth === 0 && byte === close) leave('file');
    else if (byte === close || byte === closeList) depth -= 1;
  };
  const one = (byte: number): void => {
    if (isText) {
      text(byte);
      return;
    }
    if (place === 'after list') after(byte);
    else if (depth > 0) within(byte);
    else between(byte);
    if (byte > blank) before = byte;
  };
  return {
    take(piece) {
      for (let at = 0; at < piece.length; at++) one(piece[at]!);
    },
    end() {
      // What was begun and not ended is a record too, or a list: one that cannot be read.
      if (held.length() === 0 && place !== 'file') held.add(open);
      if (depth > 0 || place !== 'file') finish();
      else endStray();
    },
  };
}
