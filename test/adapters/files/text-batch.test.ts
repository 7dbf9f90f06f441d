import { readdirSync, readFileSync, renameSync } from 'node:fs';
import type { rename } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { replaceTexts } from '../../../src/adapters/files/text-batch.js';

const replacement = (folder: string, name: string, before: string, after: string) => ({
  path: join(folder, name),
  before,
  after,
});

t.test('several files are replaced, and nothing is left beside them', async (t) => {
  const folder = t.testdir({ a: 'one', b: 'two', c: 'three' });
  await replaceTexts([replacement(folder, 'a', 'one', 'ONE'), replacement(folder, 'b', 'two', 'TWO')]);
  t.same(readdirSync(folder), ['a', 'b', 'c']);
  t.same(
    ['a', 'b', 'c'].map((name) => readFileSync(join(folder, name), 'utf8')),
    ['ONE', 'TWO', 'three'],
  );
});

t.test('when one of them was changed by somebody else, none is replaced', async (t) => {
  const folder = t.testdir({ a: 'one', b: 'other' });
  await t.rejects(
    replaceTexts([replacement(folder, 'a', 'one', 'ONE'), replacement(folder, 'b', 'two', 'TWO')]),
    { code: 'CONDITION_FAILED', message: new RegExp(`"${join(folder, 'b')}" changed`) },
  );
  t.same(readdirSync(folder), ['a', 'b']);
  t.equal(readFileSync(join(folder, 'a'), 'utf8'), 'one');
});

t.test('when one of them cannot be written beside, none is replaced', async (t) => {
  const folder = t.testdir({ a: 'one', file: 'x' });
  await t.rejects(
    replaceTexts([
      replacement(folder, 'a', 'one', 'ONE'),
      { path: join(folder, 'file', 'b'), before: '', after: 'TWO' },
    ]),
    { message: /file\/b/ },
  );
  t.same(readdirSync(folder), ['a', 'file']);
  t.equal(readFileSync(join(folder, 'a'), 'utf8'), 'one');
});

t.test('when one of them is gone, none is replaced', async (t) => {
  const folder = t.testdir({ a: 'one' });
  await t.rejects(
    replaceTexts([replacement(folder, 'a', 'one', 'ONE'), replacement(folder, 'b', 'two', 'TWO')]),
    { code: 'FILE_MISSING' },
  );
  t.equal(readFileSync(join(folder, 'a'), 'utf8'), 'one');
  t.same(readdirSync(folder), ['a']);
});

t.test('a rename that fails puts back the files before it', async (t) => {
  const folder = t.testdir({ a: 'one', b: 'two', c: 'three' });
  const path = (name: string) => join(folder, name);
  const moved: string[] = [];
  const move = async (from: string, to: string) => {
    moved.push(to);
    if (to === path('b')) throw Object.assign(new Error('the disk is gone'), { code: 'EIO' });
    renameSync(from, to);
  };
  const files = [
    replacement(folder, 'a', 'one', 'ONE'),
    replacement(folder, 'b', 'two', 'TWO'),
    replacement(folder, 'c', 'three', 'THREE'),
  ];
  await t.rejects(replaceTexts(files, move as typeof rename), {
    code: 'STORE_FAILED',
    message: `write on "${path('b')}" failed: the disk is gone.`,
  });
  t.same(moved, [path('a'), path('b')]);
  t.same(readdirSync(folder), ['a', 'b', 'c']);
  t.same(
    ['a', 'b', 'c'].map((name) => readFileSync(path(name), 'utf8')),
    ['one', 'two', 'three'],
  );
});
