import fc from 'fast-check';
import t, { type Test } from 'tap';
import type { KeyRange } from '../../src/inventory/key-ranges.js';
import { type ListingProgress, type LiveListing, listLive } from '../../src/inventory/live-listing.js';
import type { KeyPageRequest, KeyPager } from '../../src/inventory/ports.js';
import { BucketwiseError } from '../../src/kernel/errors.js';
import { batchOf, inByteOrder, keysOf, type MemoryPager, memoryPager } from './memory-pager.js';

async function listed(pager: KeyPager, prefix: string, more: Partial<LiveListing> = {}) {
  const keys: string[] = [];
  const take: LiveListing['take'] = (batch) => keys.push(...keysOf(batch));
  const progress = await listLive({ pager, prefix, parallel: 4, take, ...more });
  return { keys, ...progress };
}

const numbered = (keys: number, name: (i: number) => string): string[] =>
  Array.from({ length: keys }, (_, i) => name(i));
const pad = (i: number, width: number): string => String(i).padStart(width, '0');
const wide = numbered(3000, (i) => `lake/t${i % 3}/day=${i % 250}/${i}.csv`);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Random answers come in random order: each request waits a number of turns that a sequence gives. */
function delays(turns: readonly number[]): (request: KeyPageRequest) => Promise<void> {
  let asked = 0;
  return async () => {
    const wait = turns.length === 0 ? 0 : turns[asked++ % turns.length]!;
    for (let i = 0; i < wait; i++) await turn();
  };
}

const hostileUnit = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('/', 'a', 'b', '0', '9', 'f') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...['.', '~', '\u0000', '\u0001', '\n', '*', '[', '%', '+', '"', 'Z', 'é'],
      ...['\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{1f600}', '\u{10ffff}'],
    ),
  },
);
const hostileKey = fc.oneof(
  { weight: 9, arbitrary: fc.string({ unit: hostileUnit, minLength: 1, maxLength: 8 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 255 }).map((n) => `${'\u{10ffff}'.repeat(n)}/`) },
  { weight: 1, arbitrary: fc.integer({ min: 1000, max: 1024 }).map((n) => 'a'.repeat(n)) },
);

t.test('whatever the keys, the splits and the timings, every key is given exactly once', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(hostileKey, { maxLength: 120 }),
      fc.constantFrom('', '/', 'a', 'a/', 'a//', 'b/a/'),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 7 }),
      fc.array(fc.boolean(), { maxLength: 7 }),
      async (names, prefix, parallel, pageSize, turns, full) => {
        let looked = 0;
        const pager = {
          ...memoryPager(names, { pageSize, delay: delays(turns) }),
          isFull: () => full[looked++ % full.length] ?? false,
        };
        const { keys, objects } = await listed(pager, prefix, { parallel });
        const wanted = names.filter((name) => name.startsWith(prefix));
        t.same(inByteOrder(keys), inByteOrder(wanted));
        t.equal(keys.length, wanted.length, 'none twice');
        t.equal(objects, keys.length);
        for (const { from } of pager.requests) checkExpressible(t, from?.key ?? 'x');
      },
    ),
    { numRuns: 30 },
  );
});

/** A request carries valid UTF-8 of 1,024 bytes at most. */
function checkExpressible(t: Test, key: string): void {
  const bytes = Buffer.from(key);
  if (bytes.length > 1024 || bytes.toString() !== key) t.ok(false, `"${key}" cannot be sent`);
}

t.test('a listing broken off anywhere and gone on with gives the same keys', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(hostileKey, { minLength: 20, maxLength: 120 }),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 }),
      fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 7 }),
      async (names, stops, turns) => {
        const keys: string[] = [];
        let ranges: readonly KeyRange[] | undefined;
        for (const pages of [...stops, Number.POSITIVE_INFINITY]) {
          const pager = memoryPager(names, { pageSize: 2, delay: delays(turns) });
          const stop = new AbortController();
          const listing = listLive({
            pager,
            prefix: '',
            parallel: 4,
            ...(ranges && { ranges }),
            take: (batch) => keys.push(...keysOf(batch)),
            onProgress: (now) => {
              // Through text, as from a file.
              ranges = JSON.parse(JSON.stringify(now.remaining())) as KeyRange[];
              if (now.pages >= pages) stop.abort();
            },
            signal: stop.signal,
          });
          await listing.catch((cause: unknown) => t.match(cause, { code: 'INTERRUPTED' }));
        }
        t.same(inByteOrder(keys), inByteOrder(names));
        t.equal(keys.length, names.length, 'none twice');
        t.same(ranges, []);
      },
    ),
    { numRuns: 20 },
  );
});

