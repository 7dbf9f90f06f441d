/** Runs of whole numbers, in either version of ORC's encoding: https://orc.apache.org/specification/ORCv1/ "Run Length Encoding". */
import type { Refuse } from '../columnar/column-file.js';
import { signed, signedBytes, unpackBits } from './bits.js';
import type { OrcStream } from './orc-stream.js';
import { nextVarint } from './varints.js';

/** No run is longer, in bytes as stored. */
export const mostRunBytes = 8192;
const mostRun = 512;

export interface IntegerReader {
  /** The next numbers into [from, from + count) of `out`; fewer where the stream needs `more` first. */
  fill(out: Float64Array, from: number, count: number): number;
  /** Numbers of the run at hand that are not taken yet. */
  left(): number;
}

export function integerReader(
  stream: OrcStream,
  version: 1 | 2,
  isSigned: boolean,
  refuse: Refuse,
): IntegerReader {
  const run = new Float64Array(mostRun);
  const next = version === 1 ? runOfVersion1 : runOfVersion2;
  let at = 0;
  let end = 0;
  return {
    left: () => end - at,
    fill: (out, from, count) => {
      let filled = 0;
      while (filled < count) {
        if (at === end) {
          if (stream.end - stream.at < mostRunBytes && stream.hasMore()) return filled;
          if (stream.at >= stream.end)
            refuse('a stream holds fewer numbers than there are rows', stream.place());
          end = next(stream, isSigned, run, refuse);
          at = 0;
        }
        const taken = Math.min(count - filled, end - at);
        for (let i = 0; i < taken; i += 1) out[from + filled + i] = run[at + i]!;
        at += taken;
        filled += taken;
      }
      return filled;
    },
  };
}

/** Its bytes, which must be there. */
function take(stream: OrcStream, length: number, refuse: Refuse): number {
  if (length > stream.end - stream.at) refuse('a run of numbers is cut', stream.place());
  stream.at += length;
  return stream.at - length;
}

export function runOfVersion1(
  stream: OrcStream,
  isSigned: boolean,
  run: Float64Array,
  refuse: Refuse,
): number {
  const control = stream.bytes[take(stream, 1, refuse)]!;
  if (control >= 0x80) {
    const count = 0x100 - control;
    for (let i = 0; i < count; i += 1) run[i] = nextVarint(stream, isSigned, refuse);
    return count;
  }
  const count = control + 3;
  const delta = (stream.bytes[take(stream, 1, refuse)]! << 24) >> 24;
  let value = nextVarint(stream, isSigned, refuse);
  for (let i = 0; i < count; i += 1, value += delta) run[i] = value;
  return count;
}

/** The 5-bit code of a width. */
const widthOf = (code: number): number =>
  code < 24 ? code + 1 : [26, 28, 30, 32, 40, 48, 56, 64][code - 24]!;

export function runOfVersion2(
  stream: OrcStream,
  isSigned: boolean,
  run: Float64Array,
  refuse: Refuse,
): number {
  const first = stream.bytes[take(stream, 1, refuse)]!;
  if (first < 0x40) return shortRepeat(stream, first, isSigned, run, refuse);
  const count = (((first & 1) << 8) | stream.bytes[take(stream, 1, refuse)]!) + 1;
  const code = (first >> 1) & 0x1f;
  if (first < 0x80) return direct(stream, widthOf(code), count, isSigned, run, refuse);
  if (first < 0xc0) return patchedBase(stream, widthOf(code), count, run, refuse);
  return delta(stream, code === 0 ? 0 : widthOf(code), count, isSigned, run, refuse);
}

function shortRepeat(
  stream: OrcStream,
  first: number,
  isSigned: boolean,
  run: Float64Array,
  refuse: Refuse,
): number {
  const width = ((first >> 3) & 7) + 1;
  const count = (first & 7) + 3;
  decode(stream, width * 8, 1, isSigned, run, refuse);
  run.fill(run[0]!, 0, count);
  return count;
}

function direct(
  stream: OrcStream,
  width: number,
  count: number,
  isSigned: boolean,
  run: Float64Array,
  refuse: Refuse,
): number {
  decode(stream, width, count, isSigned, run, refuse);
  return count;
}

