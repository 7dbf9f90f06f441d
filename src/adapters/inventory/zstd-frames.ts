/** What frames of Zstandard may take of memory is bounded before any is decompressed: RFC 8878, 3.1. */

const frameMagic = 0xfd2fb528;
/** Frames that are skipped have any of sixteen. */
const skippedMagic = 0x184d2a5;
const mostBlockBytes = 1 << 17;
/** What writers ask for at their highest levels. */
const mostWindowBytes = 1 << 27;

interface Frame {
  /** What it says it becomes; none says nothing. */
  readonly size: number;
  readonly window: number;
  /** It has no more than this: a block that is compressed counts as long as a block may be. */
  readonly bound: number;
  readonly end: number;
}

/** Whether they become no more than a small multiple of `most` bytes, and are frames at all. */
export function zstdFits(bytes: Uint8Array, most: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let bound = 0;
  for (let at = 0; at < bytes.length; ) {
    if (at + 9 > bytes.length) return false;
    const magic = view.getUint32(at, true);
    if (magic >>> 4 === skippedMagic) {
      at += 8 + view.getUint32(at + 4, true);
      continue;
    }
    const frame = magic === frameMagic ? frameAt(view, at + 4) : undefined;
    if (!frame || frame.size > most || frame.window > mostWindowBytes) return false;
    bound += frame.bound;
    at = frame.end;
  }
  return bound <= 4 * most + 8 * mostBlockBytes;
}

function frameAt(view: DataView, from: number): Frame | undefined {
  const descriptor = view.getUint8(from);
  const isSingle = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  const sizeAt = from + (isSingle ? 1 : 2) + dictionaryBytes;
  const blocksAt = sizeAt + sizeBytes;
  if (blocksAt > view.byteLength) return undefined;
  const window = isSingle ? 0 : windowOf(view.getUint8(from + 1));
  const blocks = blocksFrom(view, blocksAt);
  if (!blocks) return undefined;
  const end = blocks.end + (descriptor & 4 ? 4 : 0);
  return end > view.byteLength
    ? undefined
    : { ...blocks, size: sizeAtMost(view, sizeAt, sizeBytes), window, end };
}

function windowOf(byte: number): number {
  const base = 2 ** (10 + (byte >> 3));
  return base + (base / 8) * (byte & 7);
}

function sizeAtMost(view: DataView, at: number, bytes: number): number {
  let size = bytes === 2 ? 256 : 0;
  for (let i = 0; i < bytes; i += 1) size += view.getUint8(at + i) * 2 ** (8 * i);
  return size;
}

function blocksFrom(view: DataView, from: number): { bound: number; end: number } | undefined {
  let bound = 0;
  for (let at = from; ; ) {
    if (at + 3 > view.byteLength) return undefined;
    const header = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    const kind = (header >> 1) & 3;
    const size = header >> 3;
    if (kind === 3 || size > mostBlockBytes) return undefined;
    bound += kind === 2 ? mostBlockBytes : size;
    at += 3 + (kind === 1 ? 1 : size);
    if (header & 1) return { bound, end: at };
  }
}
