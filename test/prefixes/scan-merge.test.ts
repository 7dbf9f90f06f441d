import t from 'tap';
import { addObjects, createPrefixTree, prefixTreeDefaults } from '../../src/prefixes/prefix-tree.js';
import { type Scan, scanOf } from '../../src/prefixes/scan.js';
import { scanFromJson, scanToJson } from '../../src/prefixes/scan-json.js';
import { mergeScans } from '../../src/prefixes/scan-merge.js';
import { objectNamed } from '../inventory/memory-lister.js';
import { summaryOf } from './summary.js';

function scanned(
  source: string,
  prefix: string,
  keys: readonly string[],
  takenAt = '2026-11-24T00:00:00Z',
): Scan {
  const tree = createPrefixTree({ ...prefixTreeDefaults, prefix });
  addObjects(
    tree,
    keys.map((key, at) => objectNamed(key, 10 ** at, 'STANDARD')),
  );
  const requests = { put: 0, get: 0, list: 1 };
  const scan = scanOf({ source, takenAt, region: 'us-east-1', requests }, summaryOf(tree));
  return { ...scan, ownCost: { requests, usd: '0.000005' } };
}

const csv = scanned('s3://lake/csv/', 'csv/', ['csv/a/1', 'csv/b/2']);
const logs = scanned('s3://lake/logs/', 'logs/', ['logs/x', 'logs/y/z'], '2026-11-23T00:00:00Z');

t.test('prefixes of one bucket are what a scan of both would have been', (t) => {
  const merged = mergeScans([logs, csv]);
  t.same(scanFromJson(JSON.parse(JSON.stringify(scanToJson(merged))), 'x'), merged, 'nothing contradicts');
  const both = scanned('s3://lake/', '', []);
  const tree = createPrefixTree({ ...prefixTreeDefaults, prefix: '' });
  addObjects(tree, [
    ...[objectNamed('csv/a/1', 1, 'STANDARD'), objectNamed('csv/b/2', 10, 'STANDARD')],
    ...[objectNamed('logs/x', 1, 'STANDARD'), objectNamed('logs/y/z', 10, 'STANDARD')],
  ]);
  t.same(merged.prefixes, summaryOf(tree).prefixes);
  t.equal(merged.source, both.source);
  t.equal(merged.takenAt, '2026-11-23T00:00:00Z', 'as of the oldest');
  t.same(merged.ownCost, { requests: { put: 0, get: 0, list: 2 }, usd: '0.00001' });
  t.end();
});

t.test('buckets are named apart, though their prefixes bear one name', (t) => {
  const other = scanned('s3://other/csv/', 'csv/', ['csv/a/1']);
  const merged = mergeScans([csv, other]);
  t.same(
    merged.prefixes.map(({ prefix, depth }) => [prefix, depth]),
    [
      ['', 0],
      ['lake/csv/', 2],
      ['lake/csv/a/', 3],
      ['lake/csv/b/', 3],
      ['other/csv/', 2],
      ['other/csv/a/', 3],
    ],
  );
  t.match(merged, { source: 's3://', totals: [{ objects: 3n, bytes: 12n }] });
  t.same(scanFromJson(JSON.parse(JSON.stringify(scanToJson(merged))), 'x'), merged);
  t.end();
});

t.test('a place within another, or the same twice, would count twice', (t) => {
  const inner = scanned('s3://lake/csv/a/', 'csv/a/', ['csv/a/1']);
  for (const [a, b] of [
    [csv, inner],
    [inner, csv],
    [csv, csv],
    [csv, scanned('s3://lake/', '', ['x'])],
  ] as const)
    t.throws(() => mergeScans([a, b]), { code: 'SCANS_APART', message: /would count twice/ });
  t.end();
});

t.test('scans that count or price unlike are refused', (t) => {
  t.throws(() => mergeScans([csv, { ...logs, smallBelowBytes: 1 }]), {
    message: /below 131072 bytes in one/,
  });
  t.throws(() => mergeScans([csv, { ...logs, region: 'eu-west-1' }]), { message: /eu-west-1/ });
  t.end();
});
