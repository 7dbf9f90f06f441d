import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { HIDDEN_FOLDER } from '../../../src/adapters/files/key-path.js';
import { openFileStore } from '../../../src/adapters/files/object-store.js';

function emptyRoot(t: Test): string {
  const root = mkdtempSync(join(tmpdir(), 'bucketwise-writing-'));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const startProcess = (script: string, ...args: readonly string[]): ChildProcess =>
  spawn(process.execPath, ['--import=tsx', join(import.meta.dirname, script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
const ended = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve) => child.once('close', resolve));

t.test('four processes that add to one counter lose no addition', async (t) => {
  const root = emptyRoot(t);
  const codes = await Promise.all(
    Array.from({ length: 4 }, () => ended(startProcess('counting-process.ts', root, '25'))),
  );
  t.same(codes, [0, 0, 0, 0]);
  t.equal(readFileSync(join(root, 'counter'), 'utf8'), '100');
});

t.test(
  'a process killed while it writes leaves whole objects only, and the next one can go on',
  async (t) => {
    const root = emptyRoot(t);
    const child = startProcess('writing-process.ts', root);
    let seen = 0;
    child.stdout?.on('data', (dots: Buffer) => {
      seen += dots.length;
      if (seen > 10) child.kill('SIGKILL');
    });
    await ended(child);
    const store = openFileStore({ root });
    let objects = 0;
    for await (const page of store.list({ prefix: '' }))
      for (const { key } of page.objects) {
        const { body } = (await store.read(key)) ?? { body: new Uint8Array() };
        t.ok(body.length === 1_000_000 && body.every((byte) => byte === body[0]), key);
        objects += 1;
      }
    t.ok(objects > 10);
    const etag = (await store.read('pointer'))?.etag ?? '';
    t.match(await store.write('pointer', bytes('after'), { etag }), { outcome: 'written' });
  },
);

t.test('after a write nothing unfinished is left', async (t) => {
  const root = emptyRoot(t);
  const store = openFileStore({ root });
  const answer = await store.write('a/b', bytes('x'), 'absent');
  await store.write('a/b', bytes('y'), 'absent');
  await store.write('a/b', bytes('z'), { etag: answer.outcome === 'written' ? answer.etag : '' });
  await store.copy({ size: 1, key: 'a/b', etag: 'stale' }, 'c');
  await t.rejects(store.upload('d', join(root, 'none')), { code: 'FILE_MISSING' });
  t.same(readdirSync(join(root, HIDDEN_FOLDER)), []);
  t.same(readdirSync(root).sort(), [HIDDEN_FOLDER, 'a']);
});

t.test('what a killed process left is removed after a day, and locks are not', async (t) => {
  const root = emptyRoot(t);
  mkdirSync(join(root, HIDDEN_FOLDER));
  for (const name of ['new-1', 'lock-1-0']) writeFileSync(join(root, HIDDEN_FOLDER, name), '');
  const real = Date.now;
  t.teardown(() => {
    Date.now = real;
  });
  await openFileStore({ root }).write('x', bytes('x'), 'absent');
  t.same(readdirSync(join(root, HIDDEN_FOLDER)).sort(), ['lock-1-0', 'new-1'], 'not yet');
  Date.now = () => real() + 86_400_001;
  await openFileStore({ root }).write('y', bytes('y'), 'absent');
  t.same(readdirSync(join(root, HIDDEN_FOLDER)), ['lock-1-0']);
});

t.test('a missing root is made by the first write only where it may be missing', async (t) => {
  const root = join(emptyRoot(t), 'new/root');
  const strict = openFileStore({ root });
  await t.rejects(strict.read('x'), { code: 'FILE_MISSING' });
  await t.rejects(strict.write('x', bytes('x'), 'absent'), { code: 'FILE_MISSING' });
  const store = openFileStore({ root, create: true });
  t.equal(await store.read('x'), undefined);
  t.same(await store.write('x', bytes('x'), { etag: 'e' }), { outcome: 'changed' });
  t.notOk(existsSync(root), 'neither makes it');
  t.match(await store.write('a/b/x', bytes('x'), 'absent'), { outcome: 'written' });
  t.equal(readFileSync(join(root, 'a/b/x'), 'utf8'), 'x');
});

t.test('where a folder or a file of another kind stands, an object cannot be', async (t) => {
  const store = openFileStore({ root: emptyRoot(t) });
  await store.write('a/b', bytes('x'), 'absent');
  await t.rejects(store.write('a', bytes('x'), 'absent'), { code: 'KEY_UNSUPPORTED' });
  await t.rejects(store.write('a/b/c', bytes('x'), 'absent'), { code: 'KEY_UNSUPPORTED' });
  t.same(await store.write('a', bytes('x'), { etag: 'e' }), { outcome: 'changed' });
});

t.test('no verb goes through a symbolic link', async (t) => {
  const outside = emptyRoot(t);
  writeFileSync(join(outside, 'secret'), 'secret');
  const root = emptyRoot(t);
  symlinkSync(outside, join(root, 'way'));
  symlinkSync(join(outside, 'secret'), join(root, 'file'));
  symlinkSync(join(outside, 'to-be-made'), join(root, 'dangling'));
  const store = openFileStore({ root });
  const refusal = { code: 'KEY_UNSUPPORTED' };
  const local = join(outside, 'secret');
  for (const key of ['way/secret', 'file', 'dangling']) {
    const object = { key, size: 1, etag: 'e' };
    await t.rejects(store.read(key), refusal, key);
    await t.rejects(store.range(object, 0, 1), refusal);
    await t.rejects(store.stream(object)[Symbol.asyncIterator]().next(), refusal);
    await t.rejects(store.write(key, bytes('x'), 'absent'), refusal);
    await t.rejects(store.write(key, bytes('x'), { etag: 'e' }), refusal);
    await t.rejects(store.upload(key, local), refusal);
    await t.rejects(store.copy(object, 'copy'), refusal);
    await t.rejects(store.copy({ size: 1, key: 'none', etag: 'e' }, key), refusal);
  }
  await t.rejects(store.write('way/new/deep', bytes('x'), 'absent'), refusal);
  t.same(readdirSync(outside), ['secret'], 'nothing was made outside');
  rmSync(join(root, HIDDEN_FOLDER), { recursive: true, force: true });
  symlinkSync(outside, join(root, HIDDEN_FOLDER));
  await t.rejects(store.write('x', bytes('x'), 'absent'), refusal, 'not even for unfinished files');
  t.same(readdirSync(outside), ['secret']);
});

t.test('every write has an etag of its own, within one tick of the clock too', async (t) => {
  const store = openFileStore({ root: emptyRoot(t) });
  const etags = new Set<string>();
  let answer = await store.write('k', bytes('same'), 'absent');
  for (let i = 0; i < 50 && answer.outcome === 'written'; i++) {
    etags.add(answer.etag);
    answer = await store.write('k', bytes('same'), { etag: answer.etag });
  }
  t.equal(etags.size, 50);
});

t.test('an object somebody else edits in place is another object', async (t) => {
  const root = emptyRoot(t);
  const store = openFileStore({ root });
  const answer = await store.write('k', bytes('same'), 'absent');
  const etag = answer.outcome === 'written' ? answer.etag : '';
  writeFileSync(join(root, 'k'), 'SAME');
  utimesSync(join(root, 'k'), 1, 1);
  await t.rejects(store.range({ key: 'k', etag }, 0, 1), { code: 'OBJECT_CHANGED' });
  t.same(await store.write('k', bytes('x'), { etag }), { outcome: 'changed' });
});

t.test('a read-only file is uploaded and the object can be read', async (t) => {
  const root = emptyRoot(t);
  const local = join(emptyRoot(t), 'local');
  writeFileSync(local, 'x');
  chmodSync(local, 0o400);
  const store = openFileStore({ root });
  t.match(await store.upload('k', local), { outcome: 'written' });
  t.equal((await store.read('k'))?.body.length, 1);
});

t.test('a folder that may not be written is PERMISSION_DENIED', async (t) => {
  const root = emptyRoot(t);
  chmodSync(root, 0o555);
  const privileged = process.geteuid?.() === 0;
  if (privileged) process.seteuid?.(65534);
  try {
    await t.rejects(openFileStore({ root }).write('k', bytes('x'), 'absent'), {
      code: 'PERMISSION_DENIED',
      details: { action: 'write', what: 'k' },
    });
  } finally {
    if (privileged) process.seteuid?.(0);
    chmodSync(root, 0o755);
  }
});
