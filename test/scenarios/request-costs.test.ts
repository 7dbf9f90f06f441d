import t from 'tap';
import type { RequestRow } from '../../src/prefixes/request-rows.js';
import type { PrefixRow, Scan } from '../../src/prefixes/scan.js';
import { compact, compactDefaults } from '../../src/scenarios/compact.js';
import { describe } from '../../src/scenarios/layout.js';
import { type BareRequests, pricedRequests } from '../../src/scenarios/request-costs.js';
import { requestsAt } from '../../src/scenarios/request-usage.js';
import { cardOf, november } from '../pricing/card.js';

const card = cardOf('us-east-1');
const options = { region: 'us-east-1', month: november, queriesPerMonth: 30n };

type Bar = readonly [storageClass: string, objects: bigint];

/** Objects of 1,000 bytes. */
function rowOf(prefix: string, depth: number, bars: readonly Bar[], partitions?: number): PrefixRow {
  const histogram = bars.map(([name, objects]) => ({
    ...{ class: name, upToBytes: 1024, objects, bytes: objects * 1000n },
  }));
  const tallies = histogram.map(({ class: name, objects, bytes }) => ({
    ...{ class: name, objects, bytes, smallObjects: objects, smallBytes: bytes },
    ...{
      paddingBytes: 0n,
      archiveOverheadBytes: 0n,
      noncurrentObjects: 0n,
      noncurrentBytes: 0n,
      deleteMarkers: 0n,
    },
  }));
  const table =
    partitions === undefined ? {} : { partitioning: 'dt=YYYY-MM-DD/hour=HH', partitions, partitionDays: 30 };
  return { prefix, depth, tallies, histogram, medianObjectBytes: 1000, ...table };
}

function scanWith(prefixes: readonly PrefixRow[]): Scan {
  return {
    ...{ schemaVersion: 1, source: 's3://lake/', takenAt: '2026-11-24T10:00:00.000Z', region: 'us-east-1' },
    ...{ smallBelowBytes: 131_072, totals: prefixes[0]!.tallies, prefixes, folded: { prefixes: 0, into: 0 } },
    ...{ findings: [], unknown: { classes: [], columns: [] } },
    ownCost: { requests: { put: 0, get: 0, list: 0 }, usd: '0' },
  };
}

const row = (
  prefix: string,
  operation: RequestRow['operation'],
  requests: bigint,
  more: Partial<RequestRow> = {},
): BareRequests['rows'][number] => ({
  ...{ prefix, requester: 'r', operation, requests, billed: requests, bytesSent: 0n, objectBytes: 0n },
  answers: { ok: requests },
  ...more,
});

/** Three days of a month of thirty. */
const of = (rows: BareRequests['rows']): BareRequests => ({
  ...{ source: 's3://logs/', from: '2026-11-01T00:00:00.000Z', to: '2026-11-04T00:00:00.000Z', hours: 72 },
  ...{ activeHours: 72, files: 1, skippedFiles: 0, lines: 1, notUnderstood: { lines: 0, examples: [] } },
  ...{ repeated: 0, otherBuckets: 0, otherServices: 0, outside: 0n, buckets: [], guessed: [] },
  ...{ folded: { prefixes: 0, requesters: 0 }, rows },
});

const costsOf = (scan: Scan, one: BareRequests['rows'][number]): string[] =>
  pricedRequests(scan, of([one]), card, november).rows[0]!.costs.map(
    ({ usageType, class: name, quantity, usd }) => `${usageType} ${name} ${quantity} ${usd}`,
  );

const mixed = scanWith([
  rowOf('', 0, [
    ['GLACIER', 100n],
    ['GLACIER_IR', 1n],
    ['STANDARD', 30n],
    ['STANDARD_IA', 10n],
  ]),
  rowOf('cold/', 1, [['GLACIER', 100n]]),
  rowOf('warm/', 1, [['GLACIER_IR', 1n]]),
]);

