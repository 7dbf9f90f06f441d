import t from 'tap';
import { readScan, scan } from '../../src/app/scan.js';
import type { ScanRequest } from '../../src/app/scan-request.js';
import type { Surroundings } from '../../src/app/surroundings.js';
import { createWorld } from '../../src/world.js';
import { memoryLister } from '../inventory/memory-lister.js';

const watch = { progress: () => undefined, note: () => undefined, signal: new AbortController().signal };

/** The real world but for the bucket, which counts how often it is opened. */
function worldOf(keys: readonly string[], bucketRegion = 'us-east-1') {
  const opened: string[] = [];
  const given: Surroundings = {
    ...createWorld({ environment: {}, region: 'us-east-1' }),
    openLister: async (location) => {
      opened.push(location.scheme);
      const requests = () => ({ put: 0, get: 0, list: 1 });
      return { lister: memoryLister(keys), requests, bucketRegion: () => bucketRegion };
    },
  };
  return { given, opened };
}

const wrong: readonly (readonly [string, Partial<ScanRequest>, string])[] = [
  ['a number of queries', { queriesPerMonth: '-1' }, 'ARGUMENT_INVALID'],
  ['a limit of cost', { maxCost: '1e3' }, 'NUMBER_INVALID'],
  ['a size', { smallBelow: '1 apple' }, 'SIZE_INVALID'],
  ['a month', { month: '2026-13' }, 'MONTH_INVALID'],
  ['a Region', { region: 'us-esat-1' }, 'REGION_UNKNOWN'],
  ['an engine of a bucket', { engine: 'athena' }, 'ARGUMENT_INVALID'],
  ['a part of a bucket', { partial: true }, 'ARGUMENT_INVALID'],
  ['a configuration without an engine', { config: 'engines.yaml' }, 'ARGUMENT_INVALID'],
  ['a seed of an inventory', { uri: 's3://reports/lake/manifest.json', seed: 'a.json' }, 'ARGUMENT_INVALID'],
];

for (const [what, request, code] of wrong)
  t.test(`${what} that is none is refused before anything is listed`, async (t) => {
    const { given, opened } = worldOf(['a']);
    await t.rejects(scan(given, { uri: 's3://lake/', month: '2026-11', ...request }, watch), { code });
    t.same(opened, []);
  });

t.test('a scan that cannot be saved is refused before anything is listed', async (t) => {
  const { given, opened } = worldOf(['a']);
  const out = t.testdir();
  await t.rejects(scan(given, { uri: 's3://lake/', month: '2026-11', out }, watch), { code: 'FILE_INVALID' });
  t.same(opened, []);
});

t.test('a cost above the limit stops the listing and says what it would be', async (t) => {
  const { given } = worldOf(['a']);
  const request = { uri: 's3://lake/', month: '2026-11', maxCost: '0.0000049' };
  await t.rejects(scan(given, request, watch), { code: 'COST_ABOVE_LIMIT', message: /0\.000005 USD/ });
});

t.test('the listing of a directory bucket has its own price', async (t) => {
  const { given } = worldOf(['a']);
  const noted: string[] = [];
  const listening = { ...watch, note: (text: string) => noted.push(text) };
  const request = { uri: 's3://lake--use1-az1--x-s3/', month: '2026-11' };
  const { value } = await scan(given, request, listening);
  // us-east-1: Requests-XZ-Tier1, 0.00113 for 1,000.
  t.same(value.ownCost, { requests: { put: 0, get: 0, list: 1 }, usd: '0.00000113' });
  t.match(noted[0], /\$0\.0011 for each 1,000,000 objects/);
  await t.rejects(scan(given, { ...request, maxCost: '0.000001' }, watch), { code: 'COST_ABOVE_LIMIT' });
});

t.test('a number that has lost digits is refused, never priced', async (t) => {
  const { given } = worldOf(['a']);
  const out = `${t.testdir()}/scan.json`;
  await scan(given, { uri: 's3://lake/', month: '2026-11', out }, watch);
  const text = (await given.files.read(out)).replaceAll('"objects": 1,', '"objects": 9007199254740993,');
  await given.files.write(out, text);
  await t.rejects(readScan(given, out), { code: 'SCAN_INVALID', message: /objects is not a whole number/ });
});

t.test('a variable that names no Region is no Region', async (t) => {
  const regionOf = (AWS_REGION: string, AWS_DEFAULT_REGION?: string) =>
    createWorld({ environment: { AWS_REGION, AWS_DEFAULT_REGION } }).region;
  t.equal(regionOf(''), undefined);
  t.equal(regionOf('', 'eu-west-1'), 'eu-west-1');
  t.equal(regionOf('us-east-2', 'eu-west-1'), 'us-east-2');
});

t.test('a bucket of another Region is never priced as if it lay in this one', async (t) => {
  const { given } = worldOf(['a'], 'eu-west-1');
  const request = { uri: 's3://lake/', month: '2026-11' };
  await t.rejects(scan(given, request, watch), {
    code: 'ARGUMENT_INVALID',
    message: /give --region eu-west-1/,
  });
  const { value } = await scan(given, { ...request, region: 'eu-west-1' }, watch);
  t.equal(value.region, 'eu-west-1');
});
