/** The records of a JSON file one after the other, wherever the pieces of its bytes are cut; one record is held at a time. */

export interface JsonRecords {
  take(piece: Uint8Array): void;
  end(): void;
}

/** `bytes` is the text of one record; `number` counts from 1. */
type TakeRecord = (bytes: Uint8Array, number: number) => void;

const open = 0x7b;
const close = 0x7d;
const quote = 0x22;
const backslash = 0x5c;
const openList = 0x5b;
const closeList = 0x5d;
/** One record of CloudTrail has at most 256 KB; what is longer is no record. */
const recordAtMost = 1 << 22;
const wrapper = /^\s*"(?:Records|events|logEvents)"\s*:\s*$/;

/**
 * Objects side by side (one a line or not), in one list, or in the list of a wrapper: {"Records": […]} of CloudTrail,
 * {"events": […]} of CloudWatch Logs.
 */
export function jsonRecords(record: TakeRecord): JsonRecords {
  let held: Uint8Array<ArrayBufferLike> = new Uint8Array(1 << 16);
  let length = 0;
  let depth = 0;
  let number = 0;
  let isText = false;
  let isEscaped = false;
  let isTooLong = false;

  const hold = (byte: number): void => {
    if (length === held.length) {
      if (length >= recordAtMost) {
        isTooLong = true;
        return;
      }
      const larger = new Uint8Array(held.length * 2);
      larger.set(held);
      held = larger;
    }
    held[length] = byte;
    length += 1;
  };
  const finish = (): void => {
    number += 1;
    record(held.subarray(0, length), number);
    length = 0;
    isTooLong = false;
  };
  /** A list in the first field of an outer object: its items are the records. */
  const isWrapper = (): boolean =>
    depth === 1 && length < 64 && wrapper.test(String.fromCharCode(...held.subarray(1, length)));

  const one = (byte: number): void => {
    if (isText) {
      if (!isTooLong) hold(byte);
      if (isEscaped) isEscaped = false;
      else if (byte === backslash) isEscaped = true;
      else if (byte === quote) isText = false;
      return;
    }
    if (depth === 0 && byte !== open) return;
    if (byte === openList && isWrapper()) {
      depth = 0;
      length = 0;
      return;
    }
    if (!isTooLong) hold(byte);
    if (byte === quote) isText = true;
    else if (byte === open || byte === openList) depth += 1;
    else if (byte === close || byte === closeList) {
      depth -= 1;
      if (depth === 0) finish();
    }
  };
  return {
    take(piece) {
      for (let at = 0; at < piece.length; at++) one(piece[at]!);
    },
    end() {
      // What was begun and not ended is a record too: one that cannot be read.
      if (length > 0) finish();
    },
  };
}
