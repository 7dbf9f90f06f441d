/** Names that come again and again in a log get small numbers by their bytes alone; a text is made once, when a name is new. */

export interface ByteNames {
  /** The number `made` gave for these bytes when they were new. */
  of(bytes: Uint8Array, start: number, end: number): number;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const storedAtMost = 1 << 24;

/**
 * `made` is called for a name that is not held and gives its number. At most `limit` names are held: then all are
 * forgotten and made anew, so that a log of ever new names needs no more memory than any other.
 */
export function byteNames(limit: number, made: (name: string) => number): ByteNames {
  const slots = new Int32Array(powerOfTwo(limit * 2));
  const mask = slots.length - 1;
  const ends = new Int32Array(limit + 1);
  const numbers = new Int32Array(limit);
  let stored = new Uint8Array(1 << 16);
  let count = 0;

  const isSame = (index: number, bytes: Uint8Array, start: number, end: number): boolean => {
    const from = ends[index]!;
    const length = end - start;
    if (ends[index + 1]! - from !== length) return false;
    for (let at = 0; at < length; at++) if (stored[from + at] !== bytes[start + at]) return false;
    return true;
  };

  const store = (bytes: Uint8Array, start: number, end: number): void => {
    const from = ends[count]!;
    const to = from + end - start;
    if (to > stored.length) {
      const larger = new Uint8Array(Math.max(stored.length * 2, to));
      larger.set(stored.subarray(0, from));
      stored = larger;
    }
    stored.set(bytes.subarray(start, end), from);
    ends[count + 1] = to;
  };

  return {
    of(bytes, start, end) {
      const hash = hashOf(bytes, start, end);
      let slot = hash & mask;
      for (let index = slots[slot]!; index !== 0; index = slots[slot]!) {
        if (isSame(index - 1, bytes, start, end)) return numbers[index - 1]!;
        slot = (slot + 1) & mask;
      }
      if (count === limit || ends[count]! > storedAtMost) {
        slots.fill(0);
        count = 0;
        slot = hash & mask;
      }
      const number = made(decoder.decode(bytes.subarray(start, end)));
      store(bytes, start, end);
      numbers[count] = number;
      count += 1;
      slots[slot] = count;
      return number;
    },
  };
}

const powerOfTwo = (least: number): number => 2 ** Math.ceil(Math.log2(least));

/** FNV-1a, and its bits mixed once more because the slots are taken from the lowest ones. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) ^ (hash >>> 13);
}

export interface RecentLines {
  /** Whether the same bytes were seen among the last few hundred thousand. */
  isRepeat(bytes: Uint8Array, start: number, end: number): boolean;
}

const recentSlots = 1 << 18;

/** Each slot holds the last line that fell into it as 64 bits of hash: a bounded memory, so a repeat far away is not seen. */
export function recentLines(): RecentLines {
  const seen = new Int32Array(recentSlots * 2);
  return {
    isRepeat(bytes, start, end) {
      let a = 0x811c9dc5;
      let b = 0x9747b28c;
      for (let at = start; at < end; at++) {
        a = Math.imul(a ^ bytes[at]!, 0x01000193);
        b = Math.imul(b ^ bytes[at]!, 0x5bd1e995) ^ (b >>> 15);
      }
      const slot = (a ^ (a >>> 14)) & (recentSlots - 1);
      if (seen[2 * slot] === a && seen[2 * slot + 1] === b) return true;
      seen[2 * slot] = a;
      seen[2 * slot + 1] = b;
      return false;
    },
  };
}
