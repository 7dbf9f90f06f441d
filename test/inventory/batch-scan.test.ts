import fc from 'fast-check';
import t from 'tap';
import type { CodedColumn, ColumnBatch } from '../../src/inventory/column-batch.js';
import { openTally, type TallyOptions, type TallyPart } from '../../src/inventory/inventory-tally.js';
import { kernelLimits } from '../../src/inventory/kernel-memory.js';
import { signOf } from '../../src/prefixes/folded-prefixes.js';
import { summarise } from '../../src/prefixes/prefix-rows.js';
import { mergeParts } from '../../src/prefixes/tree-merge.js';
import { openPlainTally, type PlainTally } from './plain-tally.js';

const options: TallyOptions = {
  prefix: '',
  depth: 3,
  maxPrefixes: 1000,
  smallBelowBytes: 100,
  versions: 'all',
};
const limits = {
  ...kernelLimits,
  slots: 64,
  rows: 64,
  folders: 32,
  folderTextBytes: 4096,
  sampleTextBytes: 4096,
};

interface Row {
  readonly key: string | Uint8Array;
  readonly size?: number;
  readonly storageClass?: string | null;
  readonly accessTier?: string | null;
  readonly isLatest?: number;
  readonly isDeleteMarker?: number;
}

function coded(values: readonly (string | null | undefined)[]): CodedColumn {
  const distinct = [...new Set(values.filter((value) => typeof value === 'string'))];
  return { values: distinct, codes: Int32Array.from(values, (value) => distinct.indexOf(value as string)) };
}

/** Its keys begin somewhere within the bytes, as those of a page do. */
function batchOf(rows: readonly Row[]): ColumnBatch {
  const keys = rows.map(({ key }) => (typeof key === 'string' ? Buffer.from(key) : key));
  const bytes = Buffer.concat([Buffer.from('before'), ...keys]);
  const offsets = new Int32Array(rows.length + 1);
  offsets[0] = 6;
  keys.forEach((key, i) => {
    offsets[i + 1] = offsets[i]! + key.length;
  });
  return {
    rows: rows.length,
    key: { bytes, offsets },
    size: Float64Array.from(rows, ({ size = Number.NaN }) => size),
    storageClass: coded(rows.map((row) => row.storageClass)),
    accessTier: coded(rows.map((row) => row.accessTier)),
    isLatest: Uint8Array.from(rows, ({ isLatest = 2 }) => isLatest),
    isDeleteMarker: Uint8Array.from(rows, ({ isDeleteMarker = 2 }) => isDeleteMarker),
  };
}

function summaryOf(tally: PlainTally, batches: readonly ColumnBatch[]) {
  for (const batch of batches) tally.addBatch(batch, 'data/1.parquet');
  const part = tally.part();
  return { rows: part.rows, leftOut: part.leftOut, ...summarise(mergeParts([part])) };
}

t.test('keys of columnar files stand as they are: an escape is text, a plus is a plus', async (t) => {
  const { prefixes } = summaryOf(openTally(options, limits), [
    batchOf([
      { key: 'a%2Fb/x', size: 1 },
      { key: 'a+b/x%zz', size: 2 },
    ]),
  ]);
  t.same(
    prefixes.map(({ prefix }) => prefix),
    ['', 'a%2Fb/', 'a+b/'],
  );
});

t.test('columns that a file does not have say nothing', async (t) => {
  const { key } = batchOf([{ key: 'a/x' }, { key: 'b' }]);
  t.match(summaryOf(openTally(options, limits), [{ rows: 2, key }]), {
    rows: 2,
    totals: [{ class: '', objects: 2n, unsizedObjects: 2n, noncurrentObjects: 0n }],
  });
});

