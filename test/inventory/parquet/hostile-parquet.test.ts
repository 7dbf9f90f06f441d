/** Parquet that lies: refused with its name, never a wrong number, never more memory than a page may take. */
import { gzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { columnCodecs } from '../../../src/adapters/inventory/column-codecs.js';
import { openParquet } from '../../../src/inventory/parquet/read-parquet.js';
import { readRows, rowsOf, sourceOf } from '../columnar/rows.js';
import {
  type ColumnSpec,
  hybridPacked,
  hybridRun,
  plainLongs,
  plainTexts,
  writeParquet,
} from './write-parquet.js';

const keys = (count: number, more: Partial<ColumnSpec> = {}): ColumnSpec => ({
  ...{ name: 'key', type: 6 },
  pages: [{ values: count, body: plainTexts(Array.from({ length: count }, (_, i) => `k${i}`)) }],
  ...more,
});
const sizes = (values: readonly (number | bigint)[], more: Partial<ColumnSpec> = {}): ColumnSpec => ({
  ...{ name: 'size', type: 2, pages: [{ values: values.length, body: plainLongs(values) }] },
  ...more,
});
const whole = (): Buffer => writeParquet(3, [keys(3), sizes([1, 2, 3])]);

async function refused(t: Test, bytes: Uint8Array, why: RegExp, name: string = String(why)): Promise<void> {
  await t.rejects(readRows(bytes, 'Parquet'), { code: 'COLUMNS_UNREADABLE', message: why }, name);
}

t.test('what is no Parquet, or only a part of one', async (t) => {
  await refused(t, Buffer.alloc(0), /too short/);
  await refused(t, Buffer.from('bucket,key,size\n'.repeat(3)), /does not begin as Parquet/);
  await refused(t, Buffer.concat([Buffer.from('PARE'), whole().subarray(4)]), /encrypted/);
  const bytes = whole();
  const read: number[] = [];
  for (let length = 12; length < bytes.length; length += 1)
    await readRows(bytes.subarray(0, length), 'Parquet').then(
      () => read.push(length),
      (cause: { code?: string }) => cause.code === 'COLUMNS_UNREADABLE' || read.push(length),
    );
  t.same(read, [], 'no length but the whole one is read');
});

t.test('a footer whose length lies', async (t) => {
  for (const length of [0xffff_ffff, 0x8000_0000, 1 << 25, 200]) {
    const bytes = whole();
    bytes.writeUInt32LE(length, bytes.length - 8);
    await refused(t, bytes, /footer/, String(length));
  }
});

t.test('rows that are not there, or more than there are', async (t) => {
  await refused(t, writeParquet(4, [keys(3)]), /fewer values/);
  await refused(t, writeParquet(2, [keys(3)]), /more values/);
  await refused(t, writeParquet(3, [keys(3)], { 3: 7 }), /says 7 rows, its row groups 3/);
  const more = keys(3, { pages: [...keys(3).pages, { values: 1, body: plainTexts(['late']) }] });
  await refused(t, writeParquet(3, [more]), /more values/);
  await refused(t, writeParquet(2 ** 40, [keys(3)]), /fewer values/);
});

t.test('no key column, two of them, a key that is null, and one longer than S3 allows', async (t) => {
  await refused(t, writeParquet(1, [sizes([1])]), /no column "key", only "size"/);
  await refused(t, writeParquet(1, [keys(1), keys(1, { name: 'Key' })]), /the same one/);
  const levels = hybridPacked([1, 0], 1);
  const pages = [{ values: 2, nulls: 1, levels, body: plainTexts(['a']) }];
  await refused(t, writeParquet(2, [keys(2, { isOptional: true, pages })]), /a row has no key/);
  const long = { values: 1, body: plainTexts(['x'.repeat(1025)]) };
  await refused(t, writeParquet(1, [keys(1, { pages: [long] })]), /1025 bytes/);
  const most = { values: 1, body: plainTexts(['x'.repeat(1024)]) };
  t.equal((await readRows(writeParquet(1, [keys(1, { pages: [most] })]), 'Parquet'))[0]!.key.length, 1024);
});

t.test('columns of another type', async (t) => {
  await refused(
    t,
    writeParquet(1, [{ ...sizes([1]), name: 'key' }]),
    /"key" is of type INT64, not BYTE_ARRAY/,
  );
  await refused(
    t,
    writeParquet(1, [keys(1), { ...keys(1), name: 'size' }]),
    /"size" is of type BYTE_ARRAY, not INT64/,
  );
  await refused(t, writeParquet(1, [keys(1), sizes([1], { type: 5 })]), /"size" is of type DOUBLE/);
  await refused(t, writeParquet(1, [keys(1), sizes([1], { converted: 5 })]), /something else/);
  await refused(t, writeParquet(1, [keys(1), sizes([1], { logical: { 8: {} } })]), /something else/);
  await refused(t, writeParquet(1, [keys(1), sizes([1], { repetition: 2 })]), /is a list/);
  await refused(
    t,
    writeParquet(1, [keys(1), sizes([1], { name: 'is_latest' })]),
    /"is_latest" is of type INT64/,
  );
});

t.test('sizes that are negative, or not exact as a number', async (t) => {
  const least = -(2n ** 63n);
  for (const size of [-1, least])
    await refused(t, writeParquet(1, [keys(1), sizes([size])]), /negative/, String(size));
  for (const size of [2n ** 53n, 2n ** 62n])
    await refused(t, writeParquet(1, [keys(1), sizes([size])]), /beyond 2\^53/, String(size));
  const [row] = await readRows(writeParquet(1, [keys(1), sizes([2n ** 53n - 1n])]), 'Parquet');
  t.equal(row!.size, Number.MAX_SAFE_INTEGER);
});

t.test('an index beyond its dictionary, and a dictionary that is missing', async (t) => {
  const dictionary = { kind: 'dictionary', values: 2, body: plainTexts(['a', 'b']) } as const;
  const page = (index: number) => ({
    encoding: 8,
    values: 3,
    body: Buffer.concat([Buffer.of(2), hybridRun(3, index, 2)]),
  });
  await refused(t, writeParquet(3, [keys(3, { pages: [dictionary, page(2)] })]), /names value 2 of 2/);
  await refused(t, writeParquet(3, [keys(3, { pages: [page(0)] })]), /no dictionary/);
  const lying = { ...dictionary, values: 2 ** 30 };
  await refused(t, writeParquet(3, [keys(3, { pages: [lying, page(0)] })]), /dictionary of "key" is cut/);
});

t.test('pages whose lengths lie, and bombs', async (t) => {
  const said = async (said: object, why: RegExp, more: Partial<ColumnSpec> = {}): Promise<void> => {
    const pages = [{ ...keys(3).pages[0]!, said }];
    await refused(t, writeParquet(3, [keys(3, { ...more, pages })]), why, JSON.stringify(said));
  };
  await said({ length: 5 }, /cannot be decompressed/);
  await said({ length: 2 ** 31 }, /longer than this program holds/);
  await said({ stored: 2 ** 31 }, /longer than its column/);
  await said({ length: -1 }, /no count/);
  await said({ crc: 12345 }, /check sum/);
  await said({ length: 4 }, /cannot be decompressed as GZIP/, { codec: 2 });
  const bomb = gzipSync(Buffer.alloc(64 << 20));
  const pages = [{ values: 1, body: bomb, said: { length: 1000 } }];
  await refused(
    t,
    writeParquet(1, [keys(1, { saidCodec: 2, pages })]),
    /cannot be decompressed as GZIP into 1000/,
  );
  const rows = {
    encoding: 8,
    values: 2 ** 40,
    body: Buffer.concat([Buffer.of(1), hybridRun(2 ** 30, 0, 1)]),
  };
  const dictionary = { kind: 'dictionary', values: 1, body: plainTexts(['a']) } as const;
  await refused(t, writeParquet(2 ** 40, [keys(1, { pages: [dictionary, rows] })]), /rows in one page/);
});

t.test('compressions and encodings that are not read are named', async (t) => {
  await refused(t, writeParquet(3, [keys(3, { saidCodec: 3 })]), /compression LZO is not read here/);
  await refused(t, writeParquet(3, [keys(3, { saidCodec: 5 })]), /compression LZ4 is not read here/);
  const pages = [{ ...keys(3).pages[0]!, encoding: 9 }];
  await refused(t, writeParquet(3, [keys(3, { pages })]), /encoding 9/);
});

t.test('a refusal names the file and a byte; what reading itself raises stays what it is', async (t) => {
  const bytes = writeParquet(1, [keys(1), sizes([-5])]);
  await t.rejects(openParquet(sourceOf(bytes, 'data/a\nb.parquet'), columnCodecs).then(rowsOf), {
    message: /^"data\/a\\u000ab.parquet" cannot be read as Parquet: a size is negative: -5, at byte \d+\.$/,
  });
  const lost = new Error('the line was cut');
  const source = { ...sourceOf(bytes), read: async () => Promise.reject(lost) };
  await t.rejects(openParquet(source, columnCodecs), lost);
  const short = { ...sourceOf(bytes), read: async () => new Uint8Array(1) };
  await t.rejects(openParquet(short, columnCodecs), {
    code: 'COLUMNS_UNREADABLE',
    message: /it was changed/,
  });
});