t.test(
  'folder markers, empty names and a prefix that is an object itself are keys like others',
  async (t) => {
    const names = ['a', 'a/', 'a//', 'a//b', '/a', '//', '/', 'a/b', 'a/b/', 'a/b/c', 'ab'];
    const { keys } = await listed(memoryPager(names, { pageSize: 1 }), '');
    t.same(keys.sort(), names.sort());
    t.same(
      (await listed(memoryPager(names, { pageSize: 1 }), 'a/')).keys.sort(),
      names.filter((name) => name.startsWith('a/')).sort(),
    );
  },
);

t.test('a small prefix costs no more than one stream would, and one alone never more', async (t) => {
  for (const [keys, pages] of [
    [0, 1],
    [1, 1],
    [1000, 1],
    [3000, 3],
  ] as const) {
    const pager = memoryPager(numbered(keys, (i) => `k${pad(i, 9)}`));
    const { fewest } = await listed(pager, 'k', { parallel: 64 });
    t.equal(pager.requests.length, pages, `${keys} keys`);
    t.equal(fewest, pages);
  }
  const middling = memoryPager(numbered(4000, (i) => `k${pad(i, 9)}`));
  await listed(middling, 'k', { parallel: 64 });
  t.ok(middling.requests.length <= 6, `${middling.requests.length} requests for 4 pages`);
  const lister = memoryPager(wide, { pageSize: 50 });
  t.equal((await listed(lister, '', { parallel: 1 })).pages, 60);
});

t.test(
  'a server that is full gets no more streams, and one that has room again gets them then',
  async (t) => {
    const keys = numbered(20_000, (i) => `k${pad(i, 9)}`);
    let flying = 0;
    const streams: number[] = [];
    const inner = memoryPager(keys, {
      delay: async () => {
        streams.push(++flying);
        await turn();
        flying -= 1;
      },
    });
    const whole = await listed({ ...inner, isFull: () => true }, 'k', { parallel: 8 });
    t.equal(whole.objects, 20_000);
    t.equal(inner.requests.length, 20, 'not one in vain');
    t.equal(Math.max(...streams), 1);
    streams.length = 0;
    await listed({ ...inner, isFull: () => streams.length < 8 }, 'k', { parallel: 8 });
    t.equal(Math.max(...streams.slice(0, 8)), 1);
    t.ok(Math.max(...streams) > 3, `${Math.max(...streams)} streams`);
  },
);

t.test('streams that are about to ask fill a server as those do that have asked', async (t) => {
  const keys = numbered(40_000, (i) => `k${pad(i, 9)}`);
  const streams: number[] = [];
  let flying = 0;
  const inner = memoryPager(keys, {
    delay: async () => {
      streams.push(++flying);
      await turn();
      flying -= 1;
    },
  });
  await listed({ ...inner, isFull: (asked) => asked >= 4 }, 'k', { parallel: 64 });
  t.ok(Math.max(...streams) >= 4, `${Math.max(...streams)} streams`);
  t.ok(Math.max(...streams) <= 6, `${Math.max(...streams)} streams, one of them more for each trial`);
});

t.test('nothing under the prefix is an answer, not an error', async (t) => {
  t.match(await listed(memoryPager(['a']), 'b/'), { keys: [], objects: 0, pages: 1 });
});

/** Rounds of answers: what a listing takes when each answer takes as long as another. */
async function rounds(pager: MemoryPager, answers: Answers, more: Partial<LiveListing> = {}) {
  const listing = listed(pager, '', { parallel: 64, ...more });
  let isOver = false;
  const over = listing.finally(() => {
    isOver = true;
  });
  let round = 0;
  for (; !isOver && round < 5000; round++) {
    answers.give();
    for (let i = 0; i < 4; i++) await turn();
  }
  const { keys } = await over;
  return { found: new Set(keys).size, given: keys.length, rounds: round, requests: pager.requests.length };
}

interface Answers {
  readonly delay: () => Promise<void>;
  readonly give: () => void;
}

function answersAtOnce(): Answers {
  let waiting: (() => void)[] = [];
  return {
    delay: () => new Promise((resolve) => waiting.push(resolve)),
    give: () => {
      const now = waiting;
      waiting = [];
      for (const answer of now) answer();
    },
  };
}

const many = 5000;
const pageSize = 50;
const hour = (i: number): string =>
  `year=2025/month=${pad(1 + Math.floor(i / 2100), 2)}/day=${pad(1 + (Math.floor(i / 75) % 28), 2)}/hour=${pad(Math.floor(i / 3.125) % 24, 2)}`;
