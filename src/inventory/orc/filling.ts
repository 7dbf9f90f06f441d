/** A stream is decompressed as far as the rows of a batch need it. */
import type { Refuse } from '../columnar/column-file.js';
import type { IntegerReader } from './integer-runs.js';
import type { OrcStream } from './orc-stream.js';
import type { TruthReader } from './truth-values.js';

/** Reads the next `count` rows of a column. */
export type Fill = (count: number) => Promise<void>;

export async function fillNumbers(
  reader: IntegerReader,
  stream: OrcStream,
  out: Float64Array,
  count: number,
): Promise<void> {
  for (let filled = 0; ; ) {
    filled += reader.fill(out, filled, count - filled);
    if (filled === count) return;
    await stream.more();
  }
}

export async function fillTruths(
  reader: TruthReader,
  stream: OrcStream,
  out: Uint8Array,
  count: number,
): Promise<void> {
  for (let filled = 0; ; ) {
    filled += reader.fill(out, filled, count - filled);
    if (filled === count) return;
    await stream.more();
  }
}

/** Where the next `count` bytes begin in what the stream holds, all of them together. */
export async function takeBytes(stream: OrcStream, count: number, refuse: Refuse): Promise<number> {
  while (stream.end - stream.at < count && stream.hasMore()) await stream.more();
  if (stream.end - stream.at < count) refuse('a stream has fewer bytes than its lengths say', stream.place());
  stream.at += count;
  return stream.at - count;
}

/** `left`: of the run at hand. What is left when all rows are read belongs to rows that the file does not own to. */
export function checkEnd(name: string, stream: OrcStream, left: number, refuse: Refuse): void {
  if (left > 0 || stream.at < stream.end || stream.hasMore())
    refuse(`"${name}" has more values than its stripe has rows`, stream.place());
}