t.test('one tally takes files of both forms', async (t) => {
  const tally = openTally(options, limits);
  const csv = () => {
    const scan = tally.addCsv({ file: 'data/1.csv.gz', columns: ['Key', 'Size'] });
    scan.take(Buffer.from('a%2Fb/x,1\n'));
    return scan.end();
  };
  csv();
  tally.addBatch(batchOf([{ key: 'a%2Fb/x', size: 2 }]), 'data/2.parquet');
  csv();
  const { prefixes } = summarise(mergeParts([tally.part()]));
  t.same(
    prefixes.map(({ prefix, tallies }) => [prefix, tallies.reduce((sum, one) => sum + one.bytes, 0n)]),
    [
      ['', 4n],
      ['a%2Fb/', 2n],
      ['a/', 2n],
      ['a/b/', 2n],
    ],
  );
});

t.test('what cannot be counted is refused with file and row', async (t) => {
  const good = Array.from({ length: 5000 }, (_, i) => ({ key: `k/${i}`, size: 1 }));
  const refused: readonly (readonly [Row, RegExp])[] = [
    [{ key: '' }, /Key is empty/],
    [{ key: Uint8Array.of(0x61, 0xff) }, /no UTF-8/],
    [{ key: Uint8Array.of(0xed, 0xa0, 0x80, 0x2f, 0x61) }, /no UTF-8/],
    [{ key: 'a', size: -1 }, /Size/],
    [{ key: 'a', size: 0.5 }, /Size/],
    [{ key: 'a', size: 2 ** 53 }, /Size/],
  ];
  for (const [row, why] of refused) {
    const tally = openTally(options, limits);
    tally.addBatch(batchOf(good), 'data/1.orc');
    t.throws(() => tally.addBatch(batchOf([...good, row]), 'data/1.orc'), {
      code: 'INVENTORY_ROW_INVALID',
      message: why,
      details: { file: 'data/1.orc', place: 'row 10001' },
    });
  }
});

t.test('hundreds of files and parts of the same few classes are counted by one tally', async (t) => {
  const classes = ['STANDARD', 'GLACIER', 'INTELLIGENT_TIERING'];
  const tiers = ['FREQUENT', 'INFREQUENT', 'DEEP_ARCHIVE'];
  const pairs = classes.flatMap((storageClass) => tiers.map((accessTier) => ({ storageClass, accessTier })));
  const batch = batchOf(pairs.map((pair, i) => ({ key: `a/${i}`, size: 1, ...pair })));
  const text = pairs.map(({ storageClass, accessTier }) => `b/x,1,${storageClass},${accessTier}\n`).join('');
  const columns = ['Key', 'Size', 'StorageClass', 'IntelligentTieringAccessTier'];
  const tally = openTally(options, limits);
  for (let i = 0; i < 300; i++) {
    tally.addBatch(batch, `data/${i}.orc`);
    const csv = tally.addCsv({ file: `data/${i}.csv.gz`, columns });
    csv.take(Buffer.from(text));
    csv.end();
    const part = tally.part();
    if (part.rows !== 18 || part.held.length !== 9) t.fail(`part ${i} is another`);
  }
  for (let i = 0; i < 300; i++) tally.addBatch(batch, `data/${i}.orc`);
  t.same(
    summarise(mergeParts([tally.part()])).totals.map(({ objects }) => objects),
    pairs.map(() => 300n),
  );
});

t.test('classes and tiers that share a place in the kernel are told apart, row by row', async (t) => {
  const rows = Array.from({ length: 3000 }, (_, i) => ({
    key: `a/${i}`,
    size: i,
    storageClass: i % 7 === 0 ? null : `CLASS_${i % 40}`,
    accessTier: i % 5 === 0 ? null : `TIER_${i % 3}`,
    isDeleteMarker: i % 11 === 0 ? 1 : 0,
  }));
  t.same(
    summaryOf(openTally(options, limits), [batchOf(rows)]),
    summaryOf(openPlainTally(options), [batchOf(rows)]),
  );
});

t.test('more classes than there can be are refused, wherever each stood first', async (t) => {
  const classOf = (i: number) => batchOf([{ key: 'a', size: 1, storageClass: `CLASS_${i}` }]);
  const tally = openTally(options, limits);
  for (let i = 0; i < 250; i++) {
    tally.addBatch(classOf(i), `data/${i}.orc`);
    if (i % 100 === 0) tally.part();
  }
  const csv = tally.addCsv({ file: 'data/1.csv.gz', columns: ['Key', 'StorageClass'] });
  csv.take(Buffer.from('a,CLASS_7\n'));
  csv.end();
  t.throws(() => tally.addBatch(classOf(250), 'data/250.orc'), {
    code: 'INVENTORY_ROW_INVALID',
    message: /^data\/250.orc, row 1: .*more than 250 different/,
    details: { place: 'row 1' },
  });
});

