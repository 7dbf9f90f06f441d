import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { cost } from '../../src/app/cost.js';
import { checkScan, readScan, scan } from '../../src/app/scan.js';
import type { ScanRequest } from '../../src/app/scan-request.js';
import { parseMonth } from '../../src/kernel/day.js';
import { describe } from '../../src/scenarios/layout.js';
import { inProcess } from '../inventory/in-process.js';
import {
  allColumns,
  csvFile,
  csvText,
  type InventoryRow,
  keyOf,
  manifestKey,
  type ReportFile,
  type ReportForm,
  reportTime,
  writeReport,
} from '../inventory/report-files.js';

const rows: readonly InventoryRow[] = [
  { key: 'csv/day=1/a b+c&=é😀.csv', size: 1000 },
  { key: 'csv/day=1/"quoted"\n.csv', size: 200_000 },
  { key: 'csv/day=2/../x', size: 0, isLatest: false },
  { key: 'csv/day=2/gone', isDeleteMarker: true },
  { key: 'cold/x', size: 5, storageClass: 'STANDARD_IA' },
  { key: 'cold/y', size: 5 * 2 ** 40, storageClass: 'GLACIER' },
  { key: 'tiered/z', size: 7, storageClass: 'INTELLIGENT_TIERING', accessTier: 'ARCHIVE_INSTANT_ACCESS' },
  { key: 'new/class', size: 9, storageClass: 'FSX_ONTAP' },
];
const halves = [csvFile('1.csv.gz', rows.slice(0, 4)), csvFile('2.csv.gz', rows.slice(4))];

const day = 86_400_000;

/** Scans a report that is laid out as given. */
async function scanned(
  folder: string,
  files: readonly ReportFile[] = halves,
  more: {
    form?: ReportForm;
    request?: Partial<ScanRequest>;
    now?: number;
    onFile?: (key: string) => void;
  } = {},
) {
  const uri = writeReport(folder, files, more.form);
  const { given, scanned: seen } = inProcess(more.now ?? reportTime + day, more.onFile);
  const notes: string[] = [];
  const stop = new AbortController();
  const watch = { progress: () => undefined, note: (text: string) => notes.push(text), signal: stop.signal };
  const run = async () => (await scan(given, { uri, month: '2026-11', ...more.request }, watch)).value;
  return { run, notes: () => notes.join('\n'), seen, stop };
}

t.test('a report is tallied to the last object, and the document says whose, and as of when', async (t) => {
  const { run, notes } = await scanned(t.testdir());
  const value = await run();
  t.match(value, { source: 's3://lake/', takenAt: '2026-11-24T01:00:00.000Z', region: 'us-east-1' });
  const sum = (name: 'objects' | 'bytes' | 'noncurrentObjects' | 'deleteMarkers') =>
    value.totals.reduce((total, tally) => total + tally[name], 0n);
  t.equal(sum('objects'), 7n);
  t.equal(sum('bytes'), 201_021n + 5n * 2n ** 40n);
  t.equal(sum('noncurrentObjects'), 1n);
  t.equal(sum('deleteMarkers'), 1n);
  t.same(value.unknown, { classes: ['FSX_ONTAP'], columns: [] });
  t.same(value.prefixes.map(({ prefix }) => prefix).slice(0, 2), ['', 'cold/']);
  t.match(value.ownCost, { requests: { put: 0, get: 0, list: 0 }, usd: '0' });
  t.match(notes(), 'Inventory of s3://lake/ as of 2026-11-24T01:00:00.000Z: 2 CSV files,');
  t.notMatch(notes(), /days old|manifest\.checksum/);
});

t.test('how rows are divided into files changes nothing', async (t) => {
  const folder = t.testdir();
  const one = await (await scanned(join(folder, 'one'), [csvFile('all.csv.gz', rows)])).run();
  const many = await (
    await scanned(
      join(folder, 'many'),
      rows.toReversed().map((row, i) => csvFile(`${i}.csv.gz`, [row])),
    )
  ).run();
  t.same(many, one);
});

