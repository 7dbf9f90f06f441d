import fc from 'fast-check';
import t from 'tap';
import { inOrder } from '../../src/inventory/in-order.js';
import { openTally, type TallyPart } from '../../src/inventory/inventory-tally.js';
import { kernelLimits } from '../../src/inventory/kernel-memory.js';
import { openMerge } from '../../src/prefixes/merged-rows.js';
import { summarise } from '../../src/prefixes/prefix-rows.js';
import { addPart } from '../../src/prefixes/tree-merge.js';

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

t.test('results are taken in order, and little is begun ahead, whichever work is slow', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.nat({ max: 20 }),
      fc.integer({ min: 1, max: 4 }),
      async (scheduler, count, parallel) => {
        const seen = { under: 0, most: 0, begun: 0, ahead: 0 };
        const taken: number[] = [];
        const work = async (item: number): Promise<number> => {
          seen.begun += 1;
          seen.most = Math.max(seen.most, ++seen.under);
          seen.ahead = Math.max(seen.ahead, seen.begun - taken.length);
          await scheduler.schedule(Promise.resolve(), String(item));
          seen.under -= 1;
          return item;
        };
        await scheduler.waitFor(inOrder(numbers(count), parallel, work, (item) => void taken.push(item)));
        t.same(taken, numbers(count));
        t.ok(seen.most <= parallel && seen.ahead <= 2 * parallel, JSON.stringify(seen));
      },
    ),
    { numRuns: 50 },
  );
});

t.test('after an error nothing is begun or taken, and what waits does not hang', async (t) => {
  const taken: number[] = [];
  const begun: number[] = [];
  const work = async (item: number): Promise<number> => {
    begun.push(item);
    if (item > 0) return item;
    await new Promise((resolve) => setTimeout(resolve, 20));
    throw new Error('broken');
  };
  const all = inOrder(numbers(50), 3, work, (item) => void taken.push(item));
  await t.rejects(all, { message: 'broken' });
  t.same([begun, taken], [numbers(6), []]);
  const refuse = (): never => {
    throw new Error('not taken');
  };
  await t.rejects(
    inOrder(numbers(9), 2, async (item) => item, refuse),
    { message: 'not taken' },
  );
});

t.test('parts that end in any order are one document, also where rows were folded', async (t) => {
  const options = {
    prefix: '',
    depth: 6,
    maxPrefixes: 100,
    smallBelowBytes: 131_072,
    versions: 'all',
  } as const;
  const tally = openTally(options, { ...kernelLimits, folders: 1 << 12 });
  const parts = numbers(6).map((file): TallyPart => {
    const csv = tally.addCsv({ file: `${file}.csv.gz`, columns: ['Key', 'Size'] });
    const rows = numbers(300).map((i) => `p-${file}-${i}/x,${1 + ((i * 7919 + file * 31) % 50)}\n`);
    csv.take(Buffer.from(rows.join('')));
    csv.end();
    return tally.part();
  });
  const documentOf = async (times: readonly number[]) => {
    const merged = openMerge(options);
    const read = async (part: TallyPart): Promise<TallyPart> => {
      for (let turn = times[parts.indexOf(part)]!; turn > 0; turn--) await undefined;
      return part;
    };
    await inOrder(parts, 3, read, (part) => addPart(merged, part));
    return summarise(merged);
  };
  const expected = await documentOf([0, 0, 0, 0, 0, 0]);
  t.ok(expected.folded.prefixes > 1000);
  for (const times of [
    [99, 0, 50, 9, 3, 0],
    [9, 6, 3, 0, 9, 40],
  ])
    t.same(await documentOf(times), expected);
});

t.test('rows of one weight are folded by their names, whichever came first', async (t) => {
  const options = {
    prefix: '',
    depth: 6,
    maxPrefixes: 20,
    smallBelowBytes: 131_072,
    versions: 'all',
  } as const;
  const keptOf = (names: readonly number[]): readonly string[] => {
    const tally = openTally(options);
    const csv = tally.addCsv({ file: '1.csv.gz', columns: ['Key', 'Size'] });
    csv.take(Buffer.from(names.map((name) => `p${name}/x,1\n`).join('')));
    csv.end();
    const merged = openMerge(options);
    addPart(merged, tally.part());
    return summarise(merged).prefixes.map(({ prefix }) => prefix);
  };
  const names = numbers(80);
  t.same(keptOf(names.toReversed()), keptOf(names));
  t.ok(keptOf(names).length > 1);
});
