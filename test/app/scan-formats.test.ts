import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { scan } from '../../src/app/scan.js';
import { fixtureRows } from '../inventory/fixture-rows.js';
import { inProcess } from '../inventory/in-process.js';
import { allColumns, csvFile, manifestKey, reportTime, writeReport } from '../inventory/report-files.js';

const quiet = { progress: () => undefined, note: () => undefined, signal: new AbortController().signal };
const scanned = async (manifest: string, versions?: 'current') =>
  (
    await scan(
      inProcess(reportTime).given,
      { uri: `file://${manifest}`, month: '2026-11', ...(versions && { versions }) },
      quiet,
    )
  ).value;

const formats = ['csv', 'orc', 'parquet'] as const;
const fixture = (format: string): string =>
  join(import.meta.dirname, '..', 'fixtures', 'inventory', format, manifestKey);

/** What a sum over the rows says, one by one and without any of the program. */
function summed(isCounted: (row: (typeof fixtureRows)[number]) => boolean) {
  const rows = fixtureRows.filter(isCounted);
  const objects = rows.filter(({ isDeleteMarker }) => !isDeleteMarker);
  const sizes = objects.map(({ size = 0 }) => BigInt(size));
  return {
    objects: BigInt(objects.length),
    bytes: sizes.reduce((sum, size) => sum + size, 0n),
    deleteMarkers: BigInt(rows.length - objects.length),
    noncurrentObjects: BigInt(objects.filter(({ isLatest }) => isLatest === false).length),
    classes: [...new Set(objects.map(({ storageClass = 'STANDARD' }) => storageClass))].sort(),
  };
}

for (const versions of [undefined, 'current'] as const)
  t.test(
    `CSV, ORC and Parquet give one document, ${versions ?? 'all'} versions, hostile keys and all`,
    async (t) => {
      const [csv, orc, parquet] = await Promise.all(
        formats.map((format) => scanned(fixture(format), versions)),
      );
      t.same(orc, csv);
      t.same(parquet, csv);
      const wanted = summed(
        ({ isLatest, isDeleteMarker }) => versions === undefined || (isLatest !== false && !isDeleteMarker),
      );
      for (const name of ['objects', 'bytes', 'deleteMarkers', 'noncurrentObjects'] as const)
        t.equal(
          csv!.totals.reduce((sum, tally) => sum + tally[name], 0n),
          wanted[name],
          name,
        );
      t.same(
        [...new Set(csv!.totals.map((tally) => tally.class))].filter((name) => name !== ''),
        wanted.classes,
      );
      t.equal(
        csv!.totals.reduce((sum, { unsizedObjects = 0n }) => sum + unsizedObjects, 0n),
        1n,
      );
      t.same(csv!.unknown.classes, ['FSX_OPENZFS']);
    },
  );

const { BUCKETWISE_SAMPLES: samples } = process.env;
const skip = samples ? false : 'BUCKETWISE_SAMPLES is not set';

t.test('the three real reports give the same tallies', { skip }, async (t) => {
  const folder = t.testdir();
  const files = {
    csv: 'csv_inventory.csv.gz',
    orc: 'orc_inventory.orc',
    parquet: 'parquet_inventory.parquet',
  };
  const values = await Promise.all(
    formats.map((format) => {
      const copied = join(folder, format);
      mkdirSync(copied);
      const copy = (from: string, to: string): void =>
        copyFileSync(join(samples!, 's3-inventory', `umccr__${from}`), join(copied, to));
      copy(files[format], files[format]);
      copy(`${format}_inventory_manifest.json`, 'manifest.json');
      copy(`${format}_inventory_manifest.checksum`, 'manifest.checksum');
      return scanned(join(copied, 'manifest.json'));
    }),
  );
  t.match(values[0], { source: 's3://filemanager-inventory-test/', takenAt: '2024-05-07T01:00:00.000Z' });
  t.match(
    values[0]!.totals.find((tally) => tally.class === 'STANDARD'),
    { objects: 4n, bytes: 10n, noncurrentObjects: 2n, noncurrentBytes: 5n, smallObjects: 4n },
  );
  t.equal(
    values[0]!.totals.reduce((sum, { deleteMarkers }) => sum + deleteMarkers, 0n),
    1n,
  );
  t.same(values[1], values[0]);
  t.same(values[2], values[0]);
});

t.test('a listing of the same objects gives the same document as a report of them', async (t) => {
  const folder = t.testdir({ lake: {}, report: {} });
  const rows = Array.from({ length: 60 }, (_, i) => ({
    key: `web/${i % 3}/year=2026/month=11/day=0${(i % 9) + 1}/hour=0${i % 8}/part-${i} é+&%41😀.csv`,
    size: i * 97,
  }));
  for (const { key, size } of rows) {
    mkdirSync(dirname(join(folder, 'lake', key)), { recursive: true });
    writeFileSync(join(folder, 'lake', key), Buffer.alloc(size));
  }
  const columns = allColumns.filter((name) => !/^Is|Tiering/.test(name));
  const shuffled = rows.toSorted((a, b) => (a.size % 101) - (b.size % 101));
  const files = [
    csvFile('1.csv.gz', shuffled.slice(0, 20), columns),
    csvFile('2.csv.gz', shuffled.slice(20), columns),
  ];
  const reported = await scanned(
    writeReport(join(folder, 'report'), files, { columns }).slice('file://'.length),
  );
  const { given } = inProcess(reportTime);
  const { value: listed } = await scan(given, { uri: `file://${folder}/lake`, month: '2026-11' }, quiet);
  t.same({ ...listed, source: reported.source }, reported);
});