t.test('current versions only, when asked', async (t) => {
  const { run, notes } = await scanned(t.testdir(), halves, { request: { versions: 'current' } });
  const { totals } = await run();
  t.equal(
    totals.reduce((total, { objects }) => total + objects, 0n),
    6n,
  );
  t.ok(totals.every(({ noncurrentObjects, deleteMarkers }) => noncurrentObjects + deleteMarkers === 0n));
  t.match(notes(), 'Noncurrent versions and delete markers were left out');
});

t.test(
  'a report of current versions says what it lacks, and is refused when all were asked for',
  async (t) => {
    const columns = allColumns.filter((name) => name !== 'IsLatest');
    const file = csvFile('1.csv.gz', rows.slice(0, 2), columns);
    const folder = t.testdir();
    const { run, notes } = await scanned(join(folder, 'a'), [file], { form: { columns } });
    await run();
    t.match(notes(), 'The report lists current versions only');
    const all = await scanned(join(folder, 'b'), [file], { form: { columns }, request: { versions: 'all' } });
    await t.rejects(all.run(), {
      code: 'ARGUMENT_INVALID',
      message: /--versions all: the report lists current/,
    });
  },
);

t.test('without a column Size objects are counted, storage has no price, and both are said', async (t) => {
  const columns = ['Bucket', 'Key', 'LastModifiedDate', 'ETag'];
  const { run, notes } = await scanned(t.testdir(), [csvFile('1.csv.gz', rows.slice(0, 3), columns)], {
    form: { columns },
  });
  const { totals } = await run();
  t.match(totals, [{ objects: 3n, bytes: 0n, unsizedObjects: 3n }]);
  t.match(notes(), 'no column Size: objects are counted, and their storage has no price');
  t.match(notes(), 'no column StorageClass');
});

t.test('a column nobody knows is passed over, carried in the document and said', async (t) => {
  const columns = [...allColumns, 'Object\u001bColour'];
  const file = csvFile('1.csv.gz', rows, columns);
  const { run, notes } = await scanned(t.testdir(), [file], { form: { columns } });
  t.same((await run()).unknown.columns, ['Object\u001bColour']);
  t.match(notes(), 'Columns that are not understood were passed over: Object\\u001bColour.');
});

t.test('a report older than two days, or one without its checksum, is said', async (t) => {
  const { run, notes } = await scanned(t.testdir(), halves, {
    now: reportTime + 5 * day,
    form: { checksum: false },
  });
  await run();
  t.match(notes(), 'The report is 5 days old');
  t.match(notes(), 'no manifest.checksum beside it');
});

t.test('a report that was copied without its folders is found beside its manifest', async (t) => {
  const folder = t.testdir({ beside: {} });
  const uri = writeReport(folder, halves);
  const beside = join(folder, 'beside');
  for (const { name, bytes } of halves) writeFileSync(join(beside, name), bytes);
  rmSync(join(folder, keyOf({ name: '' })), { recursive: true });
  const { given } = inProcess(reportTime);
  const watch = { progress: () => undefined, note: () => undefined, signal: new AbortController().signal };
  await t.rejects(scan(given, { uri, month: '2026-11' }, watch), { code: 'INVENTORY_INCOMPLETE' });
  const manifest = await given.files.read(join(folder, manifestKey));
  writeFileSync(join(beside, 'manifest.json'), manifest);
  const copied = await scan(given, { uri: `file://${beside}/manifest.json`, month: '2026-11' }, watch);
  t.equal(copied.value.source, 's3://lake/');
});

const [half, other] = halves as [ReportFile, ReportFile];
const lines = csvText(rows).split('\n');
const text = (change: (text: string) => string): ReportFile => ({
  name: '1.csv.gz',
  bytes: gzipSync(change(csvText(rows))),
});