const row: fc.Arbitrary<Row> = fc.record(
  {
    key: fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 9 }),
      fc
        .tuple(
          fc.array(fc.constantFrom('a', 'b', 'c+', 'ä', '2026', '11', 'dt=2026-11-22', ''), { maxLength: 4 }),
          fc.constantFrom('x', 'x.csv', 'part-00001-a.orc', 'part-00001-b', 'part-of', '%zz'),
        )
        .map(([folders, name]) => [...folders, name].join('/')),
    ),
    size: fc.oneof(fc.nat({ max: 300_000 }), fc.constantFrom(2 ** 32, 2 ** 53 - 1)),
    storageClass: fc.constantFrom('STANDARD', 'INTELLIGENT_TIERING', '', null),
    accessTier: fc.constantFrom('FREQUENT', 'DEEP_ARCHIVE', null),
    isLatest: fc.constantFrom(0, 1, 2),
    isDeleteMarker: fc.constantFrom(0, 1, 2),
  },
  { requiredKeys: ['key'] },
);

t.test('any rows, in any batches, are counted as plain reading counts them', async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.array(row, { maxLength: 20 }), { maxLength: 3 }),
      fc.constantFrom('all' as const, 'current' as const),
      (batches, versions) => {
        const given = { ...options, versions };
        const all = batches.map(batchOf);
        t.same(summaryOf(openTally(given, limits), all), summaryOf(openPlainTally(given), all));
      },
    ),
    { numRuns: 15 },
  );
});

t.test(
  'folders that are met once are rows like others: with theirs below them, as tables, and huge',
  async (t) => {
    const keys = [
      ...[
        'u/1/x.csv',
        'u/2/part-00001-a',
        'u/2/part-of',
        'u/3/y',
        'u/1/deeper/z.orc',
        'u/3/dt=2026-11-22/z.orc',
      ],
      ...['v/2025/x', 'v/2026/x', 'v/2026/11/x', 'v/2026/11/21/x.csv', 'v/2026/11/22/x.csv', 'w//x', 'w/a/x'],
      ...['u/3/a.csv', 'u/2/part-00000-a', 'u/1/a.csv', 'u/4/x'],
    ];
    const rows = [...keys, ...keys].map((key) => ({ key, size: 2 ** 53 - 1, storageClass: 'STANDARD' }));
    const wide = { ...kernelLimits, slots: 64, rows: 64, folders: 64 };
    for (const room of [limits, wide])
      t.same(
        summaryOf(openTally(options, room), [batchOf(rows)]),
        summaryOf(openPlainTally(options), [batchOf(rows)]),
      );
  },
);

t.test('folders met once or twice, of several classes, are rows as plain reading makes them', async (t) => {
  const parents = ['longer/', 'u/', 'ü/', ''];
  const folders = Array.from({ length: 40 }, (_, i) => `${parents[Math.floor(i / 10)]}${100 + i}/`);
  const classes = ['STANDARD', 'STANDARD_IA', 'GLACIER_IR'];
  const rows = [...folders, ...folders.toReversed()].map((folder, i) => ({
    key: `${folder}${i}.csv`,
    size: 1000 + i,
    storageClass: classes[i % 3]!,
  }));
  const tally = openTally(options, { ...kernelLimits, slots: 256, rows: 256, folders: 256 });
  const plain = openPlainTally(options);
  // The second part finds what the kernel knows of the first gone.
  for (const batches of [[rows], [rows.slice(0, 50), rows.slice(30)]])
    t.same(summaryOf(tally, batches.map(batchOf)), summaryOf(plain, batches.map(batchOf)));
});

