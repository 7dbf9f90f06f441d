/** Arrays of this thread that files are read into again and again: memory that is new is dear, some of it more than what is read. */

/** Smaller ones are not kept: there is nothing to be gained. */
const leastBytes = 1 << 10;
/** A piece of a range (file-range.ts). */
const mostBytes = 8 << 20;
/** Each column of a row group and of the next one. */
const mostRooms = 12;

const rooms: Uint8Array[] = [];

/** The smallest that so many bytes fit into, or a new one; undefined where they need none. */
export function takeRoom(bytes: number): Uint8Array | undefined {
  if (bytes < leastBytes || bytes > mostBytes) return undefined;
  let found = -1;
  for (let i = 0; i < rooms.length; i++) {
    const { length } = rooms[i]!;
    if (length >= bytes && (found < 0 || length < rooms[found]!.length)) found = i;
  }
  return found < 0 ? new Uint8Array(roundedUp(bytes)) : rooms.splice(found, 1)[0];
}

/** Nobody may use it any longer. */
export function giveRoom(room: Uint8Array): void {
  if (rooms.length === mostRooms) rooms.shift();
  rooms.push(room);
}

/** So that what is read next mostly fits. */
function roundedUp(bytes: number): number {
  const step = bytes < 1 << 20 ? 1 << 16 : 1 << 20;
  return Math.ceil(bytes / step) * step;
}