/** us-east-1, for 1,000: Tier1 0.005, Tier2 0.0004, SIA GET 0.001, GIR GET 0.01 and 0.03 a GB, transitions 0.01, 0.02, 0.03, 0.05. */
t.test(
  'each kind of request is billed by the usage type of AWS and the class of what lies there',
  async (t) => {
    const cases: readonly (readonly [BareRequests['rows'][number], readonly string[]])[] = [
      [row('warm/', 'put', 1000n), ['Requests-GIR-Tier1 GLACIER_IR 1000 0.02']],
      [row('', 'put', 1000n), ['Requests-Tier1 STANDARD 1000 0.005']],
      [row('nowhere/', 'put', 1000n), ['Requests-Tier1 STANDARD 1000 0.005']],
      // LIST has one price whatever lies there.
      [row('warm/', 'list', 1000n), ['Requests-Tier1 STANDARD 1000 0.005']],
      [
        row('warm/', 'get', 1000n, { bytesSent: 2n ** 30n }),
        ['Requests-GIR-Tier2 GLACIER_IR 1000 0.01', 'Retrieval-GIR GLACIER_IR 1 0.03'],
      ],
      // 41 readable objects: 30 ÷ 41 of 4,100 in STANDARD, 10 ÷ 41 in STANDARD_IA, 1 ÷ 41 in GLACIER_IR; archives answer no GET.
      [
        row('', 'head', 4100n),
        [
          'Requests-GIR-Tier2 GLACIER_IR 100 0.001',
          'Requests-Tier2 STANDARD 3000 0.0012',
          'Requests-SIA-Tier2 STANDARD_IA 1000 0.001',
        ],
      ],
      // Parts are at the price of STANDARD until they are completed.
      [row('cold/', 'part', 1000n), ['Requests-GLACIER-Tier1 GLACIER 1000 0.005']],
      [row('cold/', 'put', 1000n), ['Requests-GLACIER-Tier1 GLACIER 1000 0.03']],
      [row('cold/', 'restore', 1000n), ['Requests-Tier3 GLACIER 1000 0.05']],
      [row('', 'to STANDARD_IA', 1000n), ['Requests-Tier4 STANDARD_IA 1000 0.01']],
      [row('', 'to GLACIER_IR', 1000n), ['Requests-Tier4 GLACIER_IR 1000 0.02']],
      [row('', 'to GLACIER', 1000n), ['Requests-Tier3 GLACIER 1000 0.03']],
      [row('', 'to DEEP_ARCHIVE', 1000n), ['Requests-Tier3 DEEP_ARCHIVE 1000 0.05']],
      [row('', 'delete', 1000n), []],
      [row('', 'expiry', 1000n), []],
      [row('', 'unknown', 1000n), []],
      [row('', 'put', 1000n, { billed: 0n, answers: { failed: 1000n } }), []],
    ];
    for (const [one, costs] of cases) t.same(costsOf(mixed, one), costs, `${one.operation} of ${one.prefix}`);
  },
);

t.test('a month is the same pace for all its hours', async (t) => {
  // 0.005 in 72 of 720 hours.
  t.equal(pricedRequests(mixed, of([row('', 'list', 1000n)]), card, november).rows[0]!.monthlyUsd, '0.05');
});

const hours = scanWith([
  rowOf('', 0, [['STANDARD', 72_000n]]),
  rowOf('csv/', 1, [['STANDARD', 72_000n]], 720),
]);

const read = {
  ...hours,
  requests: pricedRequests(
    hours,
    of([row('csv/', 'get', 14_400n), row('csv/', 'put', 7200n), row('other/', 'list', 10n)]),
    card,
    november,
  ),
};

t.test('a prefix is billed what is asked of it and of everything below it', async (t) => {
  const root = requestsAt(read, read.prefixes[0]!, november)!;
  t.same(root.requests, [
    { class: 'STANDARD', put: 72_000n, get: 144_000n, head: 0n, list: 100n, delete: 0n },
  ]);
  t.equal(root.reads, 144_000n);
  t.same(requestsAt(read, read.prefixes[1]!, november)!.requests[0]!.list, 0n);
  t.equal(requestsAt(hours, hours.prefixes[0]!, november), undefined);
});

t.test('after a compaction the measured reads fall as the objects do', async (t) => {
  const layout = describe(read, read.prefixes[1]!, options);
  const { after } = compact(layout, { ...compactDefaults, queriesPerMonth: 30n });
  const plain = after.requests.filter(({ put, list }) => put === 0n && list === 0n).map(({ get }) => get);
  // 72,000 objects in 720 hours become 720 files: 144,000 reads ÷ 100, and each new object is read once by the compaction.
  t.same(plain, [1440n, 72_000n]);
});

t.test('a key that begins with "/" has a folder above it, and is billed as any other', async (t) => {
  const scan = scanWith([rowOf('', 0, [['STANDARD', 2n]]), rowOf('/', 1, [['STANDARD', 1n]])]);
  for (const prefix of ['/', '//', '/a/']) {
    const requests = pricedRequests(scan, of([row(prefix, 'get', 1000n)]), card, november);
    t.equal(requests.rows[0]!.monthlyUsd, '0.004');
    for (const at of scan.prefixes) t.equal(requestsAt({ ...scan, requests }, at, november)!.reads, 10_000n);
  }
});
