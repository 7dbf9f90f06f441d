/** Arrays of this thread that files are read into again and again: memory that is new is dear, some of it more than what is read. */

/** Smaller ones are not kept: there is nothing to be gained. */
const leastBytes = 1 << 10;
/** A piece of a range (file-range.ts). */
const mostBytes = 8 << 20;
/** Of all of them: the columns of a row group and of the next one. */
const mostBytesHeld = 32 << 20;
/** A room is not spent on much less than it holds. */
const mostTimes = 4;

const rooms: Uint8Array[] = [];
let bytesHeld = 0;

/** The smallest that so many bytes fit into, of several the one given last, or a new one; undefined where that is not worth it. */
export function takeRoom(bytes: number): Uint8Array | undefined {
  if (bytes < leastBytes || bytes > mostBytes) return undefined;
  const wanted = roundedUp(bytes);
  let found = -1;
  for (let i = 0; i < rooms.length; i++) {
    const { length } = rooms[i]!;
    if (length < bytes || length > mostTimes * wanted) continue;
    if (found < 0 || length <= rooms[found]!.length) found = i;
  }
  if (found < 0) return new Uint8Array(wanted);
  bytesHeld -= rooms[found]!.length;
  return rooms.splice(found, 1)[0];
}

/** Nobody may use it any longer. */
export function giveRoom(room: Uint8Array): void {
  rooms.push(room);
  for (bytesHeld += room.length; bytesHeld > mostBytesHeld; ) bytesHeld -= rooms.shift()!.length;
}

/** So that what is read next mostly fits. */
function roundedUp(bytes: number): number {
  const step = bytes < 1 << 20 ? 1 << 16 : 1 << 20;
  return Math.ceil(bytes / step) * step;
}
