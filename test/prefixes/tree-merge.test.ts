import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import t from 'tap';
import type { ObjectRecord } from '../../src/kernel/s3.js';
import { signOf } from '../../src/prefixes/folded-prefixes.js';
import { openMerge } from '../../src/prefixes/merged-rows.js';
import { summarise } from '../../src/prefixes/prefix-rows.js';
import { addObjects, createPrefixTree, type PrefixTreeOptions } from '../../src/prefixes/prefix-tree.js';
import { addPart, mergeParts, partOfMerged } from '../../src/prefixes/tree-merge.js';
import { partOf, type TreePart } from '../../src/prefixes/tree-part.js';
import { objectNamed } from '../inventory/memory-lister.js';

const options: PrefixTreeOptions = { prefix: '', depth: 3, maxPrefixes: 1000, smallBelowBytes: 100 };

function partWith(objects: readonly ObjectRecord[], given: Partial<PrefixTreeOptions> = {}): TreePart {
  const tree = createPrefixTree({ ...options, ...given });
  for (const object of objects) addObjects(tree, [object]);
  return partOf(tree);
}
const merged = (parts: readonly TreePart[]) => summarise(mergeParts(parts as [TreePart, ...TreePart[]]));
const rowsOf = (parts: readonly TreePart[]) =>
  merged(parts).prefixes.map((row) => [row.prefix, Number(row.tallies[0]?.objects ?? 0n)]);

const segment = fc.oneof(
  fc.constantFrom('a', 'b', '', '..', '\u{1f600}', 'dt=2026-11-22', 'dt=2026-11-23', 'hour=05', '__proto__'),
  fc.string({ unit: 'binary', maxLength: 2 }),
);
const fileName = fc.constantFrom(
  'x',
  'part-00001.snappy.parquet',
  'x.csv.gz',
  '_SUCCESS',
  'A.JSON',
  '20260102_030405_00006_abcde_x',
);
const key = fc
  .tuple(fc.array(segment, { maxLength: 5 }), fileName)
  .map(([folders, name]) => [...folders, name].join('/'));
const size = fc.oneof(
  fc.nat({ max: 300_000 }),
  fc.constant(Number.NaN),
  fc.integer({ min: Number.MAX_SAFE_INTEGER - 9, max: Number.MAX_SAFE_INTEGER }),
);
const object: fc.Arbitrary<ObjectRecord> = fc
  .record({
    name: key,
    size,
    storageClass: fc.constantFrom('STANDARD', 'GLACIER', 'INTELLIGENT_TIERING', 'BEYOND', ''),
    tier: fc.constantFrom(undefined, 'FREQUENT', 'DEEP_ARCHIVE_ACCESS'),
    isLatest: fc.boolean(),
    isDeleteMarker: fc.boolean(),
  })
  .map(({ name, size: bytes, storageClass, tier, ...said }) => ({
    ...objectNamed(name, bytes, storageClass),
    ...(tier !== undefined && { accessTier: tier }),
    ...said,
  }));

t.test('the document does not depend on the order of rows, nor on which worker counted which', async (t) => {
  fc.assert(
    fc.property(
      fc
        .array(object, { maxLength: 50 })
        .chain((all) =>
          fc.tuple(
            fc.constant(all),
            fc.shuffledSubarray(all, { minLength: all.length }),
            fc.array(fc.nat({ max: 3 }), { minLength: all.length, maxLength: all.length }),
          ),
        ),
      fc.integer({ min: 0, max: 5 }),
      fc.constantFrom(2, 1000),
      ([all, shuffled, workers], depth, maxPrefixes) => {
        // Not so few that a row is folded while counting.
        const given = { depth, maxPrefixes: Math.max(maxPrefixes, Math.ceil(all.length * 1.5)) };
        const split = [0, 1, 2, 3].map((worker) => shuffled.filter((_, i) => workers[i] === worker));
        const expected = merged([partWith(all, given)]);
        t.same(merged(split.map((objects) => partWith(objects, given))), expected);
        t.same(merged(split.map((objects) => partWith(objects, given)).reverse()), expected);
      },
    ),
    { numRuns: 20 },
  );
});

const many: fc.Arbitrary<ObjectRecord> = fc
  .record({
    path: fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 3 }),
    day: fc.constantFrom('', '', 'dt=2026-11-22/', 'dt=2026-11-23/'),
    size: fc.constantFrom(0, 1, 7, 150, Number.MAX_SAFE_INTEGER),
    storageClass: fc.constantFrom('STANDARD', 'GLACIER', 'STANDARD_IA'),
  })
  .map(({ path, day, size: bytes, storageClass }) =>
    objectNamed(`${path.join('/')}/${day}${bytes}.csv`, bytes, storageClass),
  );

