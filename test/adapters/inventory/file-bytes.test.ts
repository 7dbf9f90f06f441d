import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { checkedBytes, checkedText, openChecked } from '../../../src/adapters/inventory/file-bytes.js';
import { openReportBucket, type ReportBucket } from '../../../src/adapters/inventory/report-bucket.js';
import type { FoundFile } from '../../../src/inventory/report-ports.js';
import { md5Of } from '../../inventory/report-files.js';

const text = 'a line of text\n'.repeat(100_000);
const gzip = gzipSync(text);

async function laid(root: string, bytes: Uint8Array, said: { md5?: string; size?: number } = {}) {
  writeFileSync(join(root, 'f'), bytes);
  const bucket = await openReportBucket({ scheme: 'file' }, root);
  const { etag } = (await bucket.look('f'))!;
  const usual = { key: 'data/f', at: 'f', root, etag, size: bytes.length, md5: md5Of(bytes) };
  const file: FoundFile = { ...usual, ...said };
  return { bucket, file, root };
}

async function textOf(bucket: ReportBucket, file: FoundFile): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of checkedText(bucket, file, () => undefined)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString();
}

t.test('a file is read whole, and its bytes are told as they come', async (t) => {
  const { bucket, file } = await laid(t.testdir(), gzip);
  let told = 0;
  for await (const _ of checkedBytes(bucket, file, (count) => {
    told += count;
  }));
  t.equal(told, gzip.length);
  t.equal(await textOf(bucket, file), text);
});

t.test('several gzip members are one text', async (t) => {
  const members = [gzipSync('one\n'), gzipSync(''), gzipSync('two\n')];
  const { bucket, file } = await laid(t.testdir(), Buffer.concat(members));
  t.equal(await textOf(bucket, file), 'one\ntwo\n');
});

const cut = gzip.subarray(0, gzip.length - 20);
const corrupt: readonly (readonly [string, Uint8Array, { md5?: string; size?: number }, RegExp])[] = [
  [
    'other bytes than the manifest vouches for',
    gzip,
    { md5: '0'.repeat(32) },
    /its MD5 is [0-9a-f]{32}, and the manifest says 0{32}/,
  ],
  [
    'more bytes than the manifest says',
    gzip,
    { size: gzip.length - 1 },
    /byte \d+ is refused: it ends there/,
  ],
  ['gzip that ends too early', cut, {}, /the gzip data ends too early/],
  ['gzip without its last byte', gzip.subarray(0, gzip.length - 1), {}, /the gzip data ends too early/],
  ['a second member that ends too early', Buffer.concat([gzip, cut]), {}, /the gzip data ends too early/],
  [
    'something else after the gzip data',
    Buffer.concat([gzip, Buffer.from('more')]),
    {},
    /incorrect header check/,
  ],
  ['zeros after the gzip data', Buffer.concat([gzip, Buffer.alloc(512)]), {}, /something that is not gzip/],
  ['a text that is not compressed', Buffer.from('"lake","a"\n'), {}, /incorrect header check \(gzip\)/],
  ['no bytes at all', Buffer.alloc(0), {}, /the gzip data ends too early/],
];

for (const [what, bytes, said, message] of corrupt)
  t.test(`${what}: refused, with the file and the place`, async (t) => {
    const { bucket, file } = await laid(t.testdir(), bytes, said);
    await t.rejects(textOf(bucket, file), { code: 'INVENTORY_CORRUPT', message });
    await t.rejects(textOf(bucket, file), { message: /^Inventory file "data\/f"/ });
  });

t.test('one flipped bit anywhere in the gzip data is refused', async (t) => {
  const bytes = gzipSync('"lake","a","1"\n'.repeat(50));
  for (const at of [11, bytes.length >> 1, bytes.length - 9, bytes.length - 3]) {
    const other = Buffer.from(bytes);
    other[at]! ^= 4;
    const { bucket, file } = await laid(t.testdir(), other, { md5: md5Of(bytes) });
    await t.rejects(textOf(bucket, file), { code: 'INVENTORY_CORRUPT' });
  }
});

t.test('a file that is replaced while it is read is refused', async (t) => {
  const { bucket, file, root } = await laid(t.testdir(), Buffer.alloc(3_000_000, 1));
  const reading = async (): Promise<void> => {
    let first = true;
    for await (const _ of checkedBytes(bucket, file, () => undefined)) {
      if (first) writeFileSync(join(root, 'f'), Buffer.alloc(3_000_000, 2));
      first = false;
    }
  };
  await t.rejects(reading(), { code: 'INVENTORY_CHANGED', message: /"data\/f" was replaced while/ });
  await t.rejects(reading(), { code: 'INVENTORY_CHANGED' }, 'and before it is read again');
});

t.test(
  'a columnar file is read here and there once all its bytes are right, in place or from a copy',
  async (t) => {
    const bytes = Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 251));
    const { bucket, file, root } = await laid(t.testdir(), bytes);
    const copies = join(root, 'copies');
    mkdirSync(copies);
    for (const folder of [undefined, copies]) {
      const checked = await openChecked(bucket, file, folder, () => undefined);
      t.same(await checked.read(990, 10), bytes.subarray(990));
      t.same(await checked.read(0, 3), bytes.subarray(0, 3));
      await checked.close();
      const other = { ...file, md5: '0'.repeat(32) };
      await t.rejects(
        openChecked(bucket, other, folder, () => undefined),
        { code: 'INVENTORY_CORRUPT' },
      );
    }
  },
);

t.test('two columnar files of equal bytes have a copy each, and no copy is left over', async (t) => {
  const bytes = Buffer.alloc(1_000_000, 7);
  const { bucket, file, root } = await laid(t.testdir(), bytes);
  const copies = join(root, 'copies');
  mkdirSync(copies);
  const first = await openChecked(bucket, file, copies, () => undefined);
  let isRead = async (): Promise<void> => undefined;
  const slow: ReportBucket = {
    ...bucket,
    stream: async function* (object) {
      for await (const piece of bucket.stream(object)) {
        await isRead();
        yield piece;
      }
    },
  };
  isRead = async () => {
    t.equal((await first.read(900_000, 1000)).length, 1000, 'the first is whole while the second comes');
    isRead = () => first.close();
  };
  const second = await openChecked(slow, { ...file, key: 'data/g' }, copies, () => undefined);
  t.same(await second.read(999_990, 100), bytes.subarray(999_990));
  await second.close();
  await t.rejects(openChecked(bucket, { ...file, md5: '0'.repeat(32) }, copies, () => undefined));
  t.same(readdirSync(copies), []);
});

t.test('a columnar file that is replaced between two reads is refused', async (t) => {
  const { bucket, file, root } = await laid(t.testdir(), Buffer.alloc(100, 1));
  const checked = await openChecked(bucket, file, undefined, () => undefined);
  await checked.read(0, 10);
  writeFileSync(join(root, 'f'), Buffer.alloc(101, 2));
  await t.rejects(checked.read(0, 10), { code: 'INVENTORY_CHANGED' });
});
