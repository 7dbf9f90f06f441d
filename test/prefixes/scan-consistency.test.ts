import t from 'tap';
import { addObjects, createPrefixTree, prefixTreeDefaults } from '../../src/prefixes/prefix-tree.js';
import { type Scan, scanOf } from '../../src/prefixes/scan.js';
import { contradiction } from '../../src/prefixes/scan-consistency.js';
import { scanFromJson, scanToJson } from '../../src/prefixes/scan-json.js';
import { monthlyBill } from '../../src/pricing/monthly-bill.js';
import { describe } from '../../src/scenarios/layout.js';
import { objectNamed } from '../inventory/memory-lister.js';
import { cardOf, november } from '../pricing/card.js';
import { summaryOf } from './summary.js';

function sample(): Scan {
  const tree = createPrefixTree({ ...prefixTreeDefaults, prefix: 'lake/' });
  const classes = ['STANDARD', 'STANDARD_IA', 'GLACIER'];
  for (let n = 0; n < 90; n++) {
    const key = `lake/${n % 2 ? 'a/' : 'a/b/'}dt=2026-11-${10 + (n % 9)}/${n}.csv`;
    addObjects(tree, [objectNamed(key, 10 ** (n % 7), classes[n % 3])]);
  }
  const requests = { put: 0, get: 0, list: 1 };
  return scanOf(
    { source: 's3://b/lake/', takenAt: '2026-11-24T00:00:00Z', region: 'us-east-1', requests },
    summaryOf(tree),
  );
}

type Json = { [name: string]: Json } & Json[];
const written = (): Json => JSON.parse(JSON.stringify(scanToJson(sample())));

t.test('a scan as it was taken contradicts nothing', async (t) => {
  t.equal(contradiction(sample()), undefined);
  t.strictSame(scanFromJson(written(), 'x'), sample());
});

const damages: readonly (readonly [string, (scan: Json) => unknown, RegExp])[] = [
  ['another class', (scan) => (scan.prefixes![1]!.tallies![0]!.class = 'STANDARD' as never), /add up/],
  [
    'bytes in the wrong bar',
    (scan) => Object.assign(barsOf(scan, 2)[0]!, { upToBytes: null }),
    /histogram\[0\]\.bytes/,
  ],
  ['a bar twice', (scan) => twice(barsOf(scan, 2)), /names a bar twice/],
  [
    'too many partitions',
    (scan) => (scan.prefixes![1]!.partitions = 1000 as never),
    /prefixes\[1\]\.partitions/,
  ],
  ['totals of another scan', (scan) => (scan.totals![0]!.smallObjects = 1 as never), /totals differs/],
  [
    'a prefix from elsewhere',
    (scan) => (scan.prefixes![2]!.prefix = 'pond/' as never),
    /does not begin with the scanned/,
  ],
  [
    'a row twice',
    (scan) => scan.prefixes!.push(scan.prefixes![2]!),
    /prefixes\[3\]\.prefix stands out of order/,
  ],
  ['a row missing above', (scan) => scan.prefixes!.splice(0, 1), /depth 0/],
  ['a child heavier than its parent', (scan) => doubled(scan.prefixes![2]!), /prefixes\[1\] holds less/],
];

const barsOf = (scan: Json, at: number): Json[] => scan.prefixes![at]!.histogram!;

/** Splits a bar in two of the same name, so that the sums stay right. */
function twice(bars: Json[]): void {
  const first = bars.find((bar) => Number(bar.objects) > 1)!;
  const objects = Number(first.objects);
  const each = Number(first.bytes) / objects;
  bars.push({ ...first, objects: objects - 1, bytes: each * (objects - 1) } as never);
  Object.assign(first, { objects: 1, bytes: each });
}

function doubled(row: Json): void {
  for (const part of [...row.tallies!, ...row.histogram!])
    Object.assign(part, { objects: Number(part.objects) * 2, bytes: Number(part.bytes) * 2 });
}

for (const [what, damage, message] of damages)
  t.test(`${what} is refused`, async (t) => {
    const scan = written();
    damage(scan);
    t.throws(() => scanFromJson(scan, 'x'), { code: 'SCAN_INVALID', message });
  });

t.test(
  'whatever number of objects, bytes or class is changed, no other bill comes of it without a word',
  async (t) => {
    const bill = (scan: Scan): string => {
      const options = { region: 'us-east-1', month: november, queriesPerMonth: 30n };
      return monthlyBill(
        describe(scan, scan.prefixes[0]!, options).usage,
        cardOf('us-east-1'),
      ).total.toString();
    };
    const right = bill(sample());
    const rows = written().prefixes!.length;
    for (let at = 0; at < rows; at++)
      for (const part of ['tallies', 'histogram'])
        for (const name of ['objects', 'bytes', 'class', 'upToBytes'])
          for (let n = 0; n < written().prefixes![at]![part]!.length; n++) {
            const scan = written();
            const row = scan.prefixes![at]![part]![n]!;
            if (!(name in row)) continue;
            row[name] = (
              name === 'class' ? 'ONEZONE_IA' : name === 'upToBytes' ? 1024 : Number(row[name]) + 1
            ) as never;
            const told = priced(scan);
            t.ok(told === 'refused' || told === right, `prefixes[${at}].${part}[${n}].${name}: ${told}`);
          }
    function priced(scan: Json): string {
      try {
        return bill(scanFromJson(scan, 'x'));
      } catch {
        return 'refused';
      }
    }
  },
);
