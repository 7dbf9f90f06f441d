import fc from 'fast-check';
import t from 'tap';
import { compareKeys } from '../../src/kernel/s3.js';
import { lowerEdge, mergeHistograms, upperEdges } from '../../src/prefixes/histogram.js';
import type { Finding, PrefixRow, Scan } from '../../src/prefixes/scan.js';
import { scanFromJson, scanToJson } from '../../src/prefixes/scan-json.js';
import { type HistogramRow, heldName, type Tally } from '../../src/prefixes/tally.js';

const big = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 80n }),
  fc.constantFrom(2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n),
);
const hostile = fc.string({ unit: 'binary', maxLength: 12 });
const usd = fc.tuple(fc.nat(), fc.nat()).map(([whole, part]) => `${whole}.${part}`);

const bars = fc.uniqueArray(
  fc
    .record(
      { class: hostile, accessTier: hostile, upToBytes: fc.constantFrom(...upperEdges), objects: big },
      { requiredKeys: ['class', 'upToBytes', 'objects'] },
    )
    .map((bar) => ({
      ...bar,
      objects: bar.objects + 1n,
      bytes: (bar.objects + 1n) * BigInt(lowerEdge(bar.upToBytes)),
    })),
  { selector: (bar) => `${heldName(bar)} ${bar.upToBytes}`, maxLength: 3 },
);

const talliesOf = (histogram: readonly HistogramRow[], small: bigint, unsized: bigint): Tally[] =>
  [...new Set(histogram.map(heldName))].map((name) => {
    const own = histogram.filter((bar) => heldName(bar) === name);
    const { class: storageClass, accessTier } = own[0]!;
    return {
      class: storageClass,
      ...(accessTier !== undefined && { accessTier }),
      objects: own.reduce((sum, bar) => sum + bar.objects, 0n) + unsized,
      bytes: own.reduce((sum, bar) => sum + bar.bytes, 0n),
      smallObjects: small,
      smallBytes: small + 1n,
      paddingBytes: small + 2n,
      archiveOverheadBytes: small + 3n,
      noncurrentObjects: small + 4n,
      noncurrentBytes: small + 5n,
      deleteMarkers: small + 6n,
      ...(unsized > 0n && { unsizedObjects: unsized }),
    };
  });

const prefixRow = (depth: number): fc.Arbitrary<PrefixRow> =>
  fc
    .record({
      prefix: hostile,
      histogram: bars,
      small: big,
      unsized: fc.bigInt({ min: 0n, max: 2n ** 60n }),
      median: fc.maxSafeNat(),
      notes: fc.record({ partitioning: hostile, format: hostile, writer: hostile }, { requiredKeys: [] }),
    })
    .map(({ prefix, histogram, small, unsized, median, notes }) => ({
      prefix: depth === 0 ? prefix : `${prefix}/`,
      depth,
      tallies: talliesOf(histogram, small, unsized),
      histogram,
      medianObjectBytes: median,
      ...notes,
      ...(histogram.length > 0 && { partitions: 1 }),
    }));

/** The scanned prefix holds what the rows hold; none of them is below another. */
function tree(root: PrefixRow, rows: readonly PrefixRow[]): PrefixRow[] {
  const below = rows
    .map((row) => ({ ...row, prefix: `${root.prefix + row.prefix.replaceAll('/', '')}/` }))
    .filter((row, at, all) => all.findIndex(({ prefix }) => prefix === row.prefix) === at)
    .sort((a, b) => compareKeys(a.prefix, b.prefix));
  const histogram = mergeHistograms(root.histogram, ...below.map((row) => row.histogram));
  return [{ ...root, histogram, tallies: talliesOf(histogram, 0n, 0n) }, ...below];
}

const finding: fc.Arbitrary<Finding> = fc.record({
  prefix: hostile,
  kind: hostile,
  objects: big,
  bytes: big,
  monthlyUsd: usd,
  savingUsd: usd,
  recommendation: hostile,
  confidence: fc.constantFrom('high', 'medium', 'low'),
  why: hostile,
});

const scan: fc.Arbitrary<Scan> = fc
  .record({
    source: hostile,
    takenAt: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }),
    region: hostile,
    small: fc.maxSafeNat(),
    root: prefixRow(0),
    rows: fc.array(prefixRow(1), { maxLength: 4 }),
    folded: fc.record({ prefixes: fc.nat(), into: fc.nat() }),
    findings: fc.array(finding, { maxLength: 3 }),
    unknown: fc.record({ classes: fc.array(hostile), columns: fc.array(hostile) }),
    ownCost: fc.record({ requests: fc.record({ put: fc.nat(), get: fc.nat(), list: fc.nat() }), usd }),
  })
  .map(({ small, root, rows, takenAt, ...rest }) => ({
    schemaVersion: 1,
    ...rest,
    takenAt: takenAt.toISOString(),
    smallBelowBytes: small,
    totals: tree(root, rows)[0]!.tallies,
    prefixes: tree(root, rows),
  }));

const written = (value: Scan): unknown => JSON.parse(JSON.stringify(scanToJson(value)));

