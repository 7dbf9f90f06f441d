/** The header of a gzip member (RFC 1952), taken whole or not at all. */

export type Crc32 = (bytes: Uint8Array, before?: number) => number;

/** How many bytes it has; undefined when it goes on behind these; or why it is none, in zlib's words. */
export function headerLength(bytes: Uint8Array, crc32: Crc32): number | undefined | string {
  const lacksMagic = bytes.length > 0 && (bytes[0] !== 0x1f || (bytes.length > 1 && bytes[1] !== 0x8b));
  if (lacksMagic) return 'incorrect header check';
  if (bytes.length > 2 && bytes[2] !== deflate) return 'unknown compression method';
  const flags = bytes[3];
  if (flags === undefined) return undefined;
  if ((flags & unknownFlags) !== 0) return 'unknown header flags set';
  let end = fixedBytes;
  if ((flags & hasExtra) !== 0) {
    if (bytes.length < end + 2) return undefined;
    end += 2 + (bytes[end]! | (bytes[end + 1]! << 8));
  }
  for (const flag of [hasName, hasComment])
    if ((flags & flag) !== 0) {
      const zero = bytes.indexOf(0, end);
      if (zero < 0) return undefined;
      end = zero + 1;
    }
  if ((flags & hasChecksum) === 0) return bytes.length < end ? undefined : end;
  if (bytes.length < end + 2) return undefined;
  const said = bytes[end]! | (bytes[end + 1]! << 8);
  return (crc32(bytes.subarray(0, end)) & 0xffff) === said ? end + 2 : 'header crc mismatch';
}

const fixedBytes = 10;
const deflate = 8;
const hasChecksum = 2;
const hasExtra = 4;
const hasName = 8;
const hasComment = 16;
const unknownFlags = 0xe0;
