/** Whole numbers of a stream, as many at a time as are asked for. */
import type { Refuse } from '../columnar/column-file.js';
import type { OrcStream } from './orc-stream.js';
import { mostRun, mostRunBytes, runKernel } from './run-kernel.js';

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
  const { numbers, decode } = runKernel(version, isSigned);
  /** Of the last run, whose rest belongs to rows to come: [at, end) of `kept`. */
  const kept = new Float64Array(mostRun);
  let at = 0;
  let end = 0;
  const takeKept = (out: Float64Array, from: number, count: number): number => {
    const taken = Math.min(count, end - at);
    out.set(kept.subarray(at, at + taken), from);
    at += taken;
    return taken;
  };
  return {
    left: () => end - at,
    fill: (out, from, count) => {
      let filled = takeKept(out, from, count);
      while (filled < count) {
        if (stream.end - stream.at < mostRunBytes && stream.hasMore()) return filled;
        if (stream.at >= stream.end)
          refuse('a stream holds fewer numbers than there are rows', stream.place());
        const wanted = count - filled;
        const found = decode(stream.bytes, stream.at, stream.end, !stream.hasMore(), wanted);
        if (found.fault) refuse(found.fault, stream.place());
        stream.at = found.at;
        const taken = Math.min(wanted, found.count);
        out.set(numbers.subarray(0, taken), from + filled);
        kept.set(numbers.subarray(taken, found.count));
        [at, end] = [0, found.count - taken];
        filled += taken;
      }
      return filled;
    },
  };
}
