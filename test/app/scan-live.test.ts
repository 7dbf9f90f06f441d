import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { scan } from '../../src/app/scan.js';
import type { ScanRequest } from '../../src/app/scan-request.js';
import { landmarksOf } from '../../src/app/scan-seed.js';
import type { Surroundings, Watch } from '../../src/app/surroundings.js';
import type { KeyPager } from '../../src/inventory/ports.js';
import type { Scan } from '../../src/prefixes/scan.js';
import { createWorld } from '../../src/world.js';
import { batchOf, type MemoryPager, memoryPager } from '../inventory/memory-pager.js';

const keys = Array.from(
  { length: 2000 },
  (_, i) => `lake/t${i % 7}/day=${String(i % 31).padStart(2, '0')}/${i}.csv`,
);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A bucket of these keys, whose clock goes a little forward whenever it is read. */
function bucketOf(pager: KeyPager): Surroundings {
  let now = Date.UTC(2026, 10, 26);
  let pages = 0;
  const counting: KeyPager = {
    ...pager,
    page: async (request) => {
      pages += 1;
      return pager.page(request);
    },
  };
  return {
    ...createWorld({ environment: {}, region: 'us-east-1' }),
    clock: {
      now: () => {
        now += 20;
        return now;
      },
    },
    openLister: async () => ({
      pager: counting,
      requests: () => ({ put: 0, get: 0, list: pages }),
    }),
  };
}

interface Watched extends Watch {
  readonly notes: string[];
}

function watching(signal = new AbortController().signal): Watched {
  const notes: string[] = [];
  return { notes, note: (text) => notes.push(text), progress: () => undefined, signal };
}

const slowly = (): MemoryPager => memoryPager(keys, { pageSize: 10, delay: turn });
const asked = (out: string, more: Partial<ScanRequest> = {}): ScanRequest => ({
  uri: 's3://bucket/lake/',
  month: '2026-11',
  out,
  ...more,
});
/** What a document says of the objects. */
const found = ({ takenAt: _, ownCost: __, ...rest }: Scan) => rest;
const documentOf = async (given: Surroundings, request: ScanRequest, watch = watching()) =>
  found((await scan(given, request, watch)).value);
const partial = (out: string): readonly string[] =>
  readdirSync(join(out, '..')).filter((name) => name.endsWith('.partial'));

async function interrupted(t: Test, request: ScanRequest, pages: number): Promise<number> {
  const stop = new AbortController();
  let seen = 0;
  const pager = memoryPager(keys, {
    pageSize: 10,
    delay: async () => {
      await turn();
      seen += 1;
      if (seen === pages) stop.abort();
    },
  });
  const watch = watching(stop.signal);
  await t.rejects(scan(bucketOf(pager), request, watch), { code: 'INTERRUPTED' });
  t.match(watch.notes.join(), /is kept: the same command goes on/);
  return seen;
}

t.test('a scan interrupted four times goes on to the document it would have given at once', async (t) => {
  const whole = await documentOf(bucketOf(slowly()), asked(join(t.testdir(), 'scan.json')));
  const request = asked(join(t.testdir({ again: {} }), 'again', 'scan.json'));
  let pages = 0;
  for (let i = 0; i < 4; i++) pages += await interrupted(t, request, 5 + ((i * 7) % 13));
  t.same(partial(request.out!), ['scan.json.partial']);
  const pager = slowly();
  const watch = watching();
  t.same(await documentOf(bucketOf(pager), request, watch), whole);
  t.ok(pager.requests.length < 400, `the last sitting made ${pager.requests.length} requests of ${pages}`);
  t.match(watch.notes.join('\n'), /Going on with the scan of 2026-11-26T.*interrupted: [\d,]+ objects were/);
  t.same(partial(request.out!), [], 'nothing is left beside the document');
});

t.test('the requests of all sittings are counted', async (t) => {
  const request = asked(join(t.testdir(), 'scan.json'));
  const pages = await interrupted(t, request, 30);
  const pager = slowly();
  const { value } = await scan(bucketOf(pager), request, watching());
  const { list } = value.ownCost.requests;
  t.ok(list > pager.requests.length + 20 && list <= pager.requests.length + pages + 64, `${list}`);
});

