import t from 'tap';
import { barOf, upperEdges } from '../../src/prefixes/histogram.js';
import type { RequestRow } from '../../src/prefixes/request-rows.js';
import type { Finding, PrefixRow, Scan } from '../../src/prefixes/scan.js';
import { findings } from '../../src/scenarios/findings.js';
import { pricedRequests } from '../../src/scenarios/request-costs.js';
import { cardOf, november } from '../pricing/card.js';

const card = cardOf('us-east-1');

interface Held {
  readonly class: string;
  readonly objects: bigint;
  readonly size: number;
}

type Signs = Pick<PrefixRow, 'partitioning' | 'partitions' | 'partitionDays' | 'format' | 'writer'>;

/** A row as a scan has it; every object of a kind has one size. */
function rowOf(prefix: string, depth: number, held: readonly Held[], signs: Signs = {}): PrefixRow {
  const histogram = held.map(({ class: name, objects, size }) => ({
    ...{ class: name, upToBytes: upperEdges[barOf(size)]!, objects, bytes: objects * BigInt(size) },
  }));
  const tallies = held.map(({ class: name, objects, size }) => {
    const isSmall = size < 131_072;
    const bytes = objects * BigInt(size);
    return {
      ...{
        class: name,
        objects,
        bytes,
        smallObjects: isSmall ? objects : 0n,
        smallBytes: isSmall ? bytes : 0n,
      },
      ...{
        paddingBytes: 0n,
        archiveOverheadBytes: 0n,
        noncurrentObjects: 0n,
        noncurrentBytes: 0n,
        deleteMarkers: 0n,
      },
    };
  });
  return { prefix, depth, tallies, histogram, medianObjectBytes: held[0]!.size, ...signs };
}

const scanOf = (prefixes: readonly PrefixRow[]): Scan => ({
  ...{ schemaVersion: 1, source: 's3://lake/', takenAt: '2026-11-24T10:00:00.000Z', region: 'us-east-1' },
  ...{ smallBelowBytes: 131_072, totals: prefixes[0]!.tallies, prefixes, folded: { prefixes: 0, into: 0 } },
  ...{ findings: [], unknown: { classes: [], columns: [] } },
  ownCost: { requests: { put: 0, get: 0, list: 0 }, usd: '0' },
});

const found = (scan: Scan, queriesPerMonth: bigint): Finding[] =>
  findings(scan, card, { region: 'us-east-1', month: november, queriesPerMonth });

const dollars = (finding: Finding): readonly (number | string | undefined)[] => [
  finding.action,
  round(finding.monthlyUsd),
  round(finding.savingUsd),
  round(finding.oneOffUsd!),
];

const round = (usd: string): number => Number(Number(usd).toFixed(9));

const tenMillion = (name: string): Held => ({ class: name, objects: 10_000_000n, size: 10_240 });

/**
 * 10 M objects of 10 KiB are 95.367431640625 GB. In STANDARD_IA each is billed as 128 KiB: 1,220.703125 GB × 0.0125 =
 * 15.2587890625, of which 95.367431640625 × 0.0125 = 1.1920928955078125 is storage; in STANDARD 2.193450927734375. Back there:
 * 10 M PUT at 0.005 and 10 M GET at 0.001 for 1,000, retrieval of 95.367431640625 GB × 0.01: 50 + 10 + 0.95367431640625.
 */
t.test('padded objects of which nothing is known stay in STANDARD', async (t) => {
  const [finding, ...others] = found(scanOf([rowOf('', 0, [tenMillion('STANDARD_IA')])]), 0n);
  t.same(others, []);
  t.same(dollars(finding!), ['keep-in-standard', 15.258789063, 13.065338135, 60.953674316]);
  t.match(
    finding!.recommendation,
    /Do not move objects below 16 KiB out of STANDARD .*ObjectSizeGreaterThan 16383/,
  );
  t.same([round(finding!.costs!.padding!), round(finding!.costs!.storage!)], [14.066696167, 1.192092896]);
  t.equal(finding!.confidence, 'high');
});

/**
 * As 763 files of up to 128 MiB, still in STANDARD_IA, the padding goes: 14.0666961669921875. Once: 763 PUT at 0.01 and 10 M GET at
 * 0.001 for 1,000, and the retrieval: 0.00763 + 10 + 0.95367431640625.
 */
t.test('padded objects that hold rows are compacted before they change class', async (t) => {
  const [finding] = found(scanOf([rowOf('', 0, [tenMillion('STANDARD_IA')], { format: 'csv' })]), 0n);
  t.same(dollars(finding!), ['compact', 15.258789063, 14.066696167, 10.961304316]);
  t.match(finding!.recommendation, 'Compact into about 763 files of up to 128 MiB before they change class.');
});

/**
 * In GLACIER 10 + 32 KiB each at 0.0036 and 8 KiB at 0.023: 1.44195556640625 + 1.7547607421875 = 3.19671630859375, in STANDARD
 * 2.193450927734375. Once: 10 M bulk restores and their bytes are free in us-east-1; copies of 95.367431640625 GB for one day of thirty
 * at 0.023: 0.073115030924479; 10 M PUT: 50.
 */
t.test(
  'archived objects of 10 KiB cost less in STANDARD, and an archive is left only by a restore',
  async (t) => {
    const [finding] = found(scanOf([rowOf('', 0, [tenMillion('GLACIER')])]), 0n);
    t.same(dollars(finding!), ['keep-in-standard', 3.196716309, 1.003265381, 50.073115031]);
    t.same(round(finding!.costs!.archiveOverhead!), 2.853393555);
  },
);

