/** The spool hands on the bytes a source holds, keeps a copy only of what was read to its end, and knows gzip by its bytes. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { openFileStore } from '../../../src/adapters/files/object-store.js';
import { openSpool } from '../../../src/adapters/files/spool.js';
import type { ObjectStore, StoredObject } from '../../../src/compaction/ports.js';

async function spooled(t: Test, body: Uint8Array, keeps = true) {
  const dir = t.testdir();
  const store = openFileStore({ root: join(dir, 'source'), create: true });
  const folder = join(dir, 'spool');
  const put = await store.write('k.csv', body, 'absent');
  if (put.outcome !== 'written') throw new Error(put.outcome);
  const source: StoredObject = { key: 'k.csv', size: body.length, etag: put.etag };
  return { source, folder, spool: openSpool(store, folder, undefined, keeps) };
}

async function all(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk.slice());
  return Buffer.concat(chunks).toString('utf8');
}

const text = 'a,b\n'.repeat(100_000);
const bodies: readonly (readonly [string, Uint8Array])[] = [
  ['plain bytes', Buffer.from(text)],
  ['gzip', gzipSync(text)],
  ['gzip of several members', Buffer.concat([gzipSync(text.slice(0, 1000)), gzipSync(text.slice(1000))])],
];
for (const [what, body] of bodies)
  t.test(`${what} come out as text, and the copy is the same`, async (t) => {
    const { source, spool } = await spooled(t, body);
    t.equal(await all(spool.stream(source, 'auto')), text);
    t.equal(await readFile(spool.pathOf(source), 'utf8'), text);
  });

t.test('a copy that waits for the disk many times leaves no listeners behind', async (t) => {
  const { source, spool } = await spooled(t, Buffer.alloc(4 * 1024 * 1024, 'a,b\n'));
  const warned: Error[] = [];
  const warn = (warning: Error): void => void warned.push(warning);
  process.on('warning', warn);
  await all(spool.stream(source, 'auto'));
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', warn);
  t.same(warned, []);
});

t.test('an object of nothing is nothing', async (t) => {
  const { source, spool } = await spooled(t, new Uint8Array());
  t.equal(await all(spool.stream(source, 'auto')), '');
  t.equal(await readFile(spool.pathOf(source), 'utf8'), '');
});

for (const [what, body, why] of [
  ['half of a gzip file', gzipSync(text).subarray(0, 200), /unexpected end of file/],
  ['a gzip file with a changed byte', Buffer.from(gzipSync(text)).fill(0, 60, 70), /./],
  [
    'a gzip file with text after it',
    Buffer.concat([gzipSync(text), Buffer.from('no gzip')]),
    /header check|follows the gzip data/,
  ],
  [
    'a gzip file padded with zeros',
    Buffer.concat([gzipSync('a,b\n'), Buffer.alloc(512)]),
    /header check|follows the gzip data/,
  ],
  [
    'a gzip file with much after it',
    Buffer.concat([gzipSync('a,b\n'), Buffer.alloc(1 << 20, 'x')]),
    /header check|follows the gzip data/,
  ],
] as const)
  t.test(`${what} is corrupt, and no copy is kept`, async (t) => {
    const { source, folder, spool } = await spooled(t, body);
    await t.rejects(all(spool.stream(source, 'auto')), { code: 'SOURCE_CORRUPT', message: why });
    t.notOk((await readdir(folder)).some((name) => name.endsWith('.csv')));
  });

t.test('with compression none, gzip bytes are bytes', async (t) => {
  const { source, spool } = await spooled(t, gzipSync('x'));
  t.not(await all(spool.stream(source, 'none')), 'x');
});

t.test('a reader that stops early leaves no copy that looks whole', async (t) => {
  const { source, folder, spool } = await spooled(t, Buffer.from(text));
  for await (const _ of spool.stream(source, 'auto')) break;
  t.notOk((await readdir(folder)).some((name) => name.endsWith('.csv')));
  await spool.release([source]);
  t.same(await readdir(folder), []);
});

t.test('a key says nothing about where its copy lies', async (t) => {
  const { folder, spool } = await spooled(t, new Uint8Array());
  t.equal(join(spool.pathOf({ key: '../../x', size: 1, etag: 'e' }), '..'), folder);
});

const full = { skip: existsSync('/dev/full') ? false : 'there is no /dev/full here' };
t.test('a disk that takes nothing more is an error, not a wait without end', full, async (t) => {
  const { source, folder, spool } = await spooled(t, Buffer.alloc(4 * 1024 * 1024, 'a,b\n'));
  await mkdir(folder);
  await symlink('/dev/full', `${spool.pathOf(source)}.partial`);
  await t.rejects(all(spool.stream(source, 'auto')), { code: 'STORE_FAILED', message: /ENOSPC/ });
});

t.test('a reader that stops early leaves no source open', async (t) => {
  const folder = t.testdir();
  let open = 0;
  const store = {
    async *stream() {
      open += 1;
      try {
        for (;;) yield Buffer.alloc(1 << 16, 'a,b\n');
      } finally {
        open -= 1;
      }
    },
  } as unknown as ObjectStore;
  for await (const _ of openSpool(store, folder).stream({ key: 'k', size: 9, etag: 'e' }, 'auto')) break;
  t.equal(open, 0);
});

t.test(
  'for an engine that reads elsewhere nothing is kept, and what is rewritten is asked for again',
  async (t) => {
    const { source, folder, spool } = await spooled(t, gzipSync(text), false);
    t.equal(await all(spool.stream(source, 'auto')), text);
    t.notOk(existsSync(folder) && existsSync(spool.pathOf(source)));
    await mkdir(folder, { recursive: true });
    const path = await spool.rewritten(source, async function* (bytes) {
      for await (const chunk of bytes) yield Buffer.from(chunk.toString().replaceAll('a', 'c'));
    });
    t.equal(await readFile(path, 'utf8'), text.replaceAll('a', 'c'));
    await spool.release([source]);
    t.same(await readdir(folder), []);
  },
);
