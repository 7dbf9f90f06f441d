/** Columns of a stripe, batch by batch into the arrays of a batch. A null is NaN, −1 or 2. */
import type { CodedRoom } from '../columnar/batch-room.js';
import { batchRows, mostSize, type Refuse } from '../columnar/column-file.js';
import { checkEnd, type Fill, fillNumbers, fillTruths, takeBytes } from './filling.js';
import { integerReader } from './integer-runs.js';
import type { StripeColumn } from './orc-stripe.js';
import { readDictionary, readLengths } from './orc-texts.js';
import { presence } from './presence.js';
import { truthReader } from './truth-values.js';

/** Where all values of a stripe are null, a writer may leave its other streams out. */
const lazily = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

export function sizes(column: StripeColumn, out: Float64Array, refuse: Refuse): Fill {
  const present = presence(column, refuse);
  const data = lazily(() => {
    const stream = column.needed('data');
    return { stream, reader: integerReader(stream, column.version, true, refuse) };
  });
  let left = column.rows;
  return async (count) => {
    const there = await present.next(count);
    if (there > 0) {
      const { stream, reader } = data();
      await fillNumbers(reader, stream, out, there);
      for (let i = 0; i < there; i += 1) {
        const size = out[i]!;
        if (!(size >= 0 && size <= mostSize))
          refuse(size < 0 ? `a size is negative: ${size}` : `a size is beyond 2^53: ${size}`, stream.place());
      }
    }
    if (present.of) spread(out, present.of, count, there, Number.NaN);
    left -= count;
    if (left === 0 && (there > 0 || column.stream('data'))) {
      const { stream, reader } = data();
      checkEnd(column.column.name, stream, reader, refuse);
    }
  };
}

export function truths(column: StripeColumn, out: Uint8Array, refuse: Refuse): Fill {
  const present = presence(column, refuse);
  const data = lazily(() => {
    const stream = column.needed('data');
    return { stream, reader: truthReader(stream, refuse) };
  });
  return async (count) => {
    const there = await present.next(count);
    if (there > 0) await fillTruths(data().reader, data().stream, out, there);
    if (present.of) spread(out, present.of, count, there, 2);
  };
}

/** Values that lie together are moved to their rows, from the last on. */
function spread(
  out: Float64Array | Uint8Array | Int32Array,
  present: Uint8Array,
  count: number,
  there: number,
  nothing: number,
): void {
  if (there === count) return;
  for (let row = count - 1, value = there - 1; row >= 0; row -= 1) {
    if (present[row] === 1) {
      out[row] = out[value]!;
      value -= 1;
    } else out[row] = nothing;
  }
}

export async function codes(column: StripeColumn, room: CodedRoom, refuse: Refuse): Promise<Fill> {
  const present = presence(column, refuse);
  const next = column.isDictionary
    ? await dictionaryCodes(column, room, refuse)
    : directCodes(column, room, refuse);
  return async (count) => {
    const there = await present.next(count);
    if (there > 0) await next(there);
    if (present.of) spread(room.codes, present.of, count, there, -1);
  };
}

async function dictionaryCodes(
  column: StripeColumn,
  { codes, book }: CodedRoom,
  refuse: Refuse,
): Promise<Fill> {
  const dictionary = await readDictionary(column, refuse);
  const codeOf = new Int32Array(dictionary.size);
  for (let i = 0; i < dictionary.size; i += 1)
    codeOf[i] = book.code(dictionary.bytes, dictionary.offsets[i]!, dictionary.offsets[i + 1]!);
  const data = lazily(() => {
    const stream = column.needed('data');
    return { stream, reader: integerReader(stream, column.version, false, refuse) };
  });
  const indexes = new Float64Array(Math.min(batchRows, column.rows));
  return async (count) => {
    const { stream, reader } = data();
    await fillNumbers(reader, stream, indexes, count);
    for (let i = 0; i < count; i += 1) {
      const code = codeOf[indexes[i]!];
      if (code === undefined)
        refuse(`"${column.column.name}" names value ${indexes[i]} of ${dictionary.size}`, stream.place());
      codes[i] = code!;
    }
  };
}

function directCodes(column: StripeColumn, { codes, book }: CodedRoom, refuse: Refuse): Fill {
  const lengths = readLengths(column, refuse);
  const data = lazily(() => column.needed('data'));
  const offsets = new Int32Array(Math.min(batchRows, column.rows) + 1);
  return async (count) => {
    const total = await lengths.next(offsets, count);
    const stream = data();
    const from = await takeBytes(stream, total, refuse);
    for (let i = 0; i < count; i += 1)
      codes[i] = book.code(stream.bytes, from + offsets[i]!, from + offsets[i + 1]!, stream.place());
  };
}
