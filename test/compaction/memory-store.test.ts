/** The store that other suites lean on keeps the promises of a real one. */
import t from 'tap';
import { conditionsSuite } from '../conformance/conditions.js';
import { type MemoryStore, memoryStore } from './memory-store.js';

await conditionsSuite(t, 'memory', async () => ({ store: memoryStore(), close: async () => undefined }), {
  tags: true,
  tagsOf: async (store, key) => (store as MemoryStore).tags()[key] ?? {},
});

t.test('an upload that was begun is found below its prefix, and gone when it is aborted', async (t) => {
  const store = memoryStore();
  store.begin('a/k', 7);
  store.begin('b/k', 8);
  const [upload, ...others] = await store.uploads('a/');
  t.match(upload, { key: 'a/k', begunAt: 7 });
  t.equal(others.length, 0);
  await store.abort(upload!);
  t.strictSame(await store.uploads('a/'), []);
  t.equal((await store.uploads('b/')).length, 1);
});
