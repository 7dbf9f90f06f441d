/** Which rows of a column have a value: the others are null and have none in its streams. */
import { batchRows, type Refuse } from '../columnar/column-file.js';
import { fillTruths } from './filling.js';
import type { StripeColumn } from './orc-stripe.js';
import { truthReader } from './truth-values.js';

/** Which of the next rows have a value, and how many; all where the file does not say. */
export interface Presence {
  readonly of: Uint8Array | undefined;
  next(count: number): Promise<number>;
}

export function presence(column: StripeColumn, refuse: Refuse): Presence {
  const stream = column.stream('present');
  if (!stream) return { of: undefined, next: async (count) => count };
  const reader = truthReader(stream, refuse);
  const of = new Uint8Array(Math.min(batchRows, column.rows));
  return {
    of,
    next: async (count) => {
      await fillTruths(reader, stream, of, count);
      let present = 0;
      for (let i = 0; i < count; i += 1) present += of[i]!;
      return present;
    },
  };
}
