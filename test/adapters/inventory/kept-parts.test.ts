import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openKeptParts } from '../../../src/adapters/inventory/kept-parts.js';

const file = (key: string, md5 = '0'.repeat(32)) => ({ key, md5, size: 9, etag: 'e', root: '/r', at: key });
const result = {
  part: { sums: new Float64Array([1, 2]), big: 3n },
  rows: 5,
  bytes: 9,
  columns: [],
  unknownColumns: [],
};

t.test('a part is given back as it was kept, to the same scan only', async (t) => {
  const folder = join(t.testdir(), 'scan.json.partial');
  const kept = openKeptParts<typeof result.part>(folder, ['report a', 'options']);
  t.equal(await kept.read(file('1')), undefined);
  await kept.keep(file('1'), result);
  t.same(await kept.read(file('1')), result);
  t.equal(await kept.read(file('2')), undefined);
  t.equal(
    await kept.read(file('1', 'f'.repeat(32))),
    undefined,
    'the same key with other bytes is another file',
  );
  t.equal(await openKeptParts(folder, ['report b', 'options']).read(file('1')), undefined);
});

t.test(
  'a changed manifest begins anew: the parts of the other scan go when its first one comes',
  async (t) => {
    const folder = join(t.testdir(), 'partial');
    await openKeptParts(folder, ['a']).keep(file('1'), result);
    await openKeptParts(folder, ['b']).keep(file('2'), result);
    t.equal(await openKeptParts(folder, ['a']).read(file('1')), undefined);
    t.equal(readdirSync(folder).length, 1);
  },
);

t.test('a part that was cut or changed is no part', async (t) => {
  const folder = join(t.testdir(), 'partial');
  const kept = openKeptParts(folder, ['a']);
  await kept.keep(file('1'), result);
  const path = join(folder, readdirSync(folder)[0]!);
  const bytes = readFileSync(path);
  for (const other of [bytes.subarray(0, 40), bytes.subarray(0, 5), Buffer.alloc(0)]) {
    writeFileSync(path, other);
    t.equal(await kept.read(file('1')), undefined);
  }
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(path, bytes);
  t.equal(await kept.read(file('1')), undefined);
});

t.test('what is dropped leaves nothing behind, but what somebody else put there', async (t) => {
  const folder = join(t.testdir(), 'partial');
  const kept = openKeptParts(folder, ['a']);
  await kept.keep(file('1'), result);
  await kept.drop();
  t.notOk(existsSync(folder));
  await kept.drop();
  await openKeptParts(folder, ['a']).keep(file('1'), result);
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  await openKeptParts(folder, ['a']).drop();
  t.same(readdirSync(folder), ['notes.txt']);
});