const bad: readonly (readonly [string, readonly ReportFile[], string, RegExp])[] = [
  [
    'a wrong MD5',
    [{ ...half, said: { MD5checksum: '0'.repeat(32) } }],
    'INVENTORY_CORRUPT',
    /1\.csv\.gz" is refused: its MD5 is/,
  ],
  [
    'a missing file',
    [half, { ...other, isMissing: true }],
    'INVENTORY_INCOMPLETE',
    /1 of the 2 files .* "inventory\/lake\/all\/data\/2\.csv\.gz"/,
  ],
  [
    'truncated gzip',
    [{ ...half, bytes: half.bytes.subarray(0, -9) }],
    'INVENTORY_CORRUPT',
    /, byte \d+ of its text is refused: the gzip data ends too early/,
  ],
  [
    'a manifest that lies about sizes',
    [{ ...half, said: { size: 5 } }],
    'INVENTORY_CORRUPT',
    /it has \d+ bytes, and the manifest says 5/,
  ],
  [
    'a negative size',
    [text((all) => all.replace('"1000"', '"-1000"'))],
    'INVENTORY_ROW_INVALID',
    /1\.csv\.gz, line 1 .* Size is no whole number/,
  ],
  [
    'a size that is no number',
    [text((all) => all.replace('"1000"', '"1e3"'))],
    'INVENTORY_ROW_INVALID',
    /line 1 .* Size is no whole number/,
  ],
  [
    'a key of mixed encoding: a percent sign that begins no escape',
    [text((all) => all.replace('a+b', 'a%b'))],
    'INVENTORY_ROW_INVALID',
    /line 1/,
  ],
  [
    'a key whose escapes are not UTF-8',
    [text((all) => all.replace('a+b', 'a%FFb'))],
    'INVENTORY_ROW_INVALID',
    /line 1/,
  ],
  [
    'a record with a field too few',
    [text(() => lines[0]!.replace('"lake",', ''))],
    'INVENTORY_ROW_INVALID',
    /line 1/,
  ],
  [
    'a record that is cut within its text',
    [text((all) => all.slice(0, -20))],
    'INVENTORY_ROW_INVALID',
    /line \d/,
  ],
  [
    'a truth value that is neither',
    [text((all) => all.replace('"false"', '"maybe"'))],
    'INVENTORY_ROW_INVALID',
    /line \d .*neither true nor false/,
  ],
];

for (const [what, files, code, message] of bad)
  t.test(`${what} is refused with file and place, and no document is written`, async (t) => {
    const folder = t.testdir();
    const out = join(folder, 'scan.json');
    const { run } = await scanned(folder, files, { request: { out } });
    await t.rejects(run(), { code, message });
    t.notOk(existsSync(out));
  });

