/** What was counted moves: from one row to another, and to the row's new number where only some rows stay. */
import { headerBytes, headsAt, knownSlot, leaveSlots, link, most, setHead, slotBytes, slots, slotsAt, sumsEnd } from './row-counts.as';

/** What was counted in a row is counted in another one instead; false, and nothing is done, where a sum would no longer be exact. */
export function gather(row: i32, into: i32): bool {
  const head = headsAt + (<usize>row << 2);
  for (let slot = load<i32>(head); slot >= 0; slot = load<i32>(slotsAt + <usize>slot * slotBytes + 4))
    if (!isRoomFor(slotsAt + <usize>slot * slotBytes, into)) return false;
  for (let slot = load<i32>(head); slot >= 0; ) {
    const at = slotsAt + <usize>slot * slotBytes;
    const next = load<i32>(at + 4);
    const same = knownSlot(into, load<i32>(at));
    if (same == 0) link(at, slot, into);
    else
      for (let i: usize = headerBytes; i < sumsEnd; i += 8) store<f64>(same + i, load<f64>(same + i) + load<f64>(at + i));
    slot = next;
  }
  setHead(row);
  return true;
}

function isRoomFor(at: usize, into: i32): bool {
  const same = knownSlot(into, load<i32>(at));
  if (same == 0) return true;
  for (let i: usize = headerBytes; i < sumsEnd; i += 8) if (load<f64>(same + i) + load<f64>(at + i) > most) return false;
  return true;
}

/** How many slots the rows in a list of numbers have. */
export function slotsIn(list: usize, count: i32): i32 {
  let found = 0;
  for (let i = 0; i < count; i += 1) {
    let slot = load<i32>(headsAt + (<usize>load<i32>(list + (<usize>i << 2)) << 2));
    for (; slot >= 0; slot = load<i32>(slotsAt + <usize>slot * slotBytes + 4)) found += 1;
  }
  return found;
}

/** Of `rows` rows only those in the list keep what was counted in them; their numbers are their places in it from now on. */
export function keepSlots(list: usize, count: i32, rows: i32): void {
  memory.fill(headsAt, 0xff, <usize>rows << 2);
  for (let i = 0; i < count; i += 1) store<i32>(headsAt + (<usize>load<i32>(list + (<usize>i << 2)) << 2), i);
  let kept = 0;
  for (let slot = 0; slot < slots; slot += 1) {
    const at = slotsAt + <usize>slot * slotBytes;
    const row = load<i32>(headsAt + (<usize>load<i32>(at + 8) << 2));
    if (row < 0) continue;
    const to = slotsAt + <usize>kept * slotBytes;
    if (to != at) memory.copy(to, at, slotBytes);
    store<i32>(to + 8, row);
    kept += 1;
  }
  for (let row = 0; row < count; row += 1) setHead(row);
  for (let slot = 0; slot < kept; slot += 1) {
    const at = slotsAt + <usize>slot * slotBytes;
    link(at, slot, load<i32>(at + 8));
  }
  leaveSlots(kept);
}