const people = ['ann', 'bob', 'cy', 'dora', 'eve', 'kim', 'zoe'];
const shapes: readonly (readonly [string, readonly string[]])[] = [
  ['flat and numbered', numbered(many, (i) => `k${pad(i, 9)}`)],
  [
    'flat and random',
    numbered(many, (i) => `${((i * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0')}.json`),
  ],
  [
    'many small folders',
    numbered(many, (i) => `data/f${pad(Math.floor(i / 40), 5)}/obj-${pad(i % 40, 2)}.bin`),
  ],
  ['hours of one table', numbered(many, (i) => `csv/t/${hour(i)}/part-${pad(i, 5)}.csv`)],
  ['names of people', numbered(many, (i) => `users/${people[i % 7]}${i % 61}/mail/${i}`)],
  [
    'one deep chain and a flat folder',
    [...numbered(300, (i) => `${'d/'.repeat(i + 1)}x`), ...numbered(many, (i) => `z/${pad(i, 6)}`)],
  ],
];

for (const [what, keys] of shapes)
  t.test(`${what}: 64 streams take part, for few requests more than the fewest`, async (t) => {
    const answers = answersAtOnce();
    const seen = await rounds(memoryPager(keys, { pageSize, delay: answers.delay }), answers);
    t.equal(seen.found, keys.length);
    t.equal(seen.given, keys.length);
    const fewest = Math.ceil(keys.length / pageSize);
    t.ok(seen.rounds < 30, `${seen.rounds} rounds for ${fewest} pages`);
    const most = what.startsWith('flat') ? 1.2 : 2;
    t.ok(seen.requests <= most * fewest, `${seen.requests} requests for ${fewest} pages`);
  });

t.test('a server that is full is asked for a hundred folders, and not for the rest', async (t) => {
  const keys = numbered(8000, (i) => `f${pad(Math.floor(i / 4), 5)}/${i % 4}`);
  const probes = async (isFull: (streams: number) => boolean) => {
    const answers = answersAtOnce();
    const pager = memoryPager(keys, { pageSize: 50, delay: answers.delay });
    const seen = await rounds({ ...pager, isFull }, answers);
    t.equal(seen.found, keys.length);
    return pager.requests.filter(({ delimiter }) => delimiter).map(({ maxKeys }) => maxKeys);
  };
  t.same(await probes((streams) => streams >= 8), [100]);
  t.same(await probes(() => false), [100, undefined]);
});

t.test(
  'where many folders are small, or keys lie in none, the first hundred are not asked for',
  async (t) => {
    const probes = async (keys: readonly string[], room: number, ranges?: readonly KeyRange[]) => {
      const answers = answersAtOnce();
      const pager = memoryPager(keys, { pageSize: 100, delay: answers.delay });
      const isFull = (streams: number) => streams >= room;
      const seen = await rounds({ ...pager, isFull }, answers, ranges && { ranges });
      t.equal(seen.found, keys.length);
      return pager.requests.filter(({ delimiter }) => delimiter);
    };
    const flat = numbered(9000, (i) => `k${pad(i, 5)}`);
    const small = numbered(9000, (i) => `f${pad(i >> 2, 5)}/${i & 3}`);
    for (const room of [8, 64]) t.same(await probes(flat, room), []);
    t.same(await probes(small, 8), []);
    const asked = await probes(small, 64);
    t.equal(asked.length, 1);
    t.match(asked[0], { from: { key: small[299] }, maxKeys: undefined });
    // Where a listing is gone on with, one page says nothing of the folders elsewhere.
    t.match((await probes(flat, 8, [{ from: {} }]))[0], { maxKeys: 100 });
  },
);

t.test('what an earlier scan saw parts a prefix before its first page', async (t) => {
  const keys = numbered(many, (i) => `t${i % 50}/x${pad(i, 6)}`);
  const landmarks = inByteOrder(numbered(50, (i) => `t${i}/`)).map((key) => ({ key, objects: many / 50 }));
  const stale = ['a/', 'zzz/'].map((key) => ({ key, objects: many }));
  for (const [given, most] of [
    [landmarks, 20],
    [stale, 30],
  ] as const) {
    const answers = answersAtOnce();
    const pager = memoryPager(keys, { pageSize, delay: answers.delay });
    const seen = await rounds(pager, answers, { landmarks: given });
    t.equal(seen.found, many);
    t.equal(seen.given, many);
    t.ok(seen.rounds < most, `${seen.rounds} rounds`);
  }
});

