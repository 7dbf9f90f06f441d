/** The mark EF BB BF at the very beginning of a file says "UTF-8"; it is no text. */
import { joined } from './csv-fields.js';

export interface MarkFilter {
  /** The bytes that are text. The first three are held back until they are known. */
  without(chunk: Uint8Array): Uint8Array;
  /** What is still held back when the file ends. */
  rest(): Uint8Array;
  /** 3 when there was a mark, else 0. */
  bytes(): number;
}

export function byteOrderMark(): MarkFilter {
  let held: Uint8Array | undefined = new Uint8Array(0);
  let found = 0;
  return {
    without(chunk) {
      if (!held) return chunk;
      const both = held.length === 0 ? chunk : joined([held, chunk]);
      if (both.length < 3) {
        held = both.slice();
        return new Uint8Array(0);
      }
      held = undefined;
      if (both[0] === 0xef && both[1] === 0xbb && both[2] === 0xbf) found = 3;
      return both.subarray(found);
    },
    rest() {
      const left = held ?? new Uint8Array(0);
      held = undefined;
      return left;
    },
    bytes: () => found,
  };
}
