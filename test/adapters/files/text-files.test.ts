import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readText, textExists, writeText } from '../../../src/adapters/files/text-files.js';

t.test('a text is written whole, folders made on the way, and read back', async (t) => {
  const path = join(t.testdir(), 'a', 'b.json');
  await writeText(path, 'one');
  await writeText(path, 'two');
  t.equal(await readText(path), 'two');
  t.same(readdirSync(join(path, '..')), ['b.json'], 'nothing is left beside it');
  t.ok(await textExists(path));
});

t.test('a missing file is named', async (t) => {
  await t.rejects(readText('/nowhere/x.json'), { code: 'FILE_MISSING', message: /\/nowhere\/x\.json/ });
});

t.test('a write that fails leaves nothing behind and says where', async (t) => {
  const folder = t.testdir({ file: 'x' });
  await t.rejects(writeText(join(folder, 'file', 'x.json'), 'text'), { message: /x\.json/ });
  t.notOk(existsSync(join(folder, 'file', 'x.json')));
});
