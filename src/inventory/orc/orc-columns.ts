/** Columns of a stripe, batch by batch into the arrays of a batch. A null is NaN, −1 or 2. */
import type { CodedRoom } from '../columnar/batch-room.js';
import { batchRows, mostSize, type Refuse } from '../columnar/column-file.js';
import { checkEnd, type Fill, fillNumbers, fillTruths, takeBytes } from './filling.js';
import { integerReader } from './integer-runs.js';
import type { StripeColumn } from './orc-stripe.js';
import { readDictionary, readLengths } from './orc-texts.js';
import { presence } from './presence.js';
import { truthReader } from './truth-values.js';

/** The values of a column that are not null. */
interface Values {
  /** The next `count` from the first place of the array on. */
  next(count: number): Promise<void>;
  /** There are no more of them. */
  checkEnd(): void;
}

type Out = Float64Array | Int32Array | Uint8Array;

/** Where all values of a stripe are null a writer leaves its other streams out, so they are opened when a value comes. */
function nullable(
  column: StripeColumn,
  out: Out,
  nothing: number,
  open: () => Values | Promise<Values>,
  refuse: Refuse,
): Fill {
  const present = presence(column, refuse);
  let values: Values | undefined;
  let left = column.rows;
  return async (count) => {
    const there = await present.next(count);
    if (there > 0) {
      values ??= await open();
      await values.next(there);
    }
    if (there === 0) out.fill(nothing, 0, count);
    else if (present.of && there < count) spread(out, present.of, count, there, nothing);
    left -= count;
    if (left === 0) values?.checkEnd();
  };
}

/** Values that lie together are moved to their rows, from the last on. */
function spread(out: Out, present: Uint8Array, count: number, there: number, nothing: number): void {
  for (let row = count - 1, value = there - 1; row >= 0; row -= 1) {
    if (present[row] === 1) {
      out[row] = out[value]!;
      value -= 1;
    } else out[row] = nothing;
  }
}

export const sizes = (column: StripeColumn, out: Float64Array, refuse: Refuse): Fill =>
  nullable(
    column,
    out,
    Number.NaN,
    () => {
      const stream = column.needed('data');
      const reader = integerReader(stream, column.version, true, refuse);
      return {
        next: async (count) => {
          await fillNumbers(reader, stream, out, count);
          for (let i = 0; i < count; i += 1) checkSize(out[i]!, stream.place, refuse);
        },
        checkEnd: () => checkEnd(column.column.name, stream, reader.left(), refuse),
      };
    },
    refuse,
  );

function checkSize(size: number, place: () => number, refuse: Refuse): void {
  if (!(size >= 0 && size <= mostSize))
    refuse(size < 0 ? `a size is negative: ${size}` : `a size is beyond 2^53: ${size}`, place());
}

export const truths = (column: StripeColumn, out: Uint8Array, refuse: Refuse): Fill =>
  nullable(
    column,
    out,
    2,
    () => {
      const stream = column.needed('data');
      const reader = truthReader(stream, refuse);
      return {
        next: (count) => fillTruths(reader, stream, out, count),
        checkEnd: () => checkEnd(column.column.name, stream, reader.left(), refuse),
      };
    },
    refuse,
  );

export const codes = (column: StripeColumn, room: CodedRoom, refuse: Refuse): Fill =>
  nullable(
    column,
    room.codes,
    -1,
    () => (column.isDictionary ? dictionaryCodes(column, room, refuse) : directCodes(column, room, refuse)),
    refuse,
  );

async function dictionaryCodes(
  column: StripeColumn,
  { codes, book }: CodedRoom,
  refuse: Refuse,
): Promise<Values> {
  const { size, bytes, offsets } = await readDictionary(column, refuse);
  const codeOf = new Int32Array(size);
  for (let i = 0; i < size; i += 1) codeOf[i] = book.code(bytes, offsets[i]!, offsets[i + 1]!);
  const stream = column.needed('data');
  const reader = integerReader(stream, column.version, false, refuse);
  const indexes = new Float64Array(Math.min(batchRows, column.rows));
  const { name } = column.column;
  return {
    next: async (count) => {
      await fillNumbers(reader, stream, indexes, count);
      for (let i = 0; i < count; i += 1) {
        const index = indexes[i]!;
        if (!(index >= 0 && index < size))
          refuse(`"${name}" names value ${index} of ${size}`, stream.place());
        codes[i] = codeOf[index]!;
      }
    },
    checkEnd: () => checkEnd(name, stream, reader.left(), refuse),
  };
}

function directCodes(column: StripeColumn, { codes, book }: CodedRoom, refuse: Refuse): Values {
  const lengths = readLengths(column, refuse);
  const offsets = new Int32Array(Math.min(batchRows, column.rows) + 1);
  // Where all texts are empty they may have no stream.
  let stream = column.stream('data');
  return {
    next: async (count) => {
      const total = await lengths.next(offsets, count);
      if (total > 0) stream ??= column.needed('data');
      const from = stream ? await takeBytes(stream, total, refuse) : 0;
      const bytes = stream?.bytes ?? new Uint8Array(0);
      for (let i = 0; i < count; i += 1)
        codes[i] = book.code(bytes, from + offsets[i]!, from + offsets[i + 1]!, stream?.place());
    },
    checkEnd: () => {
      lengths.checkEnd();
      if (stream) checkEnd(column.column.name, stream, 0, refuse);
    },
  };
}