t.test('what was kept for another scan, or was damaged, is not gone on with', async (t) => {
  const whole = await documentOf(bucketOf(slowly()), asked(join(t.testdir(), 'scan.json'), { depth: 1 }));
  const out = join(t.testdir({ other: {} }), 'other', 'scan.json');
  await interrupted(t, asked(out), 30);
  t.same(await documentOf(bucketOf(slowly()), asked(out, { depth: 1 })), whole, 'another depth');
  await interrupted(t, asked(out, { depth: 1 }), 30);
  const path = join(`${out}.partial`, 'listing.part');
  const bytes = readFileSync(path);
  bytes[bytes.length - 9]! ^= 1;
  writeFileSync(path, bytes);
  const watch = watching();
  t.same(
    await documentOf(bucketOf(slowly()), asked(out, { depth: 1 }), watch),
    whole,
    'a bit that fell over',
  );
  t.notMatch(watch.notes.join(), /Going on/);
});

t.test('an earlier scan of the bucket parts the next one; one of another bucket is refused', async (t) => {
  const out = join(t.testdir(), 'scan.json');
  const whole = await documentOf(bucketOf(memoryPager(keys)), asked(out));
  const pager = memoryPager(keys);
  t.same(await documentOf(bucketOf(pager), asked(`${out}.2`, { seed: out })), whole);
  t.equal(pager.requests[1]?.from?.key?.startsWith('lake/t'), true, 'parted at a prefix from the start');
  await t.rejects(scan(bucketOf(pager), { ...asked(out, { seed: out }), uri: 's3://other/' }, watching()), {
    code: 'ARGUMENT_INVALID',
    message: /--seed.*s3:\/\/bucket\/lake\/.*not of s3:\/\/other\//,
  });
});

t.test('landmarks hold what lies directly at each row', async (t) => {
  const tally = (objects: number) => ({ tallies: [{ objects: BigInt(objects) }] });
  const rows = [
    { prefix: '', ...tally(100) },
    { prefix: 'a/', ...tally(60) },
    { prefix: 'a/b/', ...tally(20) },
    { prefix: 'c/', ...tally(30) },
  ] as unknown as Scan['prefixes'];
  t.same(landmarksOf(rows), [
    { key: 'a/', objects: 40 },
    { key: 'a/b/', objects: 20 },
    { key: 'c/', objects: 30 },
  ]);
});

t.test('versions are listed on request, with delete markers and noncurrent bytes told apart', async (t) => {
  const batch = {
    ...batchOf(['a', 'a', 'b'], [5, 7, Number.NaN]),
    storageClass: { codes: Int32Array.of(0, 0, -1), values: ['STANDARD'] },
    isLatest: Uint8Array.of(1, 0, 1),
    isDeleteMarker: Uint8Array.of(0, 0, 1),
  };
  const pager: KeyPager = { isOrdered: true, hasVersions: true, page: async () => ({ batch, prefixes: [] }) };
  let how: { readonly hasVersions: boolean } | undefined;
  const given: Surroundings = {
    ...bucketOf(pager),
    openLister: async (_, asked) => {
      how = asked;
      return { pager, requests: () => ({ put: 0, get: 0, list: 1 }) };
    },
  };
  const request: ScanRequest = { uri: 's3://bucket/', month: '2026-11', versions: 'all' };
  const { totals } = (await scan(given, request, watching())).value;
  t.same(how, { hasVersions: true });
  const standard = totals.find((tally) => tally.class === 'STANDARD');
  t.match(standard, { objects: 2n, bytes: 12n, noncurrentObjects: 1n, noncurrentBytes: 7n });
  t.equal(
    totals.reduce((sum, tally) => sum + tally.deleteMarkers, 0n),
    1n,
  );
  for (const uri of [`file://${t.testdir()}`, 's3://lake--use1-az4--x-s3/'])
    await t.rejects(scan(given, { ...request, uri }, watching()), {
      code: 'ARGUMENT_INVALID',
      message: /--versions all.*no versions/,
    });
});

t.test('after rows that could not be tallied nothing is kept that would be gone on with', async (t) => {
  const out = join(t.testdir(), 'scan.json');
  const pager = slowly();
  let pages = 0;
  const broken: KeyPager = {
    ...pager,
    page: async (request) => {
      const page = await pager.page(request);
      pages += 1;
      if (pages < 3) return page;
      return { ...page, batch: { ...page.batch, size: page.batch.size!.map(() => -1) } };
    },
  };
  await t.rejects(scan({ ...bucketOf(broken), clock: { now: () => 0 } }, asked(out), watching()));
  t.same(partial(out), []);
});
