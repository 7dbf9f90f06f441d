/** What every object store must do to bytes that are to go or to be replaced: one suite, run over each of them. */
import type { Test } from 'tap';
import type { ObjectStore } from '../../src/compaction/ports.js';

export type OpenConditions = () => Promise<{
  readonly store: ObjectStore;
  readonly close: () => Promise<void>;
}>;

export interface Abilities {
  /** A folder has no tags. */
  readonly tags: boolean;
  /** Tags of an object, read past the port. */
  readonly tagsOf?: (store: ObjectStore, key: string) => Promise<Record<string, string>>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textAt = async (store: ObjectStore, key: string): Promise<string | undefined> => {
  const found = await store.read(key);
  return found && new TextDecoder().decode(found.body);
};

async function put(store: ObjectStore, key: string, body = key): Promise<string> {
  const answer = await store.write(key, bytes(body), 'absent');
  if (answer.outcome !== 'written') throw new Error(`${key} was there before`);
  return answer.etag;
}

export async function conditionsSuite(
  t: Test,
  name: string,
  open: OpenConditions,
  { tags, tagsOf }: Abilities,
): Promise<void> {
  const check = (sentence: string, act: (t: Test, store: ObjectStore) => Promise<void>) =>
    t.test(`${name}: ${sentence}`, async (t) => {
      const { store, close } = await open();
      t.teardown(close);
      await act(t, store);
    });

  await check('exactly the bytes meant are removed', async (t, store) => {
    const etag = await put(store, 'd/k', 'first');
    const other = await put(store, 'd/kk', 'other');
    t.equal(await store.remove({ key: 'd/k', etag: 'stale' }), 'changed');
    t.equal(await store.remove({ key: 'd/k', etag: other }), 'changed');
    t.equal(await textAt(store, 'd/k'), 'first');
    t.equal(await store.remove({ key: 'd/k', etag }), 'removed');
    t.equal(await store.read('d/k'), undefined);
    t.equal(await store.remove({ key: 'd/k', etag }), 'gone');
    t.equal(await store.remove({ key: 'd/none/k', etag }), 'gone');
    t.equal(await textAt(store, 'd/kk'), 'other', 'its neighbour stays');
    t.match(await store.write('d/k', bytes('again'), 'absent'), { outcome: 'written' });
  });

  await check('bytes that were replaced are not removed', async (t, store) => {
    const etag = await put(store, 'k', 'first');
    const now = await store.write('k', bytes('second'), { etag });
    t.equal(await store.remove({ key: 'k', etag }), 'changed');
    t.equal(await textAt(store, 'k'), 'second');
    t.equal(await store.remove({ key: 'k', etag: now.outcome === 'written' ? now.etag : '' }), 'removed');
  });

  await check('a copy over bytes replaces those only', async (t, store) => {
    const from = { key: 'from', size: 9, etag: await put(store, 'from', 'new bytes') };
    const etag = await put(store, 'to', 'old');
    t.same(await store.copy(from, 'to', { etag: 'stale' }), { outcome: 'exists' });
    t.same(await store.copy(from, 'none', { etag }), { outcome: 'exists' }, 'nothing is there to replace');
    t.same(await store.copy({ ...from, etag: 'stale' }, 'to', { etag }), { outcome: 'changed' });
    t.same(await store.copy({ size: 1, key: 'gone', etag }, 'to', { etag }), { outcome: 'changed' });
    t.equal(await textAt(store, 'to'), 'old');
    const answer = await store.copy(from, 'to', { etag });
    t.match(answer, { outcome: 'written' });
    t.match(await store.read('to'), {
      body: Buffer.from('new bytes'),
      etag: answer.outcome === 'written' ? answer.etag : '',
    });
    t.same(await store.copy(from, 'to', { etag }), { outcome: 'exists' }, 'once');
    t.equal(await store.read('none'), undefined);
  });

  await check('nobody has begun an upload', async (t, store) => {
    await put(store, 'a/k');
    t.strictSame(await store.uploads('a/'), []);
  });

  if (!tags) {
    await check('a tag is refused', async (t, store) => {
      const etag = await put(store, 'k');
      await t.rejects(store.tag({ key: 'k', etag }, { name: 'a', value: 'b' }), { code: 'STORE_FAILED' });
    });
    return;
  }

  await check('exactly the bytes meant are tagged, and keep the tags they have', async (t, store) => {
    const etag = await put(store, 'k');
    const tag = { name: 'bucketwise', value: 'compacted' };
    t.equal(await store.tag({ key: 'k', etag: 'stale' }, tag), 'changed');
    t.equal(await store.tag({ key: 'none', etag }, tag), 'gone');
    t.equal(await store.tag({ key: 'k', etag }, { name: 'team', value: 'web' }), 'tagged');
    t.equal(await store.tag({ key: 'k', etag }, tag), 'tagged');
    t.equal(await store.tag({ key: 'k', etag }, tag), 'tagged', 'twice is once');
    t.equal((await store.read('k'))?.etag, etag, 'the bytes are the same');
    t.strictSame(await tagsOf?.(store, 'k'), { team: 'web', bucketwise: 'compacted' });
  });
}