t.test(
  'of more folders than rows the heavy ones stay, exact, and what is folded is in their parent',
  async (t) => {
    const few = { ...options, maxPrefixes: 20 };
    const bytesOf = (i: number): number => (i % 40 === 7 ? 1_000_000 + i : 10);
    const rows = Array.from({ length: 2000 }, (_, i) => ({
      key: `${i % 2 === 0 ? 'even' : 'odd'}/${i}/part-00001-a`,
      size: bytesOf(i),
      storageClass: 'STANDARD',
    }));
    for (const room of [limits, { ...kernelLimits, slots: 4096, rows: 4096, folders: 4096 }]) {
      const parts = [0, 1].map((half) => {
        const tally = openTally(few, room);
        tally.addBatch(batchOf(rows.slice(1000 * half, 1000 * half + 1000)), 'data/1.parquet');
        return tally.part();
      });
      const { totals, prefixes, folded } = summarise(mergeParts(parts as [TallyPart, TallyPart]));
      t.equal(totals[0]!.objects, 2000n);
      t.equal(totals[0]!.bytes, BigInt(rows.reduce((sum, { size }) => sum + size, 0)));
      t.equal(prefixes.length, 20);
      t.ok(Math.abs(folded.prefixes - (2003 - 20)) < 20, `${folded.prefixes} were folded`);
      const leaves = prefixes.filter(({ depth }) => depth === 2);
      t.ok(leaves.length >= 17, 'the rows are leaves');
      for (const { prefix, tallies, writer } of leaves) {
        const number = Number(prefix.split('/')[1]);
        t.same([number % 40, tallies[0]!.bytes, writer], [7, BigInt(bytesOf(number)), 'Spark'], prefix);
      }
    }
  },
);

t.test('whatever is folded into whatever, the rows that stay are those of a tally with room for all', (t) => {
  const many = { ...options, maxPrefixes: 100_000 };
  const few = { ...options, maxPrefixes: 3 };
  const rowsIn = fc.array(
    fc.record({
      folder: fc.integer({ min: 0, max: 400 }),
      parent: fc.constantFrom('u/', 'ü/', 'v/w/', ''),
      size: fc.constantFrom(0, 1, 5000, 2 ** 52, 2 ** 53 - 1, Number.NaN),
      storageClass: fc.constantFrom('STANDARD', 'STANDARD_IA', 'GLACIER_IR'),
      isLatest: fc.constantFrom(0, 1),
      isDeleteMarker: fc.constantFrom(0, 0, 0, 1),
      name: fc.constantFrom('a.csv', 'part-00001-a', 'x', 'below/a.orc'),
    }),
    { minLength: 200, maxLength: 600, size: 'max' },
  );
  fc.assert(
    fc.property(rowsIn, fc.integer({ min: 40, max: 600 }), (given, room) => {
      const rows = given.map(({ folder, parent, name, ...row }) => ({
        key: `${parent}${folder % 7 === 3 ? 'ä' : 'n'}${folder}/${name}`,
        ...row,
      }));
      // Only neighbours are told to be below one row without a look at each.
      rows.sort((a, b) => a.key.localeCompare(b.key));
      const narrow = { ...kernelLimits, slots: room, rows: room, folders: 1024 };
      const batches = [batchOf(rows.slice(0, 300)), batchOf(rows.slice(300)), batchOf(rows)];
      const all = summaryOf(openPlainTally(many), batches);
      const kept = summaryOf(openTally(few, narrow), batches);
      t.same(kept.totals, all.totals);
      const whole = new Map(all.prefixes.map((row) => [row.prefix, row]));
      for (const { prefix, tallies, histogram, medianObjectBytes } of kept.prefixes)
        t.match(whole.get(prefix), { tallies, histogram, medianObjectBytes }, prefix);
    }),
    { numRuns: 15 },
  );
  t.end();
});

