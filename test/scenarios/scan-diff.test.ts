import fc from 'fast-check';
import t from 'tap';
import { addUsd, compareUsd, subtractUsd, sumUsd } from '../../src/kernel/usd.js';
import { addObjects, createPrefixTree, prefixTreeDefaults } from '../../src/prefixes/prefix-tree.js';
import { type Scan, scanOf } from '../../src/prefixes/scan.js';
import { type DiffLine, type ScanDiff, scanDiff } from '../../src/scenarios/scan-diff.js';
import { objectNamed } from '../inventory/memory-lister.js';
import { summaryOf } from '../prefixes/summary.js';
import { cardOf, november } from '../pricing/card.js';

const card = cardOf('us-east-1');
const KIB = 1024;

type Object = readonly [key: string, size: number, held?: string];

function scanWith(objects: readonly Object[], options: { depth?: number; maxPrefixes?: number } = {}): Scan {
  const tree = createPrefixTree({ ...prefixTreeDefaults, ...options, prefix: '' });
  addObjects(
    tree,
    objects.map(([key, size, held = 'STANDARD']) => objectNamed(key, size, held)),
  );
  const requests = { put: 0, get: 0, list: 1 };
  const head = { source: 's3://b/', takenAt: '2026-11-24T00:00:00Z', region: 'us-east-1', requests };
  return scanOf(head, summaryOf(tree));
}

const diffOf = (older: Scan, newer: Scan): ScanDiff =>
  scanDiff(older, newer, { month: november, card, olderCard: card });

const lineOf = ({ lines }: ScanDiff, prefix: string): DiffLine | undefined =>
  lines.find((line) => line.prefix === prefix);

t.test(
  'what lies at a prefix is told apart from what lies below it, and what is the same is no line',
  (t) => {
    const diff = diffOf(
      scanWith([
        ['a/x', 1000],
        ['a/b/x', 10],
        ['c/x', 1],
        ['gone/x', 5],
      ]),
      scanWith([
        ['a/x', 1000],
        ['a/y', 500],
        ['a/b/x', 10],
        ['c/x', 1],
        ['new/x', 2 ** 40],
      ]),
    );
    t.same(
      diff.lines.map(({ prefix, state }) => [prefix, state]),
      [
        ['new/', 'appeared'],
        ['a/', 'grew'],
        ['gone/', 'vanished'],
      ],
    );
    t.match(lineOf(diff, 'a/'), {
      before: { objects: 1n, bytes: 1000n },
      change: { objects: 1n, bytes: 500n },
    });
    // A TiB in STANDARD is 1,024 GB at 0.023 dollars.
    t.equal(lineOf(diff, 'new/')!.change.monthlyUsd.toString(), '23.552');
    t.same(diff.untold, []);
    t.end();
  },
);

t.test('padding has its dollars: small objects that came to STANDARD_IA cost as much as large ones', (t) => {
  const diff = diffOf(
    scanWith([['ia/x', 128 * KIB, 'STANDARD_IA']]),
    scanWith([
      ['ia/x', 128 * KIB, 'STANDARD_IA'],
      ['ia/y', KIB, 'STANDARD_IA'],
    ]),
  );
  const { before, after, change } = lineOf(diff, 'ia/')!;
  t.match(change, { bytes: 1024n, smallObjects: 1n, paddingBytes: BigInt(127 * KIB) });
  t.equal(compareUsd(after.monthlyUsd, addUsd(before.monthlyUsd, before.monthlyUsd)), 0);
  t.end();
});

t.test('a row that the other scan may have folded is counted above it in both, and said', (t) => {
  const many = (deep: number): Object[] => [
    ...Array.from({ length: 6 }, (_, at): Object => [`t/${at}/x`, 10 ** (at + 1)]),
    ['t/5/y', deep],
  ];
  const older = scanWith(many(1), { maxPrefixes: 3 });
  const newer = scanWith(many(1001));
  t.ok(older.folded.prefixes > 0);
  const diff = diffOf(older, newer);
  t.ok(diff.untold.length > 0);
  t.ok(diff.untold.every((row) => row.in === 'newer' && row.into === 't/'));
  t.notOk(
    diff.lines.some(({ state }) => state === 'appeared'),
    'nothing has appeared',
  );
  t.equal(diff.totals.change.bytes, 1000n);
  const shallow = diffOf(scanWith(many(1), { depth: 1 }), newer);
  t.same(new Set(shallow.untold.map(({ into }) => into)), new Set(['t/']), 'nor where it was less deep');
  t.end();
});

