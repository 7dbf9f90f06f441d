/** Where what the tally kernel reads and counts lies in its memory, and how much of each it holds. */
import { gunzipKernelBytes } from './gzip/gunzip-kernel.js';

/** A record this long is none of S3's: the longest field is an access control list of some kilobytes. */
export const longestRecord = 1 << 18;
export const mostColumns = 1024;
/** Classes and tiers that are told apart. */
export const mostHeld = 250;
/** Bytes of a class and a tier together. */
export const longestHeld = 256;

/** Of WebAssembly. */
export const pageBytes = 65_536;
export const slack = 64;
export const slotBytes = 448;
export const headerBytes = 16;
const folderBytes = 24;
/** As hour-folders.as.ts. */
const longestShape = 1024;
/** As folder-rows.as.ts. */
export const rowBytes = 20;

/** What is held before it goes to the tree, and at most half of each table is left: some 60 MiB. */
export interface KernelLimits {
  /** Sums of a row and a class. */
  readonly slots: number;
  readonly rows: number;
  /** A power of two. */
  readonly folders: number;
  readonly folderTextBytes: number;
  readonly sampleTextBytes: number;
}

export const kernelLimits: KernelLimits = {
  slots: 1 << 16,
  rows: 1 << 16,
  folders: 1 << 17,
  folderTextBytes: 16 << 20,
  sampleTextBytes: 8 << 20,
};

/** Parts of the memory one after another; what the modules themselves keep lies below the first. */
export function kernelPlaces(limits: KernelLimits) {
  let end: number = gunzipKernelBytes.to;
  const part = (bytes: number): number => {
    const at = end;
    end = (end + bytes + 15) & ~15;
    return at;
  };
  return {
    roles: part(4 * mostColumns),
    held: part(16 * (mostHeld + 2)),
    heldText: part(longestHeld * (mostHeld + 2) + slack),
    slots: part(slotBytes * limits.slots),
    heads: part(4 * limits.rows),
    buckets: part(4 * 2 * limits.folders),
    folders: part(folderBytes * limits.folders),
    folderText: part(longestRecord + limits.folderTextBytes + slack),
    shape: part(longestShape),
    hours: part(4 * limits.folders),
    rows: part(rowBytes * limits.rows),
    sampleText: part(longestRecord + limits.sampleTextBytes + slack),
    scratch: part(2 * (longestRecord + slack)),
    input: part(0),
  };
}
