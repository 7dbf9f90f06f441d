import t from 'tap';
import { checksumOf, filePlaces, isManifest, manifestPlace } from '../../src/inventory/manifest-place.js';

t.test('an address is a manifest by its name', async (t) => {
  t.ok(isManifest('s3://reports/inv/lake/all/2026-11-24T01-00Z/manifest.json'));
  t.ok(isManifest('file:///data/may_manifest.json'));
  t.notOk(isManifest('s3://reports/inv/'));
  t.notOk(isManifest('file:///data/manifest.json/'));
});

t.test('a manifest is one object, not a folder', async (t) => {
  t.same(manifestPlace('s3://reports/a/manifest.json'), {
    scheme: 's3',
    bucket: 'reports',
    key: 'a/manifest.json',
  });
  t.same(manifestPlace('file:///a%20b/manifest.json'), { scheme: 'file', path: '/a b/manifest.json' });
  t.equal(checksumOf('a/manifest.json'), 'a/manifest.checksum');
});

t.test(
  'a folder above the manifest stands for the bucket where the key begins as the way to the manifest',
  async (t) => {
    t.same(filePlaces('/copy/inv/lake/all/2026/manifest.json', 'inv/lake/all/data/1.csv.gz'), [
      { root: '/copy', key: 'inv/lake/all/data/1.csv.gz' },
      { root: '/copy/inv/lake/all/2026', key: '1.csv.gz' },
    ]);
  },
);

t.test('where a name occurs twice on the way, the nearer folder is looked at first', async (t) => {
  t.same(
    filePlaces('/inv/inv/lake/2026/manifest.json', 'inv/lake/data/1.orc').map(({ root }) => root),
    ['/inv', '/', '/inv/inv/lake/2026'],
  );
});

t.test('a hostile key reaches no folder that the report does not lie in', async (t) => {
  t.same(filePlaces('/home/me/report/manifest.json', 'etc/passwd'), [
    { root: '/home/me/report', key: 'passwd' },
  ]);
  t.same(filePlaces('/home/me/report/manifest.json', '../../../etc/passwd'), [
    { root: '/home/me/report', key: 'passwd' },
  ]);
  t.same(filePlaces('/manifest.json', 'a/b'), [{ root: '/', key: 'b' }]);
});
