import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { checkedBytes, openChecked } from '../../../src/adapters/inventory/file-bytes.js';
import type { ReportBucket } from '../../../src/adapters/inventory/report-bucket.js';
import { laid } from './laid-file.js';

const bytes = Buffer.alloc(150_000, 'bytes of a file');

t.test('a file is read whole, and its bytes are told as they come', async (t) => {
  const { bucket, file } = await laid(t.testdir(), bytes);
  let told = 0;
  for await (const _ of checkedBytes(bucket, file, (count) => {
    told += count;
  }));
  t.equal(told, bytes.length);
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