function decode(
  stream: OrcStream,
  width: number,
  count: number,
  isSigned: boolean,
  out: Float64Array,
  refuse: Refuse,
): void {
  const at = take(stream, Math.ceil((width * count) / 8), refuse);
  if (isSigned && width > 48)
    for (let i = 0; i < count; i += 1) out[i] = signedBytes(stream.bytes, at + (i * width) / 8, width / 8);
  else {
    unpackBits(stream.bytes, at, width, count, out);
    if (isSigned) for (let i = 0; i < count; i += 1) out[i] = signed(out[i]!);
  }
}

/** Most numbers fit into `width` bits above the base; the others have the rest of their bits in patches. */
function patchedBase(
  stream: OrcStream,
  width: number,
  count: number,
  run: Float64Array,
  refuse: Refuse,
): number {
  const head = take(stream, 2, refuse);
  const [third, fourth] = [stream.bytes[head]!, stream.bytes[head + 1]!];
  const base = baseValue(stream, (third >> 5) + 1, refuse);
  const patchWidth = widthOf(third & 0x1f);
  const gapWidth = (fourth >> 5) + 1;
  const patches = fourth & 0x1f;
  decode(stream, width, count, false, run, refuse);
  // A patch and its gap are stored in a width that has a code.
  const entryWidth = closestWidth(patchWidth + gapWidth);
  if (entryWidth === undefined) return refuse('a patch has more than 64 bits', stream.place());
  const bytes = take(stream, Math.ceil((entryWidth * patches) / 8), refuse);
  applyPatches(stream.bytes, bytes, { entryWidth, patchWidth, patches, width }, count, run, () =>
    refuse('a patch lies beyond its run', stream.place()),
  );
  for (let i = 0; i < count; i += 1) run[i]! += base;
  return count;
}

/** The most significant bit is the sign, not of a complement. */
function baseValue(stream: OrcStream, width: number, refuse: Refuse): number {
  const at = take(stream, width, refuse);
  let value = stream.bytes[at]! & 0x7f;
  for (let i = 1; i < width; i += 1) value = value * 256 + stream.bytes[at + i]!;
  return stream.bytes[at]! & 0x80 ? -value : value;
}

export const closestWidth = (bits: number): number | undefined =>
  bits <= 24 ? bits : [26, 28, 30, 32, 40, 48, 56, 64].find((width) => width >= bits);

function applyPatches(
  bytes: Uint8Array,
  from: number,
  widths: { entryWidth: number; patchWidth: number; patches: number; width: number },
  count: number,
  run: Float64Array,
  misplaced: () => never,
): void {
  const { entryWidth, patchWidth, patches, width } = widths;
  let index = 0;
  for (let i = 0; i < patches; i += 1) {
    const entry = bitsAt(bytes, from * 8 + i * entryWidth, entryWidth);
    const gap = Number(entry >> BigInt(patchWidth));
    const patch = Number(BigInt.asUintN(patchWidth, entry));
    index += gap;
    // Nothing but a way over more numbers than a gap can count.
    if (patch === 0) continue;
    if (index >= count) misplaced();
    run[index]! += patch * 2 ** width;
  }
}

function bitsAt(bytes: Uint8Array, from: number, width: number): bigint {
  const first = from >>> 3;
  const last = (from + width + 7) >>> 3;
  let value = 0n;
  for (let at = first; at < last; at += 1) value = (value << 8n) | BigInt(bytes[at]!);
  return BigInt.asUintN(width, value >> BigInt(last * 8 - from - width));
}

/** The sign of the first difference is that of all. */
function delta(
  stream: OrcStream,
  width: number,
  count: number,
  isSigned: boolean,
  run: Float64Array,
  refuse: Refuse,
): number {
  const base = nextVarint(stream, isSigned, refuse);
  const first = nextVarint(stream, true, refuse);
  if (width === 0) return fixedDelta(base, first, count, run);
  if (count > 2) decode(stream, width, count - 2, false, run, refuse);
  const sign = first < 0 ? -1 : 1;
  // Backwards would overwrite what is to be read: the differences lie where the numbers go, two places earlier.
  run.copyWithin(2, 0, Math.max(0, count - 2));
  run[0] = base;
  if (count > 1) run[1] = base + first;
  for (let i = 2; i < count; i += 1) run[i] = run[i - 1]! + sign * run[i]!;
  return count;
}

function fixedDelta(base: number, step: number, count: number, run: Float64Array): number {
  for (let i = 0; i < count; i += 1) run[i] = base + i * step;
  return count;
}
