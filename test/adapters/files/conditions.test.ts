import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { openFileStore } from '../../../src/adapters/files/object-store.js';
import { conditionsSuite } from '../../conformance/conditions.js';

await conditionsSuite(
  t,
  'a folder',
  async () => {
    const root = await mkdtemp(join(tmpdir(), 'bucketwise-store-'));
    return { store: openFileStore({ root }), close: () => rm(root, { recursive: true }) };
  },
  { tags: false },
);

t.test('of 20 that remove and 20 that replace the same bytes exactly one has its way', async (t) => {
  const root = t.testdir({});
  for (let round = 0; round < 10; round++) {
    const key = `k${round}`;
    const store = openFileStore({ root });
    const first = await store.write(key, Buffer.from('first'), 'absent');
    const etag = first.outcome === 'written' ? first.etag : '';
    const ends = await Promise.all(
      Array.from({ length: 40 }, async (_, at) =>
        at % 2 === 0
          ? await store.remove({ key, etag })
          : (await store.write(key, Buffer.from(String(at)), { etag })).outcome,
      ),
    );
    t.equal(ends.filter((end) => end === 'removed' || end === 'written').length, 1, `round ${round}`);
    t.equal((await store.read(key)) === undefined, ends.includes('removed'));
  }
});