t.test(
  'rows that stay in the kernel when its tables are emptied go on as if nothing had happened',
  async (t) => {
    const classes = ['STANDARD', 'STANDARD_IA'];
    const heavy = Array.from({ length: 20 }, (_, i) => `u/h${100 + i}/`);
    const rows: Row[] = [];
    // Each round has more light folders than there is room for; the heavy ones come again in another order, some below themselves.
    for (let round = 0; round < 6; round++) {
      // Hours of a table in between, of which more come each time.
      for (let hour = 0; hour < 6; hour++)
        rows.push({ key: `t/dt=2026-11-0${1 + round}-0${hour}/x.csv`, size: 1e9, storageClass: 'STANDARD' });
      heavy.forEach((_, i) => {
        const folder = heavy[(i * 7 + round) % heavy.length]!;
        const name = round === 1 ? 'part-00001-a' : `x${9 - round}.csv`;
        rows.push({
          key: `${folder}${name}`,
          size: 1e9 + i + round,
          storageClass: classes[(i + round) % 2]!,
        });
        if (round === 4 && i % 5 === 0)
          rows.push({ key: `${folder}below/y.orc`, size: 3e9, storageClass: 'STANDARD' });
      });
      for (let i = 0; i < 400; i++)
        rows.push({ key: `u/l${1000 * round + i}/x.json`, size: 10, storageClass: 'STANDARD' });
    }
    rows.sort((a, b) => Number(String(a.key).includes('below')) - Number(String(b.key).includes('below')));
    const few = { ...options, maxPrefixes: 30 };
    const whole = new Map(
      summaryOf(openPlainTally({ ...options, maxPrefixes: 100_000 }), [batchOf(rows)]).prefixes.map((row) => [
        row.prefix,
        row,
      ]),
    );
    const roomy = { ...kernelLimits, slots: 512, rows: 512, folders: 512 };
    for (const room of [
      roomy,
      // Where what stays would take more than half of any table it goes to the tree.
      { ...roomy, slots: 128 },
      { ...roomy, rows: 128 },
      { ...roomy, folders: 64 },
      { ...roomy, folderTextBytes: 2000 },
      { ...roomy, sampleTextBytes: 2000 },
    ]) {
      const tally = openTally(few, room);
      const { prefixes, totals } = summaryOf(tally, [
        batchOf(rows.slice(0, 1000)),
        batchOf(rows.slice(1000)),
      ]);
      t.same(totals, whole.get('')!.tallies);
      for (const { prefix, ...row } of prefixes.slice(2)) t.match(whole.get(prefix), row, prefix);
      t.same(
        heavy.filter((folder) => !prefixes.some(({ prefix }) => prefix === folder)),
        [],
      );
    }
  },
);

t.test('the sums of a row that stayed may become huge', async (t) => {
  const few = { ...options, maxPrefixes: 20 };
  const heavy = Array.from({ length: 9 }, (_, i) => ({ key: `u/h${i}/x.csv`, size: 2 ** 52 }));
  const light = Array.from({ length: 600 }, (_, i) => ({ key: `u/l${i}/x`, size: 1 }));
  const rows = [...heavy, ...light, ...heavy, ...heavy, ...light, ...heavy];
  const tally = openTally(few, { ...kernelLimits, slots: 256, rows: 256, folders: 256 });
  const { prefixes, totals } = summaryOf(tally, [batchOf(rows)]);
  t.equal(totals[0]!.bytes, 36n * 2n ** 52n + 1200n);
  t.same(
    prefixes.filter(({ prefix }) => prefix.startsWith('u/h')).map(({ tallies }) => tallies[0]!.bytes),
    heavy.map(() => 2n ** 54n),
  );
});

t.test('a row that a folded one may be taken for stays, whatever was folded beside it', async (t) => {
  const signs = new Map<number, number>();
  let pair: readonly string[] | undefined;
  for (let i = 0; !pair; i++) {
    const sign = signOf(`u/z${i}/`);
    const other = signs.get(sign);
    if (other !== undefined) pair = [`u/z${other}/`, `u/z${i}/`];
    signs.set(sign, i);
  }
  const [heavy, light] = pair;
  const others = Array.from({ length: 600 }, (_, i) => ({ key: `u/l${i}/x`, size: 1 }));
  const rows = [
    ...[
      { key: 'u/a/x', size: 5 },
      { key: `${light}x`, size: 1 },
      { key: `${heavy}x`, size: 1e12 },
    ],
    ...others,
  ];
  const again = others.map(({ key }) => ({ key: `${key}/again`, size: 1 }));
  const few = { ...options, depth: 2, maxPrefixes: 5 };
  const tally = openTally(few, { ...kernelLimits, slots: 256, rows: 256, folders: 256 });
  const { prefixes, totals } = summaryOf(tally, [
    batchOf([...rows, ...again, { key: `${heavy}y`, size: 7 }]),
  ]);
  t.equal(totals[0]!.objects, BigInt(rows.length + again.length + 1));
  t.equal(prefixes.find(({ prefix }) => prefix === heavy)?.tallies[0]?.bytes, 1_000_000_000_007n);
});

