import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { openFileStore } from '../../../src/adapters/files/object-store.js';
import { metered } from '../../../src/adapters/wrap/metered.js';

const body = new TextEncoder().encode('x');

async function meteredFolder(t: Test) {
  const root = await mkdtemp(join(tmpdir(), 'bucketwise-metered-'));
  t.teardown(() => rm(root, { recursive: true }));
  return { ...metered(openFileStore({ root })), root };
}

async function drained(items: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const item of items) count += item === undefined ? 0 : 1;
  return count;
}

t.test('every page is a LIST, an empty one too', async (t) => {
  const { store, requests, root } = await meteredFolder(t);
  await drained(store.list({ prefix: 'none/' }));
  t.same(requests(), { put: 0, get: 0, list: 1 });
  for (let i = 0; i < 1001; i++) await writeFile(join(root, String(i)), '');
  t.equal(await drained(store.list({ prefix: '' })), 2);
  t.same(requests(), { put: 0, get: 0, list: 3 });
  for await (const page of store.list({ prefix: '' })) {
    t.equal(page.objects.length, 1000);
    break;
  }
  t.same(requests(), { put: 0, get: 0, list: 4 }, 'a page not asked for is not counted');
});

t.test('refused and missing are billed as done and found', async (t) => {
  const { store, requests } = await meteredFolder(t);
  await store.write('k', body, 'absent');
  await store.write('k', body, 'absent');
  await store.write('k', body, { etag: 'stale' });
  t.same(requests(), { put: 3, get: 0, list: 0 });
  await store.read('k');
  await store.read('missing');
  await t.rejects(store.range({ key: 'k', etag: 'stale' }, 0, 1), { code: 'OBJECT_CHANGED' });
  t.same(requests(), { put: 3, get: 3, list: 0 });
  const gone = metered(openFileStore({ root: '/nonexistent' }));
  await t.rejects(drained(gone.store.list({ prefix: '' })), { code: 'FILE_MISSING' });
  t.same(gone.requests(), { put: 0, get: 0, list: 1 });
});

t.test('a stream costs when it is read, a copy is a HEAD and a COPY', async (t) => {
  const { store, requests } = await meteredFolder(t);
  const answer = await store.write('k', body, 'absent');
  const object = { key: 'k', size: 1, etag: answer.outcome === 'written' ? answer.etag : '' };
  const stream = store.stream(object);
  t.same(requests(), { put: 1, get: 0, list: 0 });
  t.equal(await drained(stream), 1);
  t.same(requests(), { put: 1, get: 1, list: 0 });
  await store.copy(object, 'copy');
  t.same(requests(), { put: 2, get: 2, list: 0 });
});

t.test('a delete is free but for the look before it, a tag is a PUT and three looks', async (t) => {
  const { store, requests } = await meteredFolder(t);
  const gone = { key: 'gone', etag: 'e' };
  await store.remove(gone, 'unseen');
  t.same(requests(), { put: 0, get: 0, list: 0 });
  await store.remove(gone);
  t.same(requests(), { put: 0, get: 1, list: 0 });
  await t.rejects(store.tag(gone, { name: 'a', value: 'b' }), { code: 'STORE_FAILED' });
  t.same(requests(), { put: 1, get: 4, list: 0 });
  await store.uploads('');
  await store.abort({ key: 'k', id: 'u', begunAt: 0 });
  t.same(requests(), { put: 1, get: 4, list: 1 });
});