t.test('a file that is replaced while the report is read is refused', async (t) => {
  const folder = t.testdir();
  const { run } = await scanned(folder, halves, {
    onFile: (key) => writeFileSync(join(folder, key), half.bytes),
  });
  await t.rejects(run(), { code: 'INVENTORY_CHANGED', message: /csv\.gz" was replaced while/ });
});

t.test(
  'a scan that was interrupted goes on with the files that are left, and then keeps nothing',
  async (t) => {
    const folder = t.testdir();
    const out = join(folder, 'scan.json');
    const whole = await (await scanned(folder, halves)).run();
    let begun = 0;
    const first = await scanned(folder, halves, {
      request: { out },
      onFile: () => {
        begun += 1;
        if (begun === 2) first.stop.abort();
      },
    });
    await t.rejects(first.run(), {
      code: 'INTERRUPTED',
      message: /of 2 files were read, and are not read again/,
    });
    t.equal(readdirSync(`${out}.partial`).length, 1);
    const second = await scanned(folder, halves, { request: { out } });
    const value = await second.run();
    t.equal(second.seen.keys.length, 1);
    t.match(second.notes(), '1 file had been read by a scan that was interrupted');
    t.same(value, whole);
    t.notOk(existsSync(`${out}.partial`));
  },
);

t.test('another way of tallying, or another report, takes nothing of what was kept', async (t) => {
  const folder = t.testdir();
  const out = join(folder, 'scan.json');
  const broken = [half, { ...other, said: { MD5checksum: '0'.repeat(32) } }];
  for (const request of [{ out }, { out, depth: 2 }]) {
    const { run, seen } = await scanned(folder, broken, { request });
    await t.rejects(run(), { code: 'INVENTORY_CORRUPT' });
    t.ok(seen.keys.includes(keyOf(other)));
  }
  const { run, seen } = await scanned(folder, halves, { request: { out, depth: 2 } });
  await run();
  t.equal(seen.keys.length, 2, 'the manifest is another one now');
});

t.test(
  'with --partial a damaged and a missing file are left out, named, and kept apart from what is whole',
  async (t) => {
    const folder = t.testdir();
    const out = join(folder, 'scan.json');
    const third = csvFile('3.csv.gz', [{ key: 'third/1', size: 3 }]);
    const damaged = { ...half, said: { MD5checksum: '0'.repeat(32) } };
    const request = { out, partial: true };
    const { run, notes } = await scanned(folder, [damaged, { ...other, isMissing: true }, third], {
      request,
    });
    const value = await run();
    t.match(value.missing, [
      { file: keyOf(half), why: /is refused: its MD5 is/ },
      { file: keyOf(other), why: /1 of the 3 files .* are not there/ },
    ]);
    t.match(value.totals, [{ objects: 1n, bytes: 3n }]);
    t.match(notes(), /Left out: Inventory file ".*1\.csv\.gz" is refused/);
    t.throws(() => checkScan(value), {
      code: 'INVENTORY_PARTIAL',
      message: /Left out: 2 files .* ".*1\.csv\.gz"/,
    });
    const { given } = inProcess(0);
    const again = await readScan(given, out);
    t.same(again.missing, value.missing);
    const options = { region: 'us-east-1', month: parseMonth('2026-11'), queriesPerMonth: 1n };
    t.match(describe(again, again.prefixes[0]!, options).notCounted, [
      /which was left out/,
      /which was left out/,
    ]);
    const mended = await scanned(folder, [half, other, third], { request });
    const whole = await mended.run();
    t.equal(whole.missing, undefined);
    checkScan(whole);
  },
);

t.test('with --partial a report of which nothing is there is refused all the same', async (t) => {
  const gone = halves.map((file) => ({ ...file, isMissing: true }));
  const { run } = await scanned(t.testdir(), gone, { request: { partial: true } });
  await t.rejects(run(), { code: 'INVENTORY_INCOMPLETE' });
});

t.test(
  'with --partial a report of which every file is damaged is refused, and not called empty',
  async (t) => {
    const damaged = halves.map((file) => ({ ...file, said: { MD5checksum: '0'.repeat(32) } }));
    const { run } = await scanned(t.testdir(), damaged, { request: { partial: true } });
    await t.rejects(run(), {
      code: 'INVENTORY_INCOMPLETE',
      message: /^2 of the 2 files .* cannot be counted, the first is ".*1\.csv\.gz"/,
    });
  },
);

for (const [what, files] of [
  ['no files', []],
  ['files without rows', [{ name: '1.csv.gz', bytes: gzipSync('') }]],
] as const)
  t.test(`a report of ${what} is a document of zeros, which costs nothing, and says so`, async (t) => {
    const folder = t.testdir();
    const out = join(folder, 'scan.json');
    const { run, notes } = await scanned(folder, files, { request: { out } });
    const value = await run();
    t.match(value, { totals: [], prefixes: [{ prefix: '', tallies: [] }], findings: [] });
    t.match(notes(), /The report lists no objects: every number of the document is zero\./);
    t.notMatch(notes(), /no column/);
    const { given } = inProcess(0);
    const again = await readScan(given, out);
    checkScan(again);
    const { value: bill } = await cost(given, { scanPath: out, month: '2026-11', queriesPerMonth: '0' });
    t.equal(bill.total.toString(), '0');
  });