t.test('a page that takes for ever holds up its own keys only', async (t) => {
  const keys = numbered(50_000, (i) => `k${pad(i, 6)}`);
  let release = (): void => undefined;
  const stuck = new Promise<void>((resolve) => {
    release = resolve;
  });
  let given = 0;
  const pager = memoryPager(keys, {
    delay: ({ from }) => (from?.key === 'k003999' ? stuck : turn()),
  });
  const listing = listLive({
    pager,
    prefix: '',
    parallel: 8,
    take: ({ rows }) => {
      given += rows;
    },
  });
  for (let i = 0; i < 500; i++) await turn();
  t.ok(given >= 45_000, `${given} of 50,000 while one page is awaited`);
  release();
  t.equal((await listing).objects, 50_000);
});

t.test('without an order there is one stream, from token to token', async (t) => {
  const order = ['b', 'a', 'd', 'c'];
  const requests: KeyPageRequest[] = [];
  const pager: KeyPager = {
    isOrdered: false,
    hasVersions: false,
    page: async (request) => {
      requests.push(request);
      const at = Number(request.from?.token ?? 0);
      const { batch } = await memoryPager([order[at]!]).page({ prefix: '' });
      return { batch, prefixes: [], ...(at < 3 && { next: { token: String(at + 1) } }) };
    },
  };
  t.same((await listed(pager, '', { parallel: 64 })).keys, order);
  t.same(
    requests.map(({ from }) => from),
    [{}, { token: '1' }, { token: '2' }, { token: '3' }],
  );
});

t.test('a page without a key, as delete markers leave it, is gone on from by its token', async (t) => {
  const inner = memoryPager(numbered(9000, (i) => `k${pad(i, 5)}`));
  let empty = 0;
  const pager: KeyPager = {
    ...inner,
    page: async (request) => {
      if (request.from?.token === undefined && request.delimiter === undefined && ++empty % 2 === 0)
        return { ...(await memoryPager([]).page(request)), next: { token: request.from?.key ?? '' } };
      return inner.page(request);
    },
  };
  const { keys } = await listed(pager, '');
  t.equal(new Set(keys).size, 9000);
  t.equal(keys.length, 9000);
});

t.test('pages that go back, or begin before they were asked to, are refused', async (t) => {
  const page = async (keys: readonly string[]) =>
    memoryPager([])
      .page({ prefix: '' })
      .then((empty) => ({ ...empty, batch: batchOf(keys) }));
  for (const keys of [
    ['b', 'a'],
    ['a', 'a'],
    ['a', 'b', 'b0', 'b'],
  ])
    await t.rejects(
      listed({ isOrdered: true, hasVersions: false, page: async () => page(keys) }, ''),
      { code: 'STORE_FAILED', details: { why: /order/ } },
      keys.join(),
    );
  const again: KeyPager = {
    isOrdered: true,
    hasVersions: false,
    page: async () => ({ ...(await page(['a', 'b'])), next: { token: 't' } }),
  };
  await t.rejects(
    listed(again, ''),
    { code: 'STORE_FAILED', details: { why: /order/ } },
    'the same page for ever',
  );
});

t.test(
  'a page without keys that goes on from where it was asked for is refused, not asked for ever',
  async (t) => {
    const empty = await memoryPager([]).page({ prefix: '' });
    for (const [next, more] of [
      [{ token: 'same' }, { isOrdered: true, hasVersions: false }],
      [{ token: 'same' }, { isOrdered: false, hasVersions: false }],
      [
        { key: 'k', version: '1' },
        { isOrdered: true, hasVersions: true },
      ],
    ] as const) {
      let asked = 0;
      const page = async () => (++asked > 9 ? empty : { ...empty, next });
      await t.rejects(listed({ ...more, page }, ''), {
        code: 'STORE_FAILED',
        details: { why: /more follows/ },
      });
      t.equal(asked, 2);
    }
  },
);

t.test(
  'a server that leads in a circle of pages without a new key is refused after few requests',
  async (t) => {
    const empty = await memoryPager([]).page({ prefix: '' });
    const one = { ...empty, batch: batchOf(['a']) };
    const token = (at: number) => ({ token: `t${at}` });
    for (const [what, page, place, more] of [
      ['tokens', empty, token, { isOrdered: true, hasVersions: false }],
      ['tokens without an order', one, token, { isOrdered: false, hasVersions: false }],
      [
        'versions',
        one,
        (at: number) => ({ key: 'a', version: `${at}` }),
        { isOrdered: true, hasVersions: true },
      ],
    ] as const)
      for (const length of [2, 3, 7, 64]) {
        let asked = 0;
        const answer = async () => {
          asked += 1;
          return asked > 9 * length ? empty : { ...page, next: place(asked % length) };
        };
        await t.rejects(
          listed({ ...more, page: answer }, '', { parallel: 1 }),
          { code: 'STORE_FAILED', details: { why: /more follows.*circle/ } },
          `${what}, ${length}`,
        );
        t.ok(asked <= 3 * length, `${what}: ${asked} requests for a circle of ${length}`);
      }
  },
);

