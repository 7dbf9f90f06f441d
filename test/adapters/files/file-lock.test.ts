import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { deathWatch, locked, ownerText } from '../../../src/adapters/files/file-lock.js';

function lockPath(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'bucketwise-lock-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return join(folder, 'lock');
}

t.test('the lock is held during the act only, also when the act fails', async (t) => {
  const path = lockPath(t);
  t.equal(
    await locked(path, () => existsSync(`${path}-0`) || readdirSync(join(path, '..')).join()),
    'lock-0',
  );
  await t.rejects(
    locked(path, () => {
      throw new Error('act');
    }),
    { message: 'act' },
  );
  t.same(readdirSync(join(path, '..')), []);
});

t.test('a dead holder is stepped over and its lock left where it is', async (t) => {
  const path = lockPath(t);
  const { pid } = spawnSync(process.execPath, ['-e', '0']);
  symlinkSync(`x ${ownerText(pid)}`, `${path}-0`);
  symlinkSync(`y ${ownerText(pid)}`, `${path}-1`);
  t.equal(await locked(path, () => readdirSync(join(path, '..')).join()), 'lock-0,lock-1,lock-2');
  t.same(readdirSync(join(path, '..')), ['lock-0', 'lock-1']);
});

t.test('a process that bears the number of a dead holder is not taken for it', async (t) => {
  const path = lockPath(t);
  const [pid, , ...machine] = ownerText(process.pid).split(' ');
  symlinkSync(`x ${pid} 1 ${machine.join(' ')}`, `${path}-0`);
  const answer = locked(path, () => 'mine', 50);
  if (process.platform === 'linux') t.equal(await answer, 'mine');
  else await t.rejects(answer, { code: 'STORE_FAILED' });
});

t.test('a living holder is waited for, and after a while named', async (t) => {
  const path = lockPath(t);
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  t.teardown(() => child.kill('SIGKILL'));
  symlinkSync(`x ${ownerText(child.pid!)}`, `${path}-0`);
  await t.rejects(
    locked(path, () => 'never', 50),
    { code: 'STORE_FAILED', details: { what: `${path}-0` } },
  );
  setTimeout(() => rmSync(`${path}-0`), 30);
  t.equal(await locked(path, () => 'after it'), 'after it');
});

t.test('a holder on another machine is taken to be alive', async (t) => {
  const path = lockPath(t);
  symlinkSync('x 999999 1 elsewhere boot pid:[1]', `${path}-0`);
  await t.rejects(
    locked(path, () => 'never', 50),
    { code: 'STORE_FAILED' },
  );
  t.ok(readdirSync(join(path, '..')).includes('lock-0'));
});

t.test('who holds a claim is dead only where the machine is known for itself', async (t) => {
  const { pid } = spawnSync(process.execPath, ['-e', '0']);
  const ended = ownerText(pid);
  t.equal(deathWatch({}, 'a boot id')(ended), true);
  t.equal(deathWatch({}, 'a boot id')(ownerText(process.pid)), false);
  const [number, start] = ended.split(' ');
  t.equal(deathWatch({}, 'a boot id')(`${number} ${start} another machine, boot or container`), false);
  t.equal(deathWatch({ AWS_LAMBDA_FUNCTION_NAME: 'compaction' }, 'of the snapshot')(ended), false);
  t.equal(deathWatch({}, '')(ended), false, 'two machines may have one name');
});
