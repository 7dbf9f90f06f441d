import t from 'tap';
import { probedKey } from '../../src/compaction/partition.js';
import type { ObjectStore } from '../../src/compaction/ports.js';
import { checkStores } from '../../src/compaction/store-checks.js';
import { raise } from '../../src/kernel/errors.js';
import { fakeWorld, fill, knife, sourceKey, table } from './fake-world.js';

const after = (how: 'keep' | 'tag' | 'delete') => ({ ...table, sources: { ...table.sources, after: how } });
const outcomes = ({ findings }: Awaited<ReturnType<typeof checkStores>>) =>
  findings.map(({ check, outcome }) => `${check} ${outcome}`);
const denied =
  (action: string): (() => Promise<never>) =>
  async () =>
    raise('PERMISSION_DENIED', { action, what: 's3://lake/x' });

t.test(
  'good stores: everything is tried, nothing of the user is changed, and nothing is left but the record',
  async (t) => {
    const expected = {
      keep: [],
      tag: ['source-tag ok'],
      delete: ['source-delete ok'],
    };
    for (const how of ['keep', 'tag', 'delete'] as const) {
      const world = fakeWorld();
      fill(world, [3]);
      const before = world.source.etags();
      const { ignored, findings } = await checkStores(world.ports(), after(how), true);
      t.equal(ignored, null);
      t.same(
        outcomes({ ignored, findings }).sort(),
        [
          'source-list ok',
          'source-read ok',
          'target-conditions ok',
          'target-write ok',
          'target-delete ok',
          ...expected[how],
        ].sort(),
        how,
      );
      t.ok(findings.every(({ todo }) => todo === ''));
      t.same(world.source.etags(), before);
      t.same(world.source.tags(), {});
      t.same(world.target.keys(), [probedKey(table)]);
    }
  },
);

t.test('a delete of sources is tried on a name nobody has, hidden to readers', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  const blade = knife();
  await checkStores(world.ports({ knife: blade }), after('delete'), false);
  const removed = blade.calls.filter(({ store, action }) => store === 'source' && action === 'remove');
  t.match(removed, [{ key: /^raw\/_bucketwise-probe-/ }]);
});

t.test('tags on another bucket are not tried, and the permission is named', async (t) => {
  const { findings } = await checkStores(fakeWorld().ports(), after('tag'), false);
  t.match(
    findings.find(({ check }) => check === 'source-tag'),
    { outcome: 'untried', todo: /s3:PutObjectTagging/ },
  );
});

const refusals: readonly (readonly [string, 'source' | 'target', Partial<ObjectStore>])[] = [
  ['source-read', 'source', { range: denied('s3:GetObject') }],
  ['source-delete', 'source', { remove: denied('s3:DeleteObject') }],
  ['target-write', 'target', { write: denied('s3:PutObject') }],
  ['target-delete', 'target', { remove: denied('s3:DeleteObject') }],
];
for (const [check, store, verbs] of refusals)
  t.test(
    `a refused ${check} is a problem with the permission to grant, and the other checks go on`,
    async (t) => {
      const world = fakeWorld();
      fill(world, [3]);
      const ports = world.ports();
      const found = await checkStores(
        { ...ports, [store]: { ...ports[store], ...verbs } },
        after('delete'),
        false,
      );
      const one = found.findings.find((finding) => finding.check === check);
      t.match(one, {
        outcome: 'problem',
        code: 'PERMISSION_DENIED',
        what: /s3:\w+ on "s3:\/\/lake\/x" was refused$/,
        todo: /^Grant s3:/,
      });
      t.ok(outcomes(found).includes('source-list ok'));
    },
  );

t.test('a source that cannot be listed is a problem; an empty one is none', async (t) => {
  const ports = fakeWorld().ports();
  t.match((await checkStores(ports, table, false)).findings[0], {
    outcome: 'ok',
    what: /nothing lies there yet/,
  });
  // biome-ignore lint/correctness/useYield: it fails before the first page
  const list: ObjectStore['list'] = async function* () {
    raise('BUCKET_MISSING', { bucket: 'raw' });
  };
  const { findings } = await checkStores({ ...ports, source: { ...ports.source, list } }, table, false);
  t.match(findings[0], {
    check: 'source-list',
    outcome: 'problem',
    what: 'There is no bucket "raw" at this endpoint',
  });
  t.notOk(findings.some(({ check }) => check === 'source-read'));
});

t.test('an empty object of the source is not asked for a byte', async (t) => {
  const world = fakeWorld();
  world.source.put(sourceKey(3, 'a.csv'), '');
  const blade = knife();
  await checkStores(world.ports({ knife: blade }), table, false);
  t.notOk(blade.calls.some(({ action }) => action === 'range'));
});