t.test(
  'many pages without a key, as delete markers leave them, are gone through to the keys behind',
  async (t) => {
    const empty = await memoryPager([]).page({ prefix: '' });
    let asked = 0;
    const page = async () => {
      asked += 1;
      if (asked <= 2000) return { ...empty, next: { token: `t${asked}` } };
      return { ...empty, batch: batchOf(['z']) };
    };
    t.same((await listed({ isOrdered: true, hasVersions: false, page }, '', { parallel: 1 })).keys, ['z']);
  },
);

t.test('a place before the last key is refused: what lies there would be given twice', async (t) => {
  const empty = await memoryPager([]).page({ prefix: '' });
  let asked = 0;
  const page = async () => {
    asked += 1;
    if (asked === 1) return { ...empty, batch: batchOf(['b', 'c']), next: { key: 'a', version: '1' } };
    return { ...empty, batch: batchOf(['b', 'c']) };
  };
  await t.rejects(listed({ isOrdered: true, hasVersions: true, page }, ''), {
    code: 'STORE_FAILED',
    details: { why: /more follows, and from before/ },
  });
});

t.test('the version of one key is never asked for with the next key', async (t) => {
  const empty = await memoryPager([]).page({ prefix: '' });
  const answers = [{ key: 'a', version: '1' }, { key: 'b' }, undefined].map((next) => ({
    ...empty,
    ...(next && { next }),
  }));
  const asked: unknown[] = [];
  const page: KeyPager['page'] = async ({ from }) => {
    asked.push(from);
    return answers[asked.length - 1]!;
  };
  await listed({ isOrdered: true, hasVersions: true, page }, '');
  t.same(asked, [{}, { key: 'a', version: '1' }, { key: 'b' }]);
});

t.test('as many requests are in flight as allowed, and no more', async (t) => {
  let flying = 0;
  let most = 0;
  const pager = memoryPager(wide, {
    pageSize: 50,
    delay: async () => {
      flying += 1;
      most = Math.max(most, flying);
      await turn();
      flying -= 1;
    },
  });
  await listed(pager, '', { parallel: 5 });
  t.equal(most, 5);
});

t.test('progress counts objects and pages up to the totals', async (t) => {
  const seen: ListingProgress[] = [];
  const pager = memoryPager(wide, { pageSize: 50 });
  const { keys, ...totals } = await listed(pager, '', { parallel: 3, onProgress: (now) => seen.push(now) });
  t.match(totals, { objects: 3000, pages: pager.requests.length });
  t.match(seen.at(-1), { objects: 3000 });
  t.same(
    seen.map((now) => now.objects),
    seen.map((now) => now.objects).sort((a, b) => a - b),
  );
  t.equal(keys.length, 3000);
});

t.test('when stopped it ends at once as interrupted, and gives nothing afterwards', async (t) => {
  const stop = new AbortController();
  let taken = 0;
  let release = (): void => undefined;
  const stuck = new Promise<void>((resolve) => {
    release = resolve;
  });
  let asked = 0;
  const pager = memoryPager(wide, { pageSize: 50, delay: async () => (++asked > 16 ? stuck : undefined) });
  const listing = listLive({
    pager,
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
  for (let i = 0; i < 20; i++) await turn();
  t.equal(taken, before);
});

t.test('stopped before it begins, it asks for nothing', async (t) => {
  const pager = memoryPager(wide);
  const signal = AbortSignal.abort();
  await t.rejects(listed(pager, '', { signal }), { code: 'INTERRUPTED' });
  t.same(pager.requests, []);
});

t.test('a failure in one stream ends all of them with that error', async (t) => {
  let asked = 0;
  const pager = memoryPager(wide, {
    pageSize: 50,
    delay: async () => {
      if (++asked === 12)
        throw new BucketwiseError('PERMISSION_DENIED', { action: 's3:ListBucket', what: 'lake' });
    },
  });
  await t.rejects(listed(pager, ''), { code: 'PERMISSION_DENIED' });
  for (let i = 0; i < 20; i++) await turn();
  t.ok(asked < 20, 'no stream was begun afterwards');
});

t.test('a failure of the one who takes the rows ends the listing', async (t) => {
  const take = () => {
    throw new RangeError('full');
  };
  await t.rejects(listed(memoryPager(wide, { pageSize: 50 }), '', { take }), /full/);
});
