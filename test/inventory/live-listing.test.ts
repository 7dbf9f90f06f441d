import fc from 'fast-check';
import t from 'tap';
import { type ListingProgress, listLive } from '../../src/inventory/live-listing.js';
import type { ListPage, ObjectLister } from '../../src/inventory/ports.js';
import { BucketwiseError } from '../../src/kernel/errors.js';
import { memoryLister } from './memory-lister.js';

async function listed(lister: ObjectLister, prefix: string, parallel = 4) {
  const keys: string[] = [];
  const take = (objects: readonly { readonly key: string }[]) => keys.push(...objects.map(({ key }) => key));
  const progress = await listLive({ lister, prefix, parallel, take });
  return { keys, ...progress };
}

const numbered = (keys: number, name: (i: number) => string): string[] =>
  Array.from({ length: keys }, (_, i) => name(i));
const wide = numbered(3000, (i) => `lake/t${i % 3}/day=${i % 250}/${i}.csv`);

const unit = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('/', 'a', 'b') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '.',
      '~',
      '\u0000',
      '\n',
      '*',
      '[',
      '%',
      '+',
      '"',
      '\uffff',
      '\u{1f600}',
      '\u{10ffff}',
    ),
  },
);
const hostileKey = fc.string({ unit, minLength: 1, maxLength: 8 });

t.test('every key under the prefix is given exactly once, whatever the keys look like', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(hostileKey, { maxLength: 80 }),
      fc.constantFrom('', '/', 'a', 'a/', 'a//', 'b/a/'),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 8 }),
      async (names, prefix, parallel, pageSize) => {
        const { keys, objects } = await listed(memoryLister(names, pageSize), prefix, parallel);
        t.same(keys.sort(), names.filter((name) => name.startsWith(prefix)).sort());
        t.equal(objects, keys.length);
      },
    ),
    { numRuns: 150 },
  );
});

t.test(
  'folder markers, empty names and a prefix that is an object itself are keys like others',
  async (t) => {
    const names = ['a', 'a/', 'a//', 'a//b', '/a', '//', '/', 'a/b', 'a/b/', 'a/b/c', 'ab'];
    const { keys } = await listed(memoryLister(names, 1), '');
    t.same(keys.sort(), names.sort());
    t.same(
      (await listed(memoryLister(names, 1), 'a/')).keys.sort(),
      names.filter((name) => name.startsWith('a/')).sort(),
    );
  },
);

t.test('a small prefix costs one request', async (t) => {
  const lister = memoryLister(['a/b/1', 'a/c/2', 'd']);
  t.equal((await listed(lister, '')).requests, 1);
  t.same(lister.requests, [{ prefix: '' }]);
});

t.test('one stream alone reads on without a second request for the same keys', async (t) => {
  const lister = memoryLister(wide, 50);
  t.equal((await listed(lister, '', 1)).requests, 60);
  t.same(lister.requests, [{ prefix: '' }]);
});

t.test('nothing under the prefix is an answer, not an error', async (t) => {
  t.match(await listed(memoryLister(['a']), 'b/'), { keys: [], objects: 0, requests: 1 });
});

t.test('a large prefix is parted into ranges for each stream, cut at folders', async (t) => {
  const lister = memoryLister(wide, 50);
  const { keys } = await listed(lister, 'lake/', 8);
  t.equal(new Set(keys).size, wide.length);
  t.equal(keys.length, wide.length);
  const ranges = lister.requests.filter((request) => request.after !== undefined);
  t.equal(ranges.length, 32);
  t.ok(ranges.slice(1).every((range) => range.after?.endsWith('/')));
});

t.test('thousands of folders on one level cost a bounded number of requests', async (t) => {
  const lister = memoryLister(numbered(20_000, (i) => `users/${i}/x`));
  const { keys, requests } = await listed(lister, '', 4);
  t.equal(keys.length, 20_000);
  t.ok(lister.requests.length < 60, `${lister.requests.length} streams`);
  t.ok(requests < 20 + 60, `${requests} requests for 20 pages of keys`);
});

