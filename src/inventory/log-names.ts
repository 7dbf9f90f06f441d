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
  let slots = new Int32Array(64);
  let ends = new Int32Array(33);
  let numbers = new Int32Array(32);
  let stored = new Uint8Array(1 << 10);
  let count = 0;

  const isSame = (index: number, bytes: Uint8Array, start: number, end: number): boolean => {
    const from = ends[index]!;
    const length = end - start;
    if (ends[index + 1]! - from !== length) return false;
    for (let at = 0; at < length; at++) if (stored[from + at] !== bytes[start + at]) return false;
    return true;
  };
  const freeSlot = (hash: number): number => {
    let slot = hash & (slots.length - 1);
    while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
    return slot;
  };
  /** Half of the slots stay free. */
  const grow = (): void => {
    ends = larger(ends, 2 * count + 1);
    numbers = larger(numbers, 2 * count);
    slots = new Int32Array(slots.length * 2);
    for (let index = 0; index < count; index++)
      slots[freeSlot(hashOf(stored, ends[index]!, ends[index + 1]!))] = index + 1;
  };
  const store = (bytes: Uint8Array, start: number, end: number, number: number): void => {
    if (2 * count === slots.length) grow();
    const from = ends[count]!;
    const to = from + end - start;
    if (to > stored.length) {
      const more = new Uint8Array(Math.max(stored.length * 2, to));
      more.set(stored.subarray(0, from));
      stored = more;
    }
    stored.set(bytes.subarray(start, end), from);
    ends[count + 1] = to;
    numbers[count] = number;
    slots[freeSlot(hashOf(bytes, start, end))] = count + 1;
    count += 1;
  };

  return {
    of(bytes, start, end) {
      const mask = slots.length - 1;
      let slot = hashOf(bytes, start, end) & mask;
      for (let index = slots[slot]!; index !== 0; index = slots[slot]!) {
        if (isSame(index - 1, bytes, start, end)) return numbers[index - 1]!;
        slot = (slot + 1) & mask;
      }
      if (count === limit || ends[count]! > storedAtMost) {
        slots.fill(0);
        count = 0;
      }
      const number = made(decoder.decode(bytes.subarray(start, end)));
      store(bytes, start, end, number);
      return number;
    },
  };
}

function larger(numbers: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const more = new Int32Array(length);
  more.set(numbers);
  return more;
}

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
