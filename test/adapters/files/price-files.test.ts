import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openPriceFolder, rateCards, regions } from '../../../src/adapters/files/price-files.js';

t.test('all 36 Regions are shipped, each with its own file', async (t) => {
  const names = await regions();
  t.equal(names.length, 36);
  for (const name of names) t.match(await rateCards(name), `"${name}"`);
});

t.test('a name that is no Region brings nothing, wherever it points', async (t) => {
  for (const name of ['mars-1', '../package', '..%2fpackage', '', 'us-east-1\0', 'a'.repeat(100_000)])
    t.equal(await rateCards(name), undefined, name);
});

t.test("another folder's files are its own, and what is no Region's file is passed over", async (t) => {
  const dir = t.testdir({
    'eu-west-1.json': 'one',
    'us-gov-west-1.json': 'two',
    'package.json': '{}',
    'notes.txt': '',
  });
  const folder = openPriceFolder(dir);
  t.same(await folder.regions(), ['eu-west-1', 'us-gov-west-1']);
  t.equal(await folder.read('eu-west-1'), 'one');
  t.equal(await folder.read('us-east-1'), undefined);
  t.equal(await folder.read('package'), undefined);
  await folder.replace([{ region: 'eu-west-1', before: 'one', after: 'ONE' }]);
  t.equal(readFileSync(join(dir, 'eu-west-1.json'), 'utf8'), 'ONE');
  t.equal(readFileSync(join(dir, 'us-gov-west-1.json'), 'utf8'), 'two');
});

t.test('a folder that is not there, or is a file, is named', async (t) => {
  const dir = t.testdir({ file: '', 'eu-west-1.json': {} });
  for (const path of ['/nowhere/prices', join(dir, 'file')])
    await t.rejects(openPriceFolder(path).regions(), { code: 'FILE_MISSING', message: path });
  await t.rejects(openPriceFolder(dir).read('eu-west-1'), { code: 'FILE_INVALID' });
});

t.test('without a folder the files are those of the program', async (t) => {
  t.equal(await openPriceFolder(undefined).read('eu-west-1'), await rateCards('eu-west-1'));
});