t.test(
  'a table that has just begun has its row when it is heavy in the end, also where rows stayed',
  async (t) => {
    const few = { ...options, depth: 2, maxPrefixes: 20 };
    const room = { ...kernelLimits, slots: 1024, rows: 1024, folders: 1024 };
    const before = Array.from({ length: 9 }, (_, i) => ({ key: `a/h${i}/x.csv`, size: 1e12 }));
    for (let at = 76; at < 176; at++) {
      const tables = Array.from({ length: 200 }, (_, i) =>
        Array.from({ length: i === at ? 50 : 1 }, (_, n) => ({
          key: `t/${1000 + i}/year=2026/month=11/day=${10 + (n % 20)}/x.csv`,
          size: n > 0 ? 1e12 : 1,
        })),
      ).flat();
      const { prefixes } = summaryOf(openTally(few, room), [batchOf([...before, ...tables])]);
      if (!prefixes.some(({ prefix }) => prefix === `t/${1000 + at}/`)) t.fail(`table ${at} has no row`);
    }
    t.pass('all have');
  },
);

t.test('what stays in the kernel of a columnar file is found again in a file of CSV', async (t) => {
  const room = { ...kernelLimits, slots: 256, rows: 256, folders: 256 };
  const few = { ...options, maxPrefixes: 20 };
  const tally = openTally(few, room);
  const heavy = Array.from({ length: 9 }, (_, i) => ({ key: `u/h+${i}/x.csv`, size: 1e9 }));
  const light = Array.from({ length: 600 }, (_, i) => ({ key: `u/l${i}/x`, size: 1 }));
  tally.addBatch(batchOf([...heavy, ...light]), 'data/1.parquet');
  const csv = tally.addCsv({ file: 'data/2.csv.gz', columns: ['Key', 'Size'] });
  // There they are other folders: a plus is a space.
  csv.take(Buffer.from(heavy.map(({ key }) => `${key},5\n${encodeURIComponent(key)},7\n`).join('')));
  csv.end();
  const { prefixes, totals } = summarise(mergeParts([tally.part()]));
  t.same(
    prefixes.filter(({ prefix }) => prefix.startsWith('u/h+')).map(({ tallies }) => tallies[0]!.bytes),
    heavy.map(() => 1_000_000_007n),
  );
  t.equal(totals[0]!.objects, 627n);
});

t.test(
  'a folder that was folded unseen has no row when one below it is met: it would lack what was folded',
  async (t) => {
    const light = Array.from({ length: 900 }, (_, i) => ({ key: `u/n${1000 + i}/x`, size: 1 }));
    const heavy = Array.from({ length: 900 }, (_, i) => ({
      key: `u/n${1000 + i}/below/x`,
      size: 1_000_000 * (i + 1),
    }));
    const batches = [batchOf(light), batchOf(heavy)];
    const whole = new Map(
      summaryOf(openPlainTally({ ...options, maxPrefixes: 100_000 }), batches).prefixes.map((row) => [
        row.prefix,
        row.tallies,
      ]),
    );
    const few = { ...options, maxPrefixes: 10 };
    const room = { ...kernelLimits, slots: 1024, rows: 1024, folders: 1024 };
    const { prefixes } = summaryOf(openTally(few, room), batches);
    t.ok(prefixes.length > 1);
    for (const { prefix, tallies } of prefixes) t.same(tallies, whole.get(prefix), prefix);
  },
);
