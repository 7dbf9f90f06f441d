/** Folders of local copies are swept when their process is dead for certain, and only then. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ownerText } from '../../../src/adapters/files/file-lock.js';
import { makeLocalFolder } from '../../../src/adapters/files/local-folder.js';

function folderOf(parent: string, name: string, owner?: string): string {
  const folder = join(parent, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'copy.csv'), 'id\n');
  if (owner !== undefined) writeFileSync(join(folder, '.owner'), owner);
  return folder;
}

t.test('a new folder names its process and is found by it', async (t) => {
  const parent = t.testdir({});
  const folder = await makeLocalFolder(parent);
  t.match(folder, new RegExp(`bucketwise-${process.pid}-\\w{6}$`));
  t.strictSame(readdirSync(folder), ['.owner']);
  await makeLocalFolder(parent);
  t.equal(readdirSync(parent).length, 2, 'of the living nothing is swept');
});

t.test('what a dead process left is swept by the next; all else stays', async (t) => {
  const parent = t.testdir({});
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const dead = ownerText(process.pid).replace(/^\d+ \S+/, `${pid} 1`);
  const left = folderOf(parent, `bucketwise-${pid}-abcdef`, dead);
  const kept = [
    folderOf(parent, 'bucketwise-1-abcdef', ownerText(process.pid)),
    folderOf(parent, 'bucketwise-2-abcdef', `${dead} on another machine`),
    folderOf(parent, 'bucketwise-3-abcdef'),
    folderOf(parent, 'bucketwise-s3-abcdef', dead),
    folderOf(parent, 'other', dead),
  ];
  await makeLocalFolder(parent);
  t.notOk(existsSync(left));
  for (const folder of kept) t.ok(existsSync(join(folder, 'copy.csv')), folder);
});

t.test('a place that cannot be written to is named', async (t) => {
  await t.rejects(makeLocalFolder(join(t.testdir({}), 'none')), { message: /TMPDIR, for local copies/ });
});
