import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import t from 'tap';
import { checkWritable, readText, textExists, writeText } from '../../../src/adapters/files/text-files.js';

t.test('a text is written whole, folders made on the way, and read back', async (t) => {
  const path = join(t.testdir(), 'a', 'b.json');
  await writeText(path, 'one');
  await writeText(path, 'two');
  t.equal(await readText(path), 'two');
  t.same(readdirSync(join(path, '..')), ['b.json'], 'nothing is left beside it');
  t.ok(await textExists(path));
});

t.test(
  'a name that ends in .gz is written compressed, and read by its bytes whatever it is called',
  async (t) => {
    const folder = t.testdir();
    const text = 'é'.repeat(10_000);
    await writeText(join(folder, 'a.json.gz'), text);
    const bytes = await readFile(join(folder, 'a.json.gz'));
    t.ok(bytes.length < 1000);
    t.equal(gunzipSync(bytes).toString(), text);
    t.equal(await readText(join(folder, 'a.json.gz')), text);
    await writeFile(join(folder, 'plainly.json'), bytes);
    t.equal(await readText(join(folder, 'plainly.json')), text);
    for (const broken of [
      bytes.subarray(0, -5),
      Buffer.concat([bytes.subarray(0, 20), bytes.subarray(25)]),
    ]) {
      await writeFile(join(folder, 'broken.gz'), broken);
      await t.rejects(readText(join(folder, 'broken.gz')), {
        code: 'DOCUMENT_UNREADABLE',
        message: /broken\.gz: its gzip data is damaged or cut off/,
      });
    }
  },
);

t.test('a missing file is named', async (t) => {
  await t.rejects(readText('/nowhere/x.json'), { code: 'FILE_MISSING', message: /\/nowhere\/x\.json/ });
});

t.test('a write that fails leaves nothing behind and says where', async (t) => {
  const folder = t.testdir({ file: 'x' });
  await t.rejects(writeText(join(folder, 'file', 'x.json'), 'text'), { message: /x\.json/ });
  t.notOk(existsSync(join(folder, 'file', 'x.json')));
});

t.test('a folder is no file: neither to read nor to write', async (t) => {
  const folder = t.testdir({ inner: {} });
  for (const path of [folder, join(folder, 'inner'), join(folder, 'new/')]) {
    if (!path.endsWith('/')) await t.rejects(readText(path), { code: 'FILE_INVALID', message: /folder/ });
    await t.rejects(checkWritable(path), { code: 'FILE_INVALID', message: /folder/ });
    await t.rejects(writeText(path, 'x'), { code: 'FILE_INVALID', message: /folder/ });
  }
  t.same(readdirSync(folder), ['inner'], 'nothing is left beside them');
});

t.test('a pipe or a device is written to, never replaced by a file', async (t) => {
  const folder = t.testdir();
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const [read] = await Promise.all([readFile(pipe, 'utf8'), writeText(pipe, 'through')]);
  t.equal(read, 'through');
  t.ok(lstatSync(pipe).isFIFO());
  await checkWritable(pipe);
});

t.test('what a symbolic link names is written, and stays as private as it was', async (t) => {
  const folder = t.testdir({ real: 'old', link: t.fixture('symlink', 'real') });
  chmodSync(join(folder, 'real'), 0o600);
  await writeText(join(folder, 'link'), 'new');
  t.equal(await readText(join(folder, 'real')), 'new');
  t.ok(lstatSync(join(folder, 'link')).isSymbolicLink());
  t.equal(statSync(join(folder, 'real')).mode & 0o777, 0o600);
});

t.test(
  'a place nobody may write to is known before the text is',
  { skip: process.getuid?.() === 0 },
  async (t) => {
    const folder = t.testdir();
    chmodSync(folder, 0o500);
    await t.rejects(checkWritable(join(folder, 'a', 'x.json')), { code: 'PERMISSION_DENIED' });
  },
);
