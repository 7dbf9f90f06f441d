/** Cells are found by three small numbers, many times for each line of a log that is new to nobody. */

export interface Cell {
  readonly row: number;
  readonly requester: number;
  readonly kind: number;
}

export interface Cells {
  /** The number of the cell, or −1. */
  find(row: number, requester: number, kind: number): number;
  make(row: number, requester: number, kind: number): number;
  size(): number;
  /** In the order of their numbers. */
  all(): readonly Cell[];
}

export function openCells(): Cells {
  const made: Cell[] = [];
  let slots = new Int32Array(256);
  let keys = new Int32Array(3 * 128);

  const freeSlot = (row: number, requester: number, kind: number): number => {
    let slot = hashOf(row, requester, kind) & (slots.length - 1);
    while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
    return slot;
  };
  /** Half of the slots stay free. */
  const grow = (): void => {
    slots = new Int32Array(slots.length * 2);
    const more = new Int32Array(keys.length * 2);
    more.set(keys);
    keys = more;
    made.forEach(({ row, requester, kind }, cell) => {
      slots[freeSlot(row, requester, kind)] = cell + 1;
    });
  };
  return {
    size: () => made.length,
    all: () => made,
    find(row, requester, kind) {
      const mask = slots.length - 1;
      let slot = hashOf(row, requester, kind) & mask;
      for (let cell = slots[slot]!; cell !== 0; cell = slots[slot]!) {
        const at = 3 * (cell - 1);
        if (keys[at] === row && keys[at + 1] === requester && keys[at + 2] === kind) return cell - 1;
        slot = (slot + 1) & mask;
      }
      return -1;
    },
    make(row, requester, kind) {
      if (2 * made.length === slots.length) grow();
      const cell = made.length;
      slots[freeSlot(row, requester, kind)] = cell + 1;
      keys.set([row, requester, kind], 3 * cell);
      made.push({ row, requester, kind });
      return cell;
    },
  };
}

function hashOf(row: number, requester: number, kind: number): number {
  const hash = Math.imul(row, 0x9e3779b1) ^ Math.imul(requester, 0x85ebca6b) ^ Math.imul(kind, 0xc2b2ae35);
  return hash ^ (hash >>> 15);
}
