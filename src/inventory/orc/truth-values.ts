/** Truth values of ORC: eight to a byte, the first in its most significant bit, bytes in runs. */
import type { Refuse } from '../columnar/column-file.js';
import type { OrcStream } from './orc-stream.js';

export interface TruthReader {
  /** The next values as 0 and 1 into [from, from + count) of `out`; fewer where the stream needs `more` first. */
  fill(out: Uint8Array, from: number, count: number): number;
  /** Bytes of the run at hand that are not taken yet. */
  left(): number;
}

/** A run of bytes and its header. */
const mostRunBytes = 129;

export function truthReader(stream: OrcStream, refuse: Refuse): TruthReader {
  const run = new Uint8Array(130);
  let at = 0;
  let end = 0;
  /** Of the byte at hand. */
  let bits = 0;
  let left = 0;
  const nextByte = (): boolean => {
    if (at === end) {
      if (stream.end - stream.at < mostRunBytes && stream.hasMore()) return false;
      end = nextRun(stream, run, refuse);
      at = 0;
    }
    bits = run[at++]!;
    left = 8;
    return true;
  };
  return {
    left: () => end - at,
    fill: (out, from, count) => {
      for (let i = 0; i < count; ) {
        if (left === 0 && !nextByte()) return i;
        const taken = Math.min(left, count - i);
        if (taken === 8) putByte(out, from + i, bits);
        else for (let bit = 0; bit < taken; bit += 1) out[from + i + bit] = (bits >> (left - 1 - bit)) & 1;
        left -= taken;
        i += taken;
      }
      return count;
    },
  };
}

function putByte(out: Uint8Array, at: number, bits: number): void {
  out[at] = bits >> 7;
  out[at + 1] = (bits >> 6) & 1;
  out[at + 2] = (bits >> 5) & 1;
  out[at + 3] = (bits >> 4) & 1;
  out[at + 4] = (bits >> 3) & 1;
  out[at + 5] = (bits >> 2) & 1;
  out[at + 6] = (bits >> 1) & 1;
  out[at + 7] = bits & 1;
}

/** How many bytes it has. */
export function nextRun(stream: OrcStream, run: Uint8Array, refuse: Refuse): number {
  const { bytes, end } = stream;
  if (stream.at >= end) refuse('a stream holds fewer values than there are rows', stream.place());
  const control = bytes[stream.at++]!;
  const stored = control < 0x80 ? 1 : 0x100 - control;
  if (stored > end - stream.at) refuse('a run of bytes is cut', stream.place());
  const count = control < 0x80 ? control + 3 : stored;
  if (control < 0x80) run.fill(bytes[stream.at]!, 0, count);
  else run.set(bytes.subarray(stream.at, stream.at + stored));
  stream.at += stored;
  return count;
}