t.test('where rows were folded totals are exact, and so is every row that is left', async (t) => {
  fc.assert(
    fc.property(
      fc.array(many, { minLength: 60, maxLength: 300 }),
      fc.integer({ min: 1, max: 8 }),
      // Folded while they were counted, or at the merge alone.
      fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
      (all, maxPrefixes, areFolded) => {
        const rows = openMerge({ ...options, maxPrefixes });
        areFolded.forEach((isFolded, worker) => {
          const own = all.filter((_, i) => i % 7 === worker);
          addPart(rows, partWith(own, isFolded ? { maxPrefixes } : {}));
        });
        const exact = new Map(merged([partWith(all)]).prefixes.map((row) => [row.prefix, row]));
        const { prefixes, folded } = summarise(rows);
        t.same(
          prefixes,
          prefixes.map(({ prefix }) => exact.get(prefix)),
        );
        t.equal(prefixes[0]!.prefix, '');
        t.ok(prefixes.length <= maxPrefixes);
        t.ok(folded.prefixes >= exact.size - prefixes.length - 1);
      },
    ),
    { numRuns: 25 },
  );
});

t.test('a row that the other part may have folded is folded at the merge', async (t) => {
  const wide = Array.from({ length: 50 }, (_, i) => objectNamed(`users/${i}/face.png`, 10));
  const first = partWith(wide, { maxPrefixes: 2 });
  t.notOk(Buffer.from(first.names.bytes).includes('30/'), 'the first part folded it');
  const second = partWith([objectNamed('users/0/a', 1), objectNamed('users/30/b/c', 1)], {
    maxPrefixes: 1000,
  });
  t.same(rowsOf([second]), [
    ['', 2],
    ['users/', 2],
    ['users/0/', 1],
    ['users/30/', 1],
    ['users/30/b/', 1],
  ]);
  const relaxed = { ...first, options: { ...first.options, maxPrefixes: 1000 } };
  for (const order of [
    [relaxed, second],
    [second, relaxed],
  ]) {
    const rows = new Map(rowsOf(order) as [string, number][]);
    t.equal(rows.get(''), 52);
    t.equal(rows.get('users/'), 52, 'nothing is lost');
    t.notOk(rows.has('users/30/') || rows.has('users/30/b/'), 'it would lack what the first part folded');
  }
});

t.test(
  'a row that only one part has met stays, complete, whatever the others folded beside it',
  async (t) => {
    const few = { maxPrefixes: 2 };
    const wide = (from: number) =>
      partWith(
        Array.from({ length: 50 }, (_, i) => objectNamed(`users/${from + i}/face.png`, 10)),
        few,
      );
    const heavy = partWith(
      Array.from({ length: 500 }, (_, i) => objectNamed(`users/zz/table/${i}.csv`, 10)),
      few,
    );
    for (const parts of [
      [wide(0), heavy, wide(100)],
      [heavy, wide(0), wide(100)],
      [wide(0), wide(100), heavy],
    ]) {
      const rows = new Map(
        rowsOf(parts.map((part) => ({ ...part, options: { ...part.options, maxPrefixes: 4 } }))) as [
          string,
          number,
        ][],
      );
      t.same([rows.get(''), rows.get('users/zz/'), rows.get('users/zz/table/')], [600, 500, 500]);
    }
  },
);

t.test('a row that a part holds stays, though others were folded that it cannot be told from', async (t) => {
  const few = { maxPrefixes: 2 };
  const wide = Array.from({ length: 50 }, (_, i) => objectNamed(`users/${i}/face.png`, 10));
  const heavy = Array.from({ length: 99 }, (_, i) => objectNamed(`users/zz/${i}`, 10));
  const part = partWith([...heavy, ...wide], few);
  const full = { ...part, folded: new Uint32Array(2 ** 18).fill(2 ** 32 - 1) };
  const rows = new Map(rowsOf([partWith(heavy.slice(0, 1)), full]) as [string, number][]);
  t.same([rows.get('users/'), rows.get('users/zz/')], [150, 100]);
  t.equal(merged([{ ...part, options }]).folded.into, 1, 'where others were folded into is told');
});

t.test('a part can be written and read again', async (t) => {
  const part = partWith([objectNamed('t/dt=2026-11-22/a.csv', 5), objectNamed('t/\0/b', 2 ** 53 - 1)]);
  const again: TreePart = deserialize(serialize(part));
  t.same(merged([again, again]), merged([part, part]));
  t.match(merged([again]).prefixes[1], { prefix: 't/', partitions: 1, format: 'csv' });
});

t.test('what was merged is a part again, and says the same', async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.array(object, { maxLength: 20 }), { minLength: 1, maxLength: 3 }),
      fc.array(object, { maxLength: 20 }),
      (before, after) => {
        const parts = before.map((objects) => partWith(objects)) as [TreePart, ...TreePart[]];
        const rows = mergeParts(parts);
        const between: TreePart = deserialize(serialize(partOfMerged(rows)));
        addPart(rows, partWith(after));
        const expected = merged([...parts, partWith(after)]);
        t.same(summarise(rows), expected, 'nothing of the part is shared');
        t.same(merged([between, partWith(after)]), expected);
      },
    ),
    { numRuns: 20 },
  );
});

