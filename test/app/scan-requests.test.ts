import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import tap from 'tap';
import { readScan, scan } from '../../src/app/scan.js';
import type { ScanRequest } from '../../src/app/scan-request.js';
import type { Scan } from '../../src/prefixes/scan.js';
import { createWorld } from '../../src/world.js';
import { fixture } from '../inventory/read-logs.js';

const notes: string[] = [];
const watch = {
  progress: () => undefined,
  note: (text: string) => {
    notes.push(text);
  },
  signal: new AbortController().signal,
};
const world = {
  ...createWorld({ environment: {}, region: 'us-east-1' }),
  clock: { now: () => Date.UTC(2026, 10, 24) },
};

/** A folder that stands for the bucket, and one of logs. */
function lake(
  t: Pick<typeof tap, 'testdir'>,
  logs: Readonly<Record<string, Uint8Array>>,
): { readonly uri: string; readonly accessLogs: string } {
  const dir = t.testdir({ lake: { csv: { 'part.csv': 'x' }, archive: { 'copy.csv': 'y' } }, logs: {} });
  for (const [name, bytes] of Object.entries(logs)) {
    mkdirSync(join(dir, 'logs', name, '..'), { recursive: true });
    writeFileSync(join(dir, 'logs', name), bytes);
  }
  return { uri: `file://${dir}/lake`, accessLogs: `file://${dir}/logs` };
}

const scanned = async (request: ScanRequest): Promise<Scan> => {
  notes.length = 0;
  return (await scan(world, { month: '2026-11', ...request }, watch)).value;
};

const requestsOf = async (request: ScanRequest) => (await scanned(request)).requests!;

const dated = 'x/111122223333/us-east-1/lake/2026/11/22/2026-11-22-05-10-00-0123456789ABCDEF';

tap.test('logs of every layout, plain or gzip, say the same', async (t) => {
  const lines = fixture('lake.log');
  const half = lines.indexOf('\n', 3000) + 1;
  const flat = await requestsOf(lake(t, { 'lake2026-11-22-05-00-00-0123456789ABCDEF': lines }));
  const parts = lake(t, {
    [dated]: gzipSync(lines.subarray(0, half)),
    'flat2026-11-22-06': lines.subarray(half),
  });
  const both = await requestsOf(parts);
  t.equal(flat.lines, 18);
  t.same(both.rows, flat.rows);
  t.equal(both.files, 2);
  t.same([both.from, both.to, both.hours], ['2026-11-22T05:00:00.000Z', '2026-11-22T07:00:00.000Z', 2]);
  t.match(notes.join('\n'), /2 lines of the logs were not understood; the first is line \d+ of /);
  t.match(notes.join('\n'), /The logs are of 2 buckets, and all of them are counted: lake, other-lake/);
});

tap.test('a file of logs may be named alone', async (t) => {
  const { uri, accessLogs } = lake(t, { a: fixture('cloudtrail.json'), b: fixture('lake.log') });
  t.equal((await requestsOf({ uri, accessLogs: `${accessLogs}/a` })).lines, 6);
});

tap.test('a saved scan keeps its requests, and every form shows them', async (t) => {
  const request = lake(t, { a: fixture('lake.log') });
  const out = `${request.accessLogs.slice('file://'.length)}.json`;
  const { value, forms } = await scan(world, { month: '2026-11', ...request, out }, watch);
  t.same((await readScan(world, out)).requests, value.requests);
  for (const form of ['table', 'md', 'csv', 'html'] as const)
    t.match(forms[form]!({ width: 200, colour: false }), /loader/, form);
  t.match(forms.html!({ width: 200, colour: false }), /Who causes the LISTs/);
});

tap.test('a log that is cut off is no shorter log: the scan is refused by its name', async (t) => {
  const request = lake(t, { 'cut.gz': gzipSync(fixture('lake.log')).subarray(0, 500) });
  await t.rejects(scanned(request), { code: 'LOG_UNREADABLE', message: /cut\.gz cannot be read/ });
});

tap.test('logs that are not there are missed before anything is listed', async (t) => {
  const { uri } = lake(t, {});
  let listers = 0;
  const counting: typeof world = {
    ...world,
    openLister: (...asked) => {
      listers += 1;
      return world.openLister(...asked);
    },
  };
  const refused = (accessLogs: string, code: string) =>
    t.rejects(scan(counting, { month: '2026-11', uri, accessLogs }, watch), { code });
  await refused(`${uri}/../logs`, 'LOG_EMPTY');
  await refused(`${uri}/../lgos`, 'FILE_MISSING');
  t.equal(listers, 0);
});

