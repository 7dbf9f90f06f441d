/** Reports as S3 itself wrote them: the same five rows in both columnar formats. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { open, rowsOf } from './rows.js';

const samples = process.env.BUCKETWISE_SAMPLES;
const options = samples ? {} : { skip: 'BUCKETWISE_SAMPLES is not set' };
const sample = (name: string): Uint8Array => readFileSync(join(samples!, 's3-inventory', name));

const standard = { storageClass: 'STANDARD', accessTier: null };
const rows = [
  { key: 'inventory-test/', size: 0, ...standard, isLatest: true, isDeleteMarker: false },
  { key: 'inventory-test/key1', size: 0, ...standard, isLatest: false, isDeleteMarker: false },
  { key: 'inventory-test/key1', size: 5, ...standard, isLatest: true, isDeleteMarker: false },
  {
    ...{ key: 'inventory-test/key2', size: null, storageClass: null, accessTier: null },
    ...{ isLatest: true, isDeleteMarker: true },
  },
  { key: 'inventory-test/key2', size: 5, ...standard, isLatest: false, isDeleteMarker: false },
];

for (const [format, name] of [
  ['ORC', 'umccr__orc_inventory.orc'],
  ['Parquet', 'umccr__parquet_inventory.parquet'],
] as const)
  t.test(
    `a real report in ${format} has its five rows, a delete marker without a size among them`,
    options,
    async (t) => {
      const file = await open(sample(name), format);
      t.equal(file.rows, 5);
      t.equal(file.columns.length, 18);
      t.same(file.unknown, []);
      t.same(await rowsOf(file), rows);
    },
  );

t.test(
  'a byte of a page that S3 wrote is not changed unseen: its pages have check sums',
  options,
  async (t) => {
    const bytes = Uint8Array.from(sample('umccr__parquet_inventory.parquet'));
    const at = Buffer.from(bytes).indexOf('inventory-test/');
    t.ok(at > 0);
    bytes[at] = bytes[at]! ^ 1;
    await t.rejects(open(bytes, 'Parquet').then(rowsOf), { code: 'COLUMNS_UNREADABLE' });
  },
);