t.test('a scan written as JSON and read back is the same scan', async (t) => {
  fc.assert(
    fc.property(scan, (value) => {
      t.strictSame(scanFromJson(written(value), 'scan.json'), structuredClone(value));
    }),
    { numRuns: 30 },
  );
});

const standard: Tally = {
  class: 'STANDARD',
  objects: 2n ** 53n - 1n,
  bytes: 2n ** 53n,
  smallObjects: 0n,
  smallBytes: 0n,
  paddingBytes: 0n,
  archiveOverheadBytes: 0n,
  noncurrentObjects: 0n,
  noncurrentBytes: 0n,
  deleteMarkers: 0n,
};

const example: Scan = {
  schemaVersion: 1,
  source: 'file:///lake/',
  takenAt: '2026-11-24T10:00:00.000Z',
  region: 'us-east-1',
  smallBelowBytes: 131_072,
  totals: [standard],
  prefixes: [
    {
      prefix: '',
      depth: 0,
      tallies: [standard],
      histogram: [{ class: 'STANDARD', upToBytes: 1024, objects: 2n ** 53n - 1n, bytes: 2n ** 53n }],
      medianObjectBytes: 0,
    },
  ],
  folded: { prefixes: 0, into: 0 },
  findings: [
    {
      prefix: '',
      kind: 'small-files',
      objects: 1n,
      bytes: 1n,
      monthlyUsd: '1.5',
      savingUsd: '-0.5',
      recommendation: '',
      confidence: 'high',
      why: '',
    },
  ],
  unknown: { classes: [], columns: [] },
  ownCost: { requests: { put: 0, get: 0, list: 1 }, usd: '0.000005' },
};

t.test('counts are numbers, and strings beyond 2^53', async (t) => {
  t.match(written(example), {
    prefixes: [{ tallies: [{ objects: 9007199254740991, bytes: '9007199254740992', smallObjects: 0 }] }],
  });
});

/** Every path to a value in the document, with the value's owner. */
function* places(
  owner: object,
  path = '',
): Generator<{ owner: Record<string, unknown>; name: string; path: string }> {
  for (const [name, value] of Object.entries(owner)) {
    const here = Array.isArray(owner) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;
    if (!Array.isArray(owner)) yield { owner: owner as Record<string, unknown>, name, path: here };
    if (typeof value === 'object' && value !== null) yield* places(value, here);
  }
}

const optionalFields = /partitioning|partitions|format|writer|accessTier/;

t.test('a missing or foreign value anywhere is refused with its place', async (t) => {
  const all = [...places(written(example) as object)].map(({ path }) => path);
  t.ok(all.length > 40);
  for (const path of all.filter((name) => !optionalFields.test(name)))
    for (const wrong of [undefined, -1, 1.5, Number.NaN, true, {}, '0x10', '1e400']) {
      const document = structuredClone(written(example)) as object;
      const place = [...places(document)].find((found) => found.path === path)!;
      if (typeof place.owner[place.name] === 'string' && typeof wrong === 'string') continue;
      if (wrong === undefined) delete place.owner[place.name];
      else place.owner[place.name] = wrong;
      t.throws(
        () => scanFromJson(document, 'old.json'),
        {
          code: 'SCAN_INVALID',
          message: new RegExp(`^old\\.json is not .*: ${path.replace(/[[\].]/g, '\\$&')}`),
        },
        `${path} as ${String(wrong)}`,
      );
    }
});

t.test('what is no scan at all is refused', async (t) => {
  for (const value of [
    undefined,
    null,
    1,
    'scan',
    [],
    [[]],
    {},
    { schemaVersion: 2 },
    JSON.parse('{"__proto__":{"schemaVersion":1}}'),
  ])
    t.throws(() => scanFromJson(value, 'x'), { code: 'SCAN_INVALID' }, JSON.stringify(value) ?? 'undefined');
  const document = written(example) as { schemaVersion: number };
  t.throws(() => scanFromJson({ ...document, schemaVersion: 2 }, 'x'), { message: /schemaVersion is not 1/ });
});

t.test('a document whose numbers contradict each other is refused', async (t) => {
  const row = example.prefixes[0]!;
  const halved = { ...row, histogram: [{ ...row.histogram[0]!, objects: 1n }] };
  t.throws(() => scanFromJson(written({ ...example, prefixes: [halved] }), 'x'), {
    code: 'SCAN_INVALID',
    message: /prefixes\[0\]\.histogram does not add up to the objects/,
  });
  t.throws(() => scanFromJson(written({ ...example, prefixes: [] }), 'x'), {
    message: /prefixes does not begin/,
  });
  const edged = { ...row, histogram: [{ ...row.histogram[0]!, upToBytes: 100_000 }] };
  t.throws(() => scanFromJson(written({ ...example, prefixes: [edged] }), 'x'), {
    message: /upToBytes is not an edge/,
  });
});

t.test('fields of a later version are ignored', async (t) => {
  t.strictSame(scanFromJson({ ...(written(example) as object), colour: 'blue' }, 'x'), example);
});
