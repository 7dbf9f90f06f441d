/** Files of the writer of the tests, in every form it has; real ones are in samples.test.ts, and Trino's in test/servers. */
import fc from 'fast-check';
import t from 'tap';
import { columnCodecs } from '../../../src/adapters/inventory/column-codecs.js';
import { openOrc } from '../../../src/inventory/orc/read-orc.js';
import { open, type Row, readRows, rowsOf, sourceOf } from '../columnar/rows.js';
import { type Column, orcWriter, type Settings, type Values, writeOrc } from './write-orc.js';

const columns: readonly Column[] = [
  { name: 'bucket', kind: 'string', encoding: 'dictionary' },
  { name: 'key', kind: 'string' },
  { name: 'size', kind: 'bigint' },
  { name: 'last_modified_date', kind: 'timestamp' },
  { name: 'storage_class', kind: 'string', encoding: 'dictionary' },
  { name: 'intelligent_tiering_access_tier', kind: 'string' },
  { name: 'is_latest', kind: 'boolean' },
  { name: 'is_delete_marker', kind: 'boolean' },
];

const valuesOf = (rows: readonly Row[]): Values[] => [
  rows.map(() => 'bucket'),
  rows.map(({ key }) => key),
  rows.map(({ size }) => size ?? null),
  rows.map((_, i) => 1_700_000_000_000 + i),
  rows.map(({ storageClass }) => storageClass ?? null),
  rows.map(({ accessTier }) => accessTier ?? null),
  rows.map(({ isLatest }) => isLatest ?? null),
  rows.map(({ isDeleteMarker }) => isDeleteMarker ?? null),
];

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { freq: 4 });
const row: fc.Arbitrary<Row> = fc.record({
  key: fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
  size: maybe(fc.oneof(fc.nat(300_000), fc.maxSafeNat(), fc.constantFrom(0, 5 * 2 ** 40))),
  storageClass: maybe(fc.constantFrom('STANDARD', 'GLACIER', '')),
  accessTier: maybe(fc.constantFrom('FREQUENT', 'ARCHIVE')),
  isLatest: maybe(fc.boolean()),
  isDeleteMarker: maybe(fc.boolean()),
});
const form = fc.record({
  compression: fc.constantFrom('NONE', 'ZLIB'),
  version: fc.constantFrom(1, 2),
  chunkBytes: fc.constantFrom(300, 1 << 18),
}) as fc.Arbitrary<Settings>;

t.test('what was written is read back, in every form and with nulls anywhere', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 80 }), form, async (rows, settings) => {
      const read = await readRows(writeOrc(columns, valuesOf(rows), settings), 'ORC');
      t.equal(JSON.stringify(read), JSON.stringify(rows));
    }),
    { numRuns: 12 },
  );
});

t.test('rows of several stripes and batches keep their order', async (t) => {
  const rows = Array.from(
    { length: 9_000 },
    (_, i): Row => ({
      ...{
        key: `a/${i}`,
        size: i % 3 === 0 ? null : i * 1000,
        storageClass: i % 7 === 0 ? null : 'STANDARD',
      },
      ...{ accessTier: null, isLatest: i % 2 === 0, isDeleteMarker: false },
    }),
  );
  for (const keys of ['direct', 'dictionary'] as const) {
    const its = columns.map((column) => (column.name === 'key' ? { ...column, encoding: keys } : column));
    const writer = orcWriter(its, { chunkBytes: 4096 });
    const stripes = [rows.slice(0, 8_800), rows.slice(8_800)].map((part) => writer.stripe(valuesOf(part)));
    const file = await open(Buffer.concat([writer.head, ...stripes, writer.tail()]), 'ORC');
    t.same(
      file.parts.map((part) => part.rows),
      [8_800, 200],
    );
    const read = await rowsOf(file);
    t.equal(JSON.stringify(read), JSON.stringify(rows), keys);
  }
});

t.test('only the columns of a tally are read', async (t) => {
  const rows = Array.from({ length: 3000 }, (_, i): Row => ({ key: `k${i}`, size: i }));
  const its: readonly Column[] = [
    { name: 'e_tag', kind: 'string' },
    { name: 'Key', kind: 'string' },
    { name: 'SIZE', kind: 'bigint' },
    { name: 'Colour', kind: 'string' },
  ];
  const etags = rows.map((_, i) => `${i}`.repeat(20));
  const bytes = writeOrc(its, [etags, rows.map(({ key }) => key), rows.map(({ size }) => size!), etags], {
    compression: 'NONE',
  });
  const reads: [number, number][] = [];
  const file = await openOrc(sourceOf(bytes, 'inventory', reads), columnCodecs);
  t.equal(JSON.stringify(await rowsOf(file)), JSON.stringify(rows));
  t.same(file.unknown, ['Colour']);
  const read = reads.reduce((sum, [, length]) => sum + length, 0);
  t.ok(read < bytes.length / 2, `${read} of ${bytes.length} bytes`);
});
