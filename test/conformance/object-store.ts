/** What every object store must do, whatever it is made of: one suite, run over each of them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { ObjectStore } from '../../src/compaction/ports.js';
import type { ListRequest, ObjectLister } from '../../src/inventory/ports.js';
import { printable } from '../../src/kernel/s3.js';
import { hostileKeys } from './hostile-keys.js';

export type Store = ObjectLister & ObjectStore;

/** A store that is empty, or empty under every key the suite uses. */
export type OpenStore = () => Promise<{ readonly store: Store; readonly close: () => Promise<void> }>;

type Check = (t: Test, store: Store) => Promise<void>;

/** `extraKeys`: further hostile keys this store can hold. */
export async function objectStoreSuite(
  t: Test,
  name: string,
  open: OpenStore,
  extraKeys: readonly string[] = [],
): Promise<void> {
  for (const [sentence, check] of [...checks, hostileCheck([...hostileKeys, ...extraKeys])])
    await t.test(`${name}: ${sentence}`, async (t) => {
      const { store, close } = await open();
      t.teardown(close);
      await check(t, store);
    });
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (body: Uint8Array | undefined): string | undefined => body && new TextDecoder().decode(body);
const inByteOrder = (keys: readonly string[]): string[] =>
  [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

async function put(store: Store, key: string, body = key): Promise<string> {
  const answer = await store.write(key, bytes(body), 'absent');
  if (answer.outcome !== 'written') throw new Error(`${JSON.stringify(key)} was there before`);
  return answer.etag;
}

/** A few at a time: a thousand sockets at once are no part of the promise. */
async function putAll(store: Store, keys: readonly string[], body?: string): Promise<void> {
  for (let i = 0; i < keys.length; i += 32)
    await Promise.all(keys.slice(i, i + 32).map((key) => put(store, key, body)));
}

interface Listed {
  readonly keys: readonly string[];
  readonly prefixes: readonly string[];
  readonly pages: readonly number[];
}

async function listed(store: Store, request: ListRequest): Promise<Listed> {
  const all = { keys: [] as string[], prefixes: [] as string[], pages: [] as number[] };
  for await (const page of store.list(request)) {
    all.keys.push(...page.objects.map(({ key }) => key));
    all.prefixes.push(...page.prefixes);
    all.pages.push(page.objects.length + page.prefixes.length);
  }
  // A server may learn only by one more page that there is no more.
  if (all.pages.length > 1 && all.pages.at(-1) === 0) all.pages.pop();
  return all;
}

async function collected(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const numbered = (count: number, prefix = ''): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${String(i).padStart(5, '0')}`);

const hostileCheck = (keys: readonly string[]): readonly [string, Check] => [
  'hostile keys are listed in byte order, read back and copied as they were put',
  async (t, store) => {
    await putAll(store, keys);
    t.same((await listed(store, { prefix: '' })).keys, inByteOrder(keys));
    for (const [at, key] of keys.entries()) {
      const found = await store.read(key);
      t.equal(text(found?.body), key, printable(key));
      t.same((await listed(store, { prefix: key })).keys[0], key, `as a prefix: ${printable(key)}`);
      const copy = await store.copy({ size: 1, key, etag: found?.etag ?? '' }, `copies/${at}/${key}`);
      t.equal(copy.outcome, 'written', `copied: ${printable(key)}`);
    }
  },
];

const checks: readonly (readonly [string, Check])[] = [
  [
    'an empty store lists nothing, with one page',
    async (t, store) => {
      t.same(await listed(store, { prefix: '' }), { keys: [], prefixes: [], pages: [0] });
      t.same((await listed(store, { prefix: 'no/such/', delimiter: '/' })).keys, []);
    },
  ],
  [
    'a listing tells size, etag, class and time',
    async (t, store) => {
      const etag = await put(store, 'one', 'four');
      const before = Date.now();
      for await (const { objects } of store.list({ prefix: '' })) {
        const { modifiedAt, ...object } = objects[0]!;
        t.same(object, { key: 'one', size: 4, etag, storageClass: 'STANDARD' });
        t.ok(modifiedAt !== undefined && Math.abs(modifiedAt - before) < 60_000);
      }
    },
  ],
  [
    '1000, 1001 and 2500 keys come once each in pages of 1,000, from the start and after any key',
    async (t, store) => {
      const [first, second, third] = [numbered(1000, 'k/a'), numbered(1001, 'k/b'), numbered(499, 'k/c')];
      const keys = [...first, ...second, ...third.map((key) => `${key}/x`)];
      await putAll(store, keys, '');
      t.same(await listed(store, { prefix: 'k/a' }), { keys: first, prefixes: [], pages: [1000] });
      t.same(await listed(store, { prefix: 'k/b' }), { keys: second, prefixes: [], pages: [1000, 1] });
      t.same(await listed(store, { prefix: 'k/' }), { keys, prefixes: [], pages: [1000, 1000, 500] });
      for (const at of [998, 999, 1000, 1001, 2000, 2499])
        t.same(
          (await listed(store, { prefix: 'k/', after: keys[at]! })).keys,
          keys.slice(at + 1),
          `after ${at}`,
        );
      t.same(
        await listed(store, { prefix: 'k/', delimiter: '/' }),
        { keys: [...first, ...second], prefixes: third.map((key) => `${key}/`), pages: [1000, 1000, 500] },
        'groups and keys share the pages',
      );
    },
  ],
  [
    'a prefix is compared by characters, not by folders',
    async (t, store) => {
      await putAll(store, ['d/day=1/x', 'd/day=10/x', 'd/day=2/x', 'd/day', 'e']);
      t.same((await listed(store, { prefix: 'd/day=1' })).keys, ['d/day=1/x', 'd/day=10/x']);
      t.same((await listed(store, { prefix: 'd/day=1/' })).keys, ['d/day=1/x']);
      t.same((await listed(store, { prefix: 'd/day' })).keys.length, 4);
      t.same((await listed(store, { prefix: 'e' })).keys, ['e']);
      t.same((await listed(store, { prefix: 'e/' })).keys, []);
    },
  ],
  [
    'with a delimiter keys below a folder become one group',
    async (t, store) => {
      await putAll(store, [
        'a/1',
        'a/2/3',
        'a.txt',
        'b/1',
        'c',
        'p/day=1/x',
        'p/day=1/y',
        'p/day=2/x',
        'p/z',
      ]);
      const root = await listed(store, { prefix: '', delimiter: '/' });
      t.same(root.keys, ['a.txt', 'c']);
      t.same(root.prefixes, ['a/', 'b/', 'p/']);
      const below = await listed(store, { prefix: 'p/', delimiter: '/' });
      t.same(below.keys, ['p/z']);
      t.same(below.prefixes, ['p/day=1/', 'p/day=2/']);
      t.same((await listed(store, { prefix: 'p/da', delimiter: '/' })).prefixes, ['p/day=1/', 'p/day=2/']);
    },
  ],
  [
    'a listing after a key goes on behind it, whether the key is there or not',
    async (t, store) => {
      const keys = ['a', 'b/1', 'b/2', 'b/3/x', 'b.x', 'c', 'd/1'];
      await putAll(store, keys);
      for (const after of ['', 'a', 'aa', 'b', 'b.', 'b/', 'b/1', 'b/2x', 'b/3', 'b/3/x', 'b0', 'd/1', 'z'])
        t.same(
          (await listed(store, { prefix: '', ...(after && { after }) })).keys,
          inByteOrder(keys.filter((key) => Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0)),
          `after ${JSON.stringify(after)}`,
        );
      t.same((await listed(store, { prefix: 'b/', after: 'b/1' })).keys, ['b/2', 'b/3/x']);
      t.same((await listed(store, { prefix: 'b/', after: 'a' })).keys, ['b/1', 'b/2', 'b/3/x']);
      t.same((await listed(store, { prefix: 'b/', after: 'c' })).keys, []);
    },
  ],
  [
    'what is not there is read as undefined, and streams and ranges of it are refused',
    async (t, store) => {
      await put(store, 'a/b');
      t.equal(await store.read('missing'), undefined);
      t.equal(await store.read('a'), undefined, 'a folder is no object');
      t.equal(await store.read('a/b/c'), undefined, 'below an object is nothing');
      const gone = { key: 'missing', etag: 'x' };
      await t.rejects(collected(store.stream(gone)), { code: 'OBJECT_MISSING' });
      await t.rejects(store.range(gone, 0, 1), { code: 'OBJECT_MISSING' });
      await t.rejects(store.range(gone, 0, 0), { code: 'OBJECT_MISSING' });
    },
  ],
  [
    'streams and ranges give exactly the bytes',
    async (t, store) => {
      const body = Uint8Array.from({ length: 700_001 }, (_, i) => (i * 7919) % 251);
      const answer = await store.write('big', body, 'absent');
      const object = { key: 'big', etag: answer.outcome === 'written' ? answer.etag : '' };
      t.ok(Buffer.from(body).equals(await collected(store.stream(object))), 'the stream');
      for (const [start, end] of [
        [0, 1],
        [0, 700_001],
        [262_143, 262_145],
        [699_993, 700_001],
      ] as const)
        t.ok(
          Buffer.from(body.subarray(start, end)).equals(await store.range(object, start, end)),
          `${start}`,
        );
      t.equal((await store.range(object, 700_000, 800_000)).length, 1, 'beyond the end is nothing');
      t.equal((await store.range(object, 700_001, 700_009)).length, 0);
      t.equal((await store.range(object, 5, 5)).length, 0);
    },
  ],
  [
    'streams and ranges of bytes that were replaced are refused',
    async (t, store) => {
      const etag = await put(store, 'p', 'first');
      t.match(await store.write('p', bytes('other'), { etag }), { outcome: 'written' });
      await t.rejects(collected(store.stream({ key: 'p', etag })), { code: 'OBJECT_CHANGED' });
      await t.rejects(store.range({ key: 'p', etag }, 0, 2), { code: 'OBJECT_CHANGED' });
      await t.rejects(store.range({ key: 'p', etag }, 0, 0), { code: 'OBJECT_CHANGED' });
    },
  ],
  [
    'a stream can be left early, and the object read again',
    async (t, store) => {
      const answer = await store.write('big', new Uint8Array(600_000), 'absent');
      const object = { key: 'big', etag: answer.outcome === 'written' ? answer.etag : '' };
      for await (const chunk of store.stream(object)) {
        t.ok(chunk.length > 0);
        break;
      }
      t.equal((await collected(store.stream(object))).length, 600_000);
    },
  ],
  [
    'put if absent writes once; the second is told so and changes nothing',
    async (t, store) => {
      const etag = await put(store, 'k', 'first');
      t.same(await store.write('k', bytes('second'), 'absent'), { outcome: 'exists' });
      t.same(await store.write('k', bytes('first'), 'absent'), { outcome: 'exists' }, 'the same bytes too');
      t.equal(text((await store.read('k'))?.body), 'first');
      t.equal((await store.read('k'))?.etag, etag);
    },
  ],
  [
    'a write by etag replaces those bytes only',
    async (t, store) => {
      const first = await put(store, 'k', 'first');
      t.same(await store.write('k', bytes('x'), { etag: 'stale' }), { outcome: 'changed' });
      t.same(
        await store.write('none', bytes('x'), { etag: first }),
        { outcome: 'changed' },
        'nothing is there',
      );
      t.equal(await store.read('none'), undefined);
      const second = await store.write('k', bytes('second'), { etag: first });
      t.match(second, { outcome: 'written' });
      t.same(await store.write('k', bytes('third'), { etag: first }), { outcome: 'changed' });
      const found = await store.read('k');
      t.same([text(found?.body), found?.etag], ['second', second.outcome === 'written' && second.etag]);
    },
  ],
  [
    'of 20 racers for each of 20 keys exactly one wins',
    async (t, store) => {
      for (const key of numbered(20, 'race/')) {
        const answers = await Promise.all(
          numbered(20).map((racer) => store.write(key, bytes(racer), 'absent')),
        );
        const winners = answers.flatMap(({ outcome }, racer) => (outcome === 'written' ? [racer] : []));
        t.equal(winners.length, 1, key);
        t.equal(Number(text((await store.read(key))?.body)), winners[0], 'the winner is what is read');
        t.equal(answers.filter(({ outcome }) => outcome === 'exists').length, 19);
      }
    },
  ],
  [
    'of 20 racers that replace the same bytes exactly one wins, round after round',
    async (t, store) => {
      let etag = await put(store, 'pointer', 'start');
      for (let round = 0; round < 10; round++) {
        const answers = await Promise.all(
          numbered(20).map((racer) => store.write('pointer', bytes(`${round}.${racer}`), { etag })),
        );
        const won = answers.flatMap((answer, racer) =>
          answer.outcome === 'written' ? [{ racer, etag: answer.etag }] : [],
        );
        t.equal(won.length, 1, `round ${round}`);
        t.equal(answers.filter(({ outcome }) => outcome === 'changed').length, 19);
        const found = await store.read('pointer');
        t.equal(text(found?.body), `${round}.${numbered(20)[won[0]!.racer]}`);
        t.equal(found?.etag, won[0]!.etag);
        etag = won[0]!.etag;
      }
    },
  ],
  [
    'a local file is uploaded whole, once',
    async (t, store) => {
      const folder = await mkdtemp(join(tmpdir(), 'bucketwise-upload-'));
      t.teardown(() => rm(folder, { recursive: true }));
      const [big, empty] = [join(folder, 'big'), join(folder, 'empty')];
      const body = Buffer.alloc(1_500_000, 'bucketwise');
      await writeFile(big, body);
      await writeFile(empty, '');
      const answer = await store.upload('up/big', big);
      t.match(answer, { outcome: 'written' });
      await writeFile(big, 'changed afterwards');
      const found = await store.read('up/big');
      t.ok(body.equals(found?.body ?? new Uint8Array()), 'a copy: later changes of the file do not show');
      t.equal(found?.etag, answer.outcome === 'written' && answer.etag);
      t.same(await store.upload('up/big', big), { outcome: 'exists' });
      t.match(await store.upload('up/empty', empty), { outcome: 'written' });
      t.equal((await store.read('up/empty'))?.body.length, 0);
      await t.rejects(store.upload('up/none', join(folder, 'none')), { code: 'FILE_MISSING' });
      t.same((await listed(store, { prefix: '' })).keys, ['up/big', 'up/empty']);
    },
  ],
  [
    'a copy is of exactly the bytes meant, and never over another object',
    async (t, store) => {
      const etag = await put(store, 'from', 'bytes');
      const answer = await store.copy({ size: 1, key: 'from', etag }, 'to/here');
      t.match(answer, { outcome: 'written' });
      const found = await store.read('to/here');
      t.same([text(found?.body), found?.etag], ['bytes', answer.outcome === 'written' && answer.etag]);
      t.same(await store.copy({ size: 1, key: 'from', etag }, 'to/here'), { outcome: 'exists' });
      t.same(await store.copy({ size: 1, key: 'from', etag: 'stale' }, 'to/there'), { outcome: 'changed' });
      t.same(await store.copy({ size: 1, key: 'none', etag }, 'to/there'), { outcome: 'changed' });
      t.equal(await store.read('to/there'), undefined);
      t.match(await store.write('from', bytes('later'), { etag }), { outcome: 'written' });
      t.equal(text((await store.read('to/here'))?.body), 'bytes', 'the copy stands alone');
    },
  ],
  [
    'an object of no bytes is an object',
    async (t, store) => {
      const answer = await store.write('empty', new Uint8Array(), 'absent');
      const object = { key: 'empty', size: 0, etag: answer.outcome === 'written' ? answer.etag : '' };
      t.match(await store.read('empty'), { body: new Uint8Array(), etag: object.etag });
      t.equal((await collected(store.stream(object))).length, 0);
      t.equal((await store.range(object, 0, 8)).length, 0);
      t.match(await store.copy(object, 'copy'), { outcome: 'written' });
      t.same((await listed(store, { prefix: '' })).keys, ['copy', 'empty']);
      t.same(await store.write('empty', bytes('x'), 'absent'), { outcome: 'exists' });
    },
  ],
  [
    'keys S3 cannot hold are refused',
    async (t, store) => {
      for (const key of ['', 'half \ud83d pair']) {
        await t.rejects(store.read(key), { code: 'KEY_UNSUPPORTED' });
        await t.rejects(store.write(key, bytes(''), 'absent'), { code: 'KEY_UNSUPPORTED' });
      }
    },
  ],
];
