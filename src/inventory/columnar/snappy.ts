/** A block of Snappy into bytes of its own. */
import { openPageKernel } from './page-kernel.js';

/** Exactly `length` bytes, or undefined where [from, end) is no block of so many. */
export function unsnap(bytes: Uint8Array, from: number, end: number, length: number): Uint8Array | undefined {
  const kernel = openPageKernel();
  const at = kernel.unsnap(bytes, from, end, length);
  const out = at < 0 ? undefined : kernel.memory.slice(at, at + length);
  kernel.release();
  return out;
}

/** The length that a block says it has, or less than nothing. */
export function snappyLength(bytes: Uint8Array): number {
  let said = 0;
  for (let at = 0, scale = 1; at < bytes.length && at < 5; at += 1, scale *= 128) {
    said += (bytes[at]! & 0x7f) * scale;
    if (bytes[at]! < 0x80) return said;
  }
  return -1;
}