tap.test('when the logs fail the scan itself is saved', async (t) => {
  const request = lake(t, { 'cut.gz': gzipSync(fixture('lake.log')).subarray(0, 500) });
  const out = join(t.testdirName, 'scan.json');
  await t.rejects(scanned({ ...request, out }), { code: 'LOG_UNREADABLE' });
  const saved = await readScan(world, out);
  t.same([saved.totals[0]!.objects, saved.requests], [2n, undefined]);
});

tap.test('logs without a request are refused, not taken for a bucket that nobody uses', async (t) => {
  const request = lake(t, { a: Buffer.from('nothing here\n') });
  await t.rejects(scanned(request), { code: 'LOG_EMPTY', hint: /1 lines were not understood/ });
});

tap.test('a line of an impossible time is named, and one of another year is said loudly', async (t) => {
  const [line] = fixture('lake.log').toString().split('\n');
  const at = (time: string): string => line!.replace(/\[[^\]]*\]/, `[${time} +0000]`);
  const dates = [
    '22/Nov/2026:05:00:00',
    '31/Dec/2005:23:59:59',
    '25/Nov/2026:00:00:01',
    '01/Jan/1000:00:00:00',
  ];
  const misdated = await requestsOf(lake(t, { a: Buffer.from(dates.map(at).join('\n')) }));
  t.same([misdated.hours, misdated.lines, misdated.notUnderstood.lines], [1, 1, 3]);
  t.notMatch(notes.join('\n'), /Take care/);
  const years = ['22/Nov/2026:05:00:00', '22/Nov/2024:05:00:00'].map(at).join('\n');
  t.equal((await requestsOf(lake(t, { a: Buffer.from(years) }))).hours, 17_521);
  t.match(
    notes.join('\n'),
    /Take care: the logs reach from 2024-11-22T05.* to 2026-11-22T06.*, 17521 hours, and show requests in 2 of them.* 8760 times/,
  );
});

const samples = process.env.BUCKETWISE_SAMPLES;

/**
 * us-east-1: LIST 0.005 and GET 0.0004 for 1,000 (both of 24 fields), two PUT at 0.005 for 1,000 (25 and 26 fields);
 * two deletes and an expiry are free: 0.000005 + 0.0000004 + 2 × 0.000005 = 0.0000154 in the time observed. That is 2019-08-01T00
 * to 2025-03-25T20, 49,532 hours; November has 720: 0.0000154 × 720 ÷ 49532 = 0.00000022385…
 */
tap.test(
  'the real lines with 24, 25 and 26 fields are priced to the last digit',
  { skip: samples === undefined },
  async (t) => {
    const dir = t.testdir({ lake: { a: 'x' }, logs: {} });
    cpSync(join(samples!, 'access-logs'), join(dir, 'logs'), { recursive: true });
    const { rows, hours } = await requestsOf({ uri: `file://${dir}/lake`, accessLogs: `file://${dir}/logs` });
    t.equal(hours, 49_532);
    t.same(
      rows.map(({ operation, costs }) => [operation, costs.map(({ usageType, usd }) => [usageType, usd])]),
      [
        ['delete', []],
        ['get', [['Requests-Tier2', '0.0000004']]],
        ['list', [['Requests-Tier1', '0.000005']]],
        ['expiry', []],
        ['put', [['Requests-Tier1', '0.00001']]],
      ],
    );
    const monthly = rows.map(({ monthlyUsd }) => Number(monthlyUsd)).reduce((a, b) => a + b, 0);
    t.ok(Math.abs(monthly - (0.0000154 * 720) / 49_532) < 1e-18);
  },
);

tap.test('the page of a scan with requests shows measured dollars, not assumed ones', async (t) => {
  const request = lake(t, { a: fixture('lake.log') });
  const { forms } = await scan(world, { month: '2026-11', ...request }, watch);
  const text = forms.table!({ width: 200, colour: false });
  t.match(
    text,
    /PUT, GET and LIST are those that file:.* shows from 2026-11-22 05:00 UTC to 2026-11-22 07:00 UTC/,
  );
  t.notMatch(text, /Everything is read/);
  t.ok(readFileSync(new URL('../../README.md', import.meta.url), 'utf8').includes('--access-logs'));
});