t.test('a long chain of folders ends the search for cuts', async (t) => {
  const chain = numbered(300, (i) => `${'d/'.repeat(i)}x`);
  const { keys, requests } = await listed(memoryLister(chain, 10), '', 4);
  t.equal(keys.length, 300);
  t.ok(requests < 30 + 40, `${requests} requests`);
});

t.test('as many requests are in flight as allowed, and no more', async (t) => {
  let flying = 0;
  let most = 0;
  const inner = memoryLister(wide, 50);
  const lister: ObjectLister = {
    async *list(request) {
      for await (const page of inner.list(request)) {
        flying += 1;
        most = Math.max(most, flying);
        await new Promise((resolve) => setImmediate(resolve));
        flying -= 1;
        yield page;
      }
    },
  };
  await listed(lister, '', 5);
  t.equal(most, 5);
});

t.test('progress counts objects and pages up to the totals', async (t) => {
  const seen: ListingProgress[] = [];
  let pages = 0;
  const inner = memoryLister(wide, 50);
  const lister: ObjectLister = {
    async *list(request) {
      for await (const page of inner.list(request)) {
        pages += 1;
        yield page;
      }
    },
  };
  const totals = await listLive({
    lister,
    prefix: '',
    parallel: 3,
    take: () => undefined,
    onProgress: (now) => seen.push(now),
  });
  t.same(seen.at(-1), totals);
  t.same(totals, { objects: 3000, requests: pages });
  t.same(
    seen.map((now) => now.requests),
    seen.map((_, i) => i + 1),
  );
});

t.test('when stopped it ends at once as interrupted, and gives nothing afterwards', async (t) => {
  const stop = new AbortController();
  let taken = 0;
  let release = (): void => undefined;
  const stuck = new Promise<void>((resolve) => {
    release = resolve;
  });
  const inner = memoryLister(wide, 50);
  const lister: ObjectLister = {
    async *list(request) {
      let pages = 0;
      for await (const page of inner.list(request)) {
        if (request.after !== undefined && pages++ > 0) await stuck;
        yield page;
      }
    },
  };
  const listing = listLive({
    lister,
    prefix: '',
    parallel: 3,
    signal: stop.signal,
    take: () => {
      taken += 1;
      if (taken === 6) setImmediate(() => stop.abort());
    },
  });
  await t.rejects(listing, { code: 'INTERRUPTED', message: /objects were listed; nothing was changed/ });
  const before = taken;
  release();
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  t.equal(taken, before);
});

t.test('stopped before it begins, it asks for nothing', async (t) => {
  const lister = memoryLister(wide);
  const signal = AbortSignal.abort();
  await t.rejects(listLive({ lister, prefix: '', parallel: 2, signal, take: () => undefined }), {
    code: 'INTERRUPTED',
  });
  t.same(lister.requests, []);
});

t.test('a failure in one stream ends all of them with that error', async (t) => {
  const inner = memoryLister(wide, 50);
  let ranges = 0;
  const lister: ObjectLister = {
    async *list(request): AsyncGenerator<ListPage> {
      if (request.after !== undefined && ++ranges === 2)
        throw new BucketwiseError('PERMISSION_DENIED', { action: 's3:ListBucket', what: 'lake' });
      yield* inner.list(request);
    },
  };
  await t.rejects(listed(lister, '', 4), { code: 'PERMISSION_DENIED' });
  await new Promise((resolve) => setImmediate(resolve));
  t.ok(ranges < 16, 'no stream was begun afterwards');
});

t.test('a failure of the one who takes the objects ends the listing', async (t) => {
  const take = () => {
    throw new RangeError('full');
  };
  await t.rejects(listLive({ lister: memoryLister(wide, 50), prefix: '', parallel: 4, take }), /full/);
});
