/** Truth values however they are asked for. */
import fc from 'fast-check';
import t from 'tap';
import type { OrcStream } from '../../../src/inventory/orc/orc-stream.js';
import { truthReader } from '../../../src/inventory/orc/truth-values.js';
import { raise } from '../../../src/kernel/errors.js';
import { truthRuns } from './write-runs.js';

const refuse = (why: string): never => raise('COLUMNS_UNREADABLE', { why });

function streamOf(bytes: Uint8Array): OrcStream {
  return {
    bytes,
    at: 0,
    end: bytes.length,
    hasMore: () => false,
    more: async () => undefined,
    place: () => 0,
  };
}

const long = fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 1200 }));
const short = fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 9 }));

t.test('asked for in pieces of any length, they are what was written', async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(short, short, long), { minLength: 1, maxLength: 40 }),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 }),
      (runs, pieces) => {
        const values = runs.flatMap(([value, times]) => new Array<boolean>(times).fill(value));
        const reader = truthReader(streamOf(truthRuns(values)), refuse);
        const out = new Uint8Array(values.length + 1).fill(7);
        for (let at = 0, piece = 0; at < values.length; piece += 1) {
          const count = Math.min(pieces[piece % pieces.length]!, values.length - at);
          if (reader.fill(out, at, count) !== count) return false;
          at += count;
        }
        return values.every((value, i) => out[i] === Number(value)) && out.at(-1) === 7;
      },
    ),
    { numRuns: 60 },
  );
  t.throws(() => truthReader(streamOf(truthRuns([true])), refuse).fill(new Uint8Array(9), 0, 9), {
    code: 'COLUMNS_UNREADABLE',
  });
});
