/** Runs are read as far as they are asked for, and in whatever portions give the same numbers. */
import fc from 'fast-check';
import t from 'tap';
import { onesIn, openRuns } from '../../../src/inventory/parquet/hybrid-runs.js';
import { hybridPacked, hybridRun } from './write-parquet.js';

const fault = (why: string): never => {
  throw new Error(why);
};

/** A run of one number, or so many packed ones. */
const runs = (width: number) =>
  fc.array(
    fc.oneof(
      fc.tuple(fc.integer({ min: 0, max: 4000 }), fc.integer({ min: 0, max: 2 ** width - 1 })),
      fc.integer({ min: 0, max: 3000 }),
    ),
    { minLength: 1, maxLength: 6 },
  );

const packedOf = (length: number, width: number): number[] =>
  Array.from({ length: Math.ceil(length / 8) * 8 }, (_, i) => (i * 7919 + length) % 2 ** width);

function written(given: readonly (number | [number, number])[], width: number) {
  const parts: Buffer[] = [];
  const numbers: number[] = [];
  for (const run of given)
    if (typeof run === 'number') {
      const values = packedOf(run, width);
      parts.push(hybridPacked(values, width));
      numbers.push(...values);
    } else {
      parts.push(hybridRun(run[0], run[1], width));
      numbers.push(...new Array<number>(run[0]).fill(run[1]));
    }
  return { bytes: Buffer.concat(parts), numbers };
}

t.test('numbers taken in portions of any size are those that were written', async (t) => {
  const property = fc.property(
    fc.constantFrom(1, 2, 3, 7, 12, 26).chain((width) => fc.tuple(fc.constant(width), runs(width))),
    fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 5 }),
    ([width, given], portions) => {
      const { bytes, numbers } = written(given, width);
      const of = openRuns(bytes, 0, bytes.length, width, numbers.length, fault);
      const out = new Int32Array(numbers.length);
      for (let at = 0, turn = 0; at < out.length; turn += 1) {
        const taken = Math.min(out.length - at, portions[turn % portions.length]!);
        of.take(out, at, taken);
        at += taken;
      }
      return Buffer.from(out.buffer).equals(Buffer.from(Int32Array.from(numbers).buffer));
    },
  );
  t.doesNotThrow(() => fc.assert(property, { numRuns: 60 }));
});

t.test('ones are counted over all runs', async (t) => {
  const { bytes, numbers } = written([[10_000, 1], 5000, [3, 0], [9000, 1]], 1);
  const ones = numbers.reduce((sum, one) => sum + one, 0);
  t.equal(onesIn(bytes, 0, bytes.length, numbers.length, fault), ones);
  t.equal(onesIn(bytes, 0, bytes.length, 10_001, fault), 10_000 + numbers[10_000]!);
});

t.test('what is cut is a fault when it is asked for, and not before', async (t) => {
  const bytes = Buffer.concat([hybridRun(10, 3, 2), hybridPacked(packedOf(16, 2), 2).subarray(0, 3)]);
  const of = openRuns(bytes, 0, bytes.length, 2, 26, fault);
  const out = new Int32Array(26);
  of.take(out, 0, 10);
  t.same([...out.subarray(0, 10)], new Array(10).fill(3));
  t.throws(() => of.take(out, 10, 1), /packed numbers are cut/);
  t.throws(() => openRuns(bytes, 0, 0, 2, 1, fault).take(out, 0, 1), /a run is cut/);
  t.throws(() => openRuns(Buffer.from([2, 4]), 0, 2, 2, 1, fault).take(out, 0, 1), /4 does not have 2 bits/);
});