/**
 * 60 objects of 100,000 bytes an hour on one day: 43,200 written a month (0.216), each read 30 times: 43,200 GET (0.01728), 30 times 2
 * pages and 24 folders: 780 LIST (0.0039); 144 MB: 0.003084540. With four objects an hour: 2,880 PUT (0.0144), 2,880 GET (0.001152),
 * 30 × 25 = 750 LIST (0.00375): 0.2016 + 0.016128 + 0.00015 less.
 */
t.test('a stream of Firehose gets a larger buffer, which costs nothing once', async (t) => {
  const signs = {
    partitioning: 'YYYY/MM/DD/HH',
    partitions: 24,
    partitionDays: 1,
    writer: 'Amazon Data Firehose',
  };
  const scan = scanOf([rowOf('', 0, [{ class: 'STANDARD', objects: 1440n, size: 100_000 }], signs)]);
  const [finding] = found(scan, 30n);
  t.same(dollars(finding!), ['change-buffer', 0.24026454, 0.217878, 0]);
  t.match(finding!.recommendation, /about 96 objects instead of 1,440/);
  t.equal(finding!.writer, 'Amazon Data Firehose');
  t.match(
    finding!.certainty,
    /Folders \(YYYY\/MM\/DD\/HH\) and names \(Amazon Data Firehose\).*each object is read 30 times a month/,
  );
  t.equal(finding!.confidence, 'medium');
});

/** Objects from 128 KiB on: 1,000 × 0.0025 for 1,000. */
t.test('what monitoring costs is told of objects that Intelligent-Tiering watches', async (t) => {
  const held = [
    { class: 'INTELLIGENT_TIERING', objects: 2000n, size: 1000 },
    { class: 'INTELLIGENT_TIERING', objects: 1000n, size: 200_000 },
  ];
  const [finding] = found(scanOf([rowOf('', 0, held, { format: 'json' })]), 0n);
  t.equal(finding!.costs!.monitoring, '0.0025');
});

t.test('what nothing would make cheaper is left alone', async (t) => {
  const signs = { partitioning: 'dt=YYYY-MM-DD', partitions: 200, partitionDays: 200, format: 'csv' };
  const [finding] = found(
    scanOf([rowOf('', 0, [{ class: 'STANDARD', objects: 200n, size: 1000 }], signs)]),
    0n,
  );
  t.same([finding!.action, finding!.savingUsd, finding!.oneOffUsd], ['leave', '0', '0']);
  t.match(finding!.recommendation, /^Leave them as they are/);
});

const asked = (prefix: string, operation: RequestRow['operation'], requests: bigint) => ({
  ...{ prefix, requester: 'r', operation, requests, billed: requests, bytesSent: 0n, objectBytes: 0n },
  answers: { ok: requests },
});

/** 1,000 objects in ten days of hours; 7,200 GET, 720 PUT and 72 LIST in 72 of 720 hours: 72,000, 7,200 and 720 a month. */
t.test('with logs a finding tells what its prefix is really asked', async (t) => {
  const signs = { partitioning: 'dt=YYYY-MM-DD/hour=HH', partitions: 240, partitionDays: 10, format: 'csv' };
  const held = [{ class: 'STANDARD', objects: 24_000n, size: 1000 }];
  const bare = scanOf([rowOf('', 0, held), rowOf('csv/', 1, held, signs)]);
  const requests = pricedRequests(
    bare,
    {
      ...{
        source: 's3://logs/',
        from: '2026-11-01T00:00:00.000Z',
        to: '2026-11-04T00:00:00.000Z',
        hours: 72,
      },
      ...{ activeHours: 72, files: 1, skippedFiles: 0, lines: 1, notUnderstood: { lines: 0, examples: [] } },
      ...{ repeated: 0, otherBuckets: 0, otherServices: 0, outside: 0n, buckets: [], guessed: [] },
      ...{ folded: { prefixes: 0, requesters: 0 } },
      rows: [asked('csv/', 'get', 7_200n), asked('csv/', 'put', 720n), asked('csv/', 'list', 72n)],
    },
    card,
    november,
  );
  const [finding] = found({ ...bare, requests }, 1_000_000n);
  t.equal(finding!.prefix, 'csv/');
  t.same(
    (['get', 'put', 'list'] as const).map((cause) => finding!.costs![cause]),
    ['0.0288', '0.036', '0.0036'],
  );
  t.match(finding!.certainty, /requests are counted over 72 hours of logs/);
});

t.test('the causes of every finding add up to its month', async (t) => {
  const scan = scanOf([
    rowOf('', 0, [
      { class: 'DEEP_ARCHIVE', objects: 500n, size: 5000 },
      { class: 'GLACIER_IR', objects: 700n, size: 100 },
      { class: 'STANDARD', objects: 900n, size: 2000 },
    ]),
    rowOf('a/', 1, [
      { class: 'GLACIER_IR', objects: 300n, size: 100 },
      { class: 'STANDARD', objects: 400n, size: 2000 },
    ]),
    rowOf('a/b/', 2, [{ class: 'GLACIER_IR', objects: 200n, size: 100 }]),
  ]);
  const all = found(scan, 30n);
  t.same(all.map(({ prefix, kind, objects }) => [prefix, kind, objects]).sort(), [
    ['', 'archived-small-objects', 500n],
    ['', 'padded-objects', 400n],
    ['', 'small-files', 500n],
    ['a/', 'padded-objects', 100n],
    ['a/', 'small-files', 400n],
    ['a/b/', 'padded-objects', 200n],
  ]);
  for (const finding of all) {
    const sum = Object.values(finding.costs!).reduce((total, usd) => total + Number(usd), 0);
    t.ok(Math.abs(sum - Number(finding.monthlyUsd)) < 1e-12, finding.prefix + finding.kind);
  }
});
