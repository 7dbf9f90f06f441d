import { gzipSync } from 'node:zlib';
import t from 'tap';
import type { ReportBucket } from '../../../src/adapters/inventory/report-bucket.js';
import { scanFile } from '../../../src/adapters/inventory/scan-file.js';
import { openTally } from '../../../src/inventory/inventory-tally.js';
import type { FoundFile } from '../../../src/inventory/report-ports.js';
import { prefixTreeDefaults } from '../../../src/prefixes/prefix-tree.js';
import { md5Of } from '../../inventory/report-files.js';
import { laid } from './laid-file.js';

const gzip = gzipSync('a line of text\n'.repeat(100_000));

/** Tables of the usual size take longer to lay than these files to read. */
const limits = { slots: 5, rows: 4, folders: 4, folderTextBytes: 40, sampleTextBytes: 60 };

async function rowsOf({ bucket, file }: { bucket: ReportBucket; file: FoundFile }): Promise<number> {
  const tally = openTally({ prefix: '', ...prefixTreeDefaults, versions: 'all' }, limits);
  const reading = { bucket, folder: undefined, tally, tell: () => undefined };
  return (await scanFile({ file, format: 'CSV', columns: ['Key'] }, reading)).rows;
}

t.test('a file in gzip is read whole', async (t) => {
  t.equal(await rowsOf(await laid(t.testdir(), gzip)), 100_000);
});

t.test('several gzip members are one text', async (t) => {
  const members = [gzipSync('one\n'), gzipSync(''), gzipSync('two\n')];
  t.equal(await rowsOf(await laid(t.testdir(), Buffer.concat(members))), 2);
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
    /something that is not gzip follows/,
  ],
  ['zeros after the gzip data', Buffer.concat([gzip, Buffer.alloc(512)]), {}, /something that is not gzip/],
  ['a text that is not compressed', Buffer.from('"lake","a"\n'), {}, /incorrect header check \(gzip\)/],
  ['no bytes at all', Buffer.alloc(0), {}, /the gzip data ends too early/],
];

for (const [what, bytes, said, message] of corrupt)
  t.test(`${what}: refused, with the file and the place`, async (t) => {
    const there = await laid(t.testdir(), bytes, said);
    await t.rejects(rowsOf(there), { code: 'INVENTORY_CORRUPT', message });
    await t.rejects(rowsOf(there), { message: /^Inventory file "data\/f"/ });
  });

t.test('one flipped bit anywhere in the gzip data is refused', async (t) => {
  const bytes = gzipSync('"lake","a","1"\n'.repeat(50));
  for (const at of [11, bytes.length >> 1, bytes.length - 9, bytes.length - 3]) {
    const other = Buffer.from(bytes);
    other[at]! ^= 4;
    const there = await laid(t.testdir(), other, { md5: md5Of(bytes) });
    await t.rejects(rowsOf(there), { code: 'INVENTORY_CORRUPT' });
  }
});