t.test('rows are told apart by their names, not by the signs of these', async (t) => {
  t.equal(signOf('liquid/'), signOf('costarring/'));
  const first = partWith([objectNamed('liquid/a', 1), objectNamed('costarring/x/a', 2)]);
  const second = partWith([objectNamed('costarring/b', 4), objectNamed('liquid/x/b', 8)]);
  t.same(rowsOf([first, second]), [
    ['', 4],
    ['costarring/', 2],
    ['costarring/x/', 1],
    ['liquid/', 2],
    ['liquid/x/', 1],
  ]);
});

t.test('rows are bounded however many parts there are, and the last parts are not folded', async (t) => {
  const few = { maxPrefixes: 5 };
  const rows = openMerge({ ...options, ...few });
  for (let i = 0; i < 40; i++) {
    addPart(
      rows,
      partWith(
        Array.from({ length: 12 }, (_, k) => objectNamed(`users/${i}-${k}/face.png`, 10)),
        few,
      ),
    );
    t.ok(rows.count <= 2 * 4 * few.maxPrefixes + 2, `${rows.count} rows`);
  }
  const { totals, prefixes, folded } = summarise(rows);
  t.equal(totals[0]!.objects, 480n);
  t.equal(prefixes.length, few.maxPrefixes);
  t.ok(Math.abs(folded.prefixes - (482 - 5)) <= 2, `${folded.prefixes} folded`);
  const two = [0, 1].map((i) =>
    partWith(
      Array.from({ length: 18 }, (_, k) => objectNamed(`${i}-${k}/x`, 1)),
      few,
    ),
  );
  t.equal(mergeParts(two as [TreePart, TreePart]).count, 37);
});

t.test('more than a number holds is ranked and summed exactly, at rows and above them', async (t) => {
  const most = Number.MAX_SAFE_INTEGER;
  const parts = [0, 1, 2].map((i) =>
    partWith([objectNamed('a/b/x', most - 1000 * i), objectNamed('a/c/x', most)]),
  );
  const { totals, prefixes } = merged(parts);
  t.equal(totals[0]!.bytes, 6n * BigInt(most) - 3000n);
  t.same(
    prefixes.map((row) => [row.prefix, row.tallies[0]!.bytes]),
    [
      ['', 6n * BigInt(most) - 3000n],
      ['a/', 6n * BigInt(most) - 3000n],
      ['a/b/', 3n * BigInt(most) - 3000n],
      ['a/c/', 3n * BigInt(most)],
    ],
  );
  const [heaviest] = merged(
    parts.map((part) => ({ ...part, options: { ...options, maxPrefixes: 3 } })),
  ).prefixes.slice(2);
  t.equal(heaviest!.prefix, 'a/c/');
});

t.test('folding at the merge moves rows, and leaves what is known of them as it was', async (t) => {
  const rows = openMerge({ ...options, maxPrefixes: 5 });
  const light = Array.from({ length: 18 }, (_, i) => objectNamed(`a/${i}/x`, 2 ** 40));
  const wide = Array.from({ length: 50 }, (_, i) => objectNamed(`z/${i}/x`, 2 ** 40));
  const heavy = [objectNamed('z/big/x', Number.MAX_SAFE_INTEGER), objectNamed('z/big/x', 2 ** 32)];
  addPart(rows, partWith(light));
  addPart(rows, partWith([...heavy, ...wide], { maxPrefixes: 2 }));
  const before = rows.count;
  addPart(rows, partWith([objectNamed('z/30/y', 1)]));
  t.ok(rows.count < before, `${before} rows were too many, ${rows.count} are left`);
  const names = Buffer.from(partOfMerged(rows).names.bytes).toString();
  t.match(names, 'big/', 'it weighs more than its sums say that are no bigint');
  t.notMatch(names, '30/', 'it would lack what was folded before');
});

t.test('rows are ranked by their exact sums, whatever the order these are added in', async (t) => {
  const two = { maxPrefixes: 2 };
  const beyond = partWith([
    objectNamed('a/x', Number.MAX_SAFE_INTEGER),
    objectNamed('a/x', 2 ** 32),
    objectNamed('b/x', 2 ** 40),
    objectNamed('b/x', 2 ** 40),
  ]);
  const ranked = (part: TreePart) =>
    merged([{ ...part, options: { ...options, ...two } }]).prefixes.map(({ prefix }) => prefix);
  t.same(ranked(beyond), ['', 'a/']);
  // Where the large number comes first each of the small ones that follow it is lost in rounding.
  const ones = Array.from({ length: 200 }, (_, i) => objectNamed(`a/1${i}/x`, 1));
  const size = Number.MAX_SAFE_INTEGER;
  const same = [
    ...[...ones, objectNamed('a/2/x', size), objectNamed('a/2/x', 1)],
    ...[objectNamed('b/0/x', size), objectNamed('b/0/x', 1)],
    ...ones.map(({ key, ...rest }) => ({ ...rest, key: key.replace('a', 'b') })),
  ];
  t.same(ranked(partWith(same)), ['', 'a/']);
});

t.test('parts of different scans are not merged', async (t) => {
  t.throws(() => merged([partWith([]), partWith([], { prefix: 'a/' })]), { code: 'UNEXPECTED' });
});