t.test('a folder with a date that lost its row to the hours of its table has not vanished', (t) => {
  const before: Object[] = [
    ['a/2026/note', 1],
    ['a/tmp/x', 1],
    ['b/c/x', 1],
  ];
  const older = scanWith(before);
  const newer = scanWith([...before, ['a/2026/11/22/05/x', 10]]);
  for (const [diff, where, state] of [
    [diffOf(older, newer), 'older', 'grew'],
    [diffOf(newer, older), 'newer', 'shrank'],
  ] as const) {
    t.same(
      diff.lines.map((line) => [line.prefix, line.state, Number(line.change.objects)]),
      [['a/', state, state === 'grew' ? 1 : -1]],
    );
    t.same(diff.untold, [{ prefix: 'a/2026/', in: where, into: 'a/' }]);
  }
  const emptied = scanWith([...before.filter(([key]) => key !== 'a/tmp/x'), ['a/2026/11/22/05/x', 10]]);
  t.equal(lineOf(diffOf(older, emptied), 'a/tmp/')?.state, 'vanished', 'one without a date has');
  t.end();
});

t.test('scans of two places are not compared, and what differs between the two is said', (t) => {
  const one = scanWith([['a', 1]]);
  t.throws(() => diffOf(one, { ...one, source: 's3://c/' }), {
    code: 'SCANS_APART',
    message: /s3:\/\/b\/, the other of s3:\/\/c\//,
  });
  const older = { ...one, region: 'eu-west-1', smallBelowBytes: 1, missing: [{ file: 'f', why: 'w' }] };
  const olderCard = cardOf('eu-west-1');
  const { notes } = scanDiff(older, one, { month: november, card, olderCard });
  for (const word of ['eu-west-1', 'below 1 bytes', 'lacks 1 files']) t.match(notes.join('\n'), word);
  t.end();
});

const folder = fc.constantFrom('', 'a/', 'a/b/', 'a/b/c/', 'd/', 'd/dt=2026-11-22/', 'e//', 'é/');
const object: fc.Arbitrary<Object> = fc.tuple(
  fc.tuple(folder, fc.nat(9)).map(([at, name]) => `${at}${name}`),
  fc.oneof(fc.nat(300 * KIB), fc.constant(2 ** 45)),
  fc.constantFrom('STANDARD', 'STANDARD_IA', 'GLACIER', 'UNKNOWN'),
);
const anyScan = fc
  .tuple(fc.array(object, { maxLength: 25 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 9 }))
  .map(([objects, depth, maxPrefixes]) => scanWith(objects, { depth, maxPrefixes }));

t.test('the lines add up to the difference of the totals, whatever was folded', (t) => {
  fc.assert(
    fc.property(anyScan, anyScan, (older, newer) => {
      const { lines, totals } = diffOf(older, newer);
      for (const name of ['objects', 'bytes', 'smallObjects', 'paddingBytes'] as const) {
        const of = (scan: Scan): bigint => scan.totals.reduce((sum, tally) => sum + tally[name], 0n);
        const sum = lines.reduce((all, { change }) => all + change[name], 0n);
        if (sum !== of(newer) - of(older) || totals.after[name] !== of(newer)) return false;
      }
      const usd = sumUsd(lines.map(({ change }) => change.monthlyUsd));
      const difference = subtractUsd(totals.after.monthlyUsd, totals.before.monthlyUsd);
      return compareUsd(usd, difference) === 0 && compareUsd(usd, totals.change.monthlyUsd) === 0;
    }),
    { numRuns: 60 },
  );
  t.pass();
  t.end();
});
