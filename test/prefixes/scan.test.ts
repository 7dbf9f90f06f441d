import t from 'tap';
import { addObjects, createPrefixTree } from '../../src/prefixes/prefix-tree.js';
import { scanOf } from '../../src/prefixes/scan.js';
import { objectNamed } from '../inventory/memory-lister.js';
import { summaryOf } from './summary.js';

t.test(
  'a scan joins what was scanned with what lies there, and leaves the dollars to be filled',
  async (t) => {
    const tree = createPrefixTree({ prefix: 'csv/', depth: 2, maxPrefixes: 10, smallBelowBytes: 1024 });
    addObjects(tree, [objectNamed('csv/a/1', 10), objectNamed('csv/2', 5000, 'NEW_CLASS')]);
    const head = {
      source: 's3://lake/csv/',
      takenAt: '2026-11-24T10:00:00.000Z',
      region: 'us-east-1',
      requests: { put: 0, get: 0, list: 3 },
    };
    const scan = scanOf(head, summaryOf(tree));
    t.match(scan, {
      schemaVersion: 1,
      source: 's3://lake/csv/',
      takenAt: '2026-11-24T10:00:00.000Z',
      region: 'us-east-1',
      smallBelowBytes: 1024,
      totals: [{ class: 'NEW_CLASS' }, { class: 'STANDARD' }],
      prefixes: [{ prefix: 'csv/' }, { prefix: 'csv/a/' }],
      findings: [],
      unknown: { classes: ['NEW_CLASS'], columns: [] },
      ownCost: { requests: { list: 3 }, usd: '0' },
    });
    t.same(scanOf({ ...head, unknownColumns: ['Colour'] }, summaryOf(tree)).unknown.columns, ['Colour']);
  },
);
