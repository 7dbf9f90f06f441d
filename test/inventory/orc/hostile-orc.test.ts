/** ORC that lies: refused with its name, never a wrong number, never more memory than a chunk may take. */
import t, { type Test } from 'tap';
import { columnCodecs } from '../../../src/adapters/inventory/column-codecs.js';
import { openOrc } from '../../../src/inventory/orc/read-orc.js';
import { readRows, rowsOf, sourceOf } from '../columnar/rows.js';
import { type Column, type Settings, type Values, writeOrc } from './write-orc.js';

const key: Column = { name: 'key', kind: 'string' };
const size: Column = { name: 'size', kind: 'bigint' };
const coded: Column = { name: 'storage_class', kind: 'string', encoding: 'dictionary' };
const keys = ['a', 'b', 'c'];
const write = (lies: Settings['lies'] = {}, more: Partial<Settings> = {}): Buffer =>
  writeOrc([key, size, coded], [keys, [1, 2, 3], ['X', 'Y', 'X']], { ...more, lies });

async function refused(t: Test, bytes: Uint8Array, why: RegExp, name: string = String(why)): Promise<void> {
  await t.rejects(readRows(bytes, 'ORC'), { code: 'COLUMNS_UNREADABLE', message: why }, name);
}
const file = (columns: readonly Column[], values: readonly Values[]): Buffer => writeOrc(columns, values);

t.test('what is no ORC, or only a part of one', async (t) => {
  await refused(t, Buffer.alloc(0), /too short/);
  await refused(t, Buffer.from('bucket,key,size\n'.repeat(3)), /does not begin as ORC/);
  const bytes = write();
  t.equal((await readRows(bytes, 'ORC')).length, 3);
  const read: number[] = [];
  for (let length = 5; length < bytes.length; length += 1)
    await readRows(bytes.subarray(0, length), 'ORC').then(
      () => read.push(length),
      (cause: { code?: string }) => cause.code === 'COLUMNS_UNREADABLE' || read.push(length),
    );
  t.same(read, [], 'no length but the whole one is read');
});

t.test('places and lengths that lie outside of the file, or of a stripe', async (t) => {
  await refused(t, write({ footerLength: 2 ** 31 }), /footer cannot have/);
  await refused(t, write({ stripeOffset: 2 ** 40 }), /stripe 1 lies outside/);
  await refused(t, write({ dataLength: 2 ** 31 }), /stripe 1 lies outside/);
  await refused(t, write({ dataLength: 5 }), /./, 'a stripe that is shorter than its streams');
});

t.test('rows that are not there, or more than there are', async (t) => {
  await refused(t, write({ rows: 7 }), /says 7 rows, its stripes hold 3/);
  await refused(t, write({ rows: 4, stripeRows: 4 }), /fewer/);
  await refused(t, write({ rows: 2, stripeRows: 2 }), /more values/);
  await refused(t, write({ rows: 2 ** 50, stripeRows: 2 ** 50 }), /fewer/);
});

t.test('no key column, two of them, and a key that is null', async (t) => {
  await refused(t, file([size], [[1]]), /no column "key", only "size"/);
  await refused(t, file([key, { ...key, name: 'KEY' }], [['a'], ['b']]), /the same one/);
  await refused(t, file([key], [['a', null]]), /a row has no key/);
  await refused(t, file([key], [['x'.repeat(1025)]]), /1025 bytes/);
  t.equal((await readRows(file([key], [['x'.repeat(1024)]]), 'ORC'))[0]!.key.length, 1024);
});

t.test('columns of another type', async (t) => {
  await refused(t, file([{ ...size, name: 'key' }], [[1]]), /"key" is of type bigint, not string/);
  await refused(
    t,
    file([key, { ...key, name: 'Size' }], [['a'], ['5']]),
    /"Size" is of type string, not bigint/,
  );
  await refused(t, file([key, { ...size, kind: 'timestamp' }], [['a'], [5000]]), /of type timestamp/);
  await refused(
    t,
    file([key, { ...size, name: 'is_latest' }], [['a'], [1]]),
    /"is_latest" is of type bigint/,
  );
});

t.test('sizes that are negative, or not exact as a number', async (t) => {
  await refused(t, file([key, size], [keys, [1, -1, 3]]), /negative: -1/);
  await refused(t, file([key, size], [['a'], [2 ** 53]]), /beyond 2\^53/);
  await refused(t, file([key, size], [['a'], [-(2 ** 53)]]), /negative/);
  const [row] = await readRows(file([key, size], [['a'], [Number.MAX_SAFE_INTEGER]]), 'ORC');
  t.equal(row!.size, Number.MAX_SAFE_INTEGER);
});

t.test('an index beyond its dictionary, and a dictionary larger than its stripe', async (t) => {
  const indexes = (kind: string, column: number, bytes: Uint8Array): Uint8Array =>
    kind === 'data' && column === 3 ? Buffer.of(0x46, 2, 9, 0) : bytes;
  await refused(t, write({ stream: indexes }), /names value 9 of 2/);
  // Two indexes, the first 0 and the second one less.
  const below = (kind: string, column: number, bytes: Uint8Array): Uint8Array =>
    kind === 'data' && column === 1 ? Buffer.of(0xc0, 1, 0, 1) : bytes;
  const texts: Column = { ...key, encoding: 'dictionary' };
  for (const text of ['', 'a'])
    await refused(t, writeOrc([texts], [[text, text]], { lies: { stream: below } }), /names value -1 of 1/);
  await refused(t, write({ dictionarySize: 2 ** 31 }), /2147483648 texts for 3 rows/);
  await refused(t, write({ dictionarySize: 3 }), /fewer numbers/);
  const more = (kind: string, column: number, bytes: Uint8Array): Uint8Array =>
    kind === 'data' && column === 3 ? Buffer.concat([bytes, Buffer.of(0x40, 0, 0)]) : bytes;
  await refused(t, write({ stream: more }), /more values/);
});

t.test('streams that are cut, too long, or say another length', async (t) => {
  for (const [column, kind] of [
    [1, 'data'],
    [1, 'length'],
    [2, 'data'],
    [3, 'data'],
    [3, 'length'],
    [3, 'dictionary'],
  ] as const) {
    const cut = (its: string, at: number, bytes: Uint8Array): Uint8Array =>
      its === kind && at === column ? bytes.subarray(0, bytes.length - 1) : bytes;
    for (const compression of ['NONE', 'ZLIB'] as const)
      await refused(t, write({ stream: cut }, { compression }), /fewer|cut/, `${kind} of column ${column}`);
  }
  const long = (kind: string, column: number, bytes: Uint8Array): Uint8Array =>
    kind === 'data' && column === 1 ? Buffer.concat([bytes, Buffer.from('d')]) : bytes;
  await refused(t, write({ stream: long }), /more values/);
  const lengths = (kind: string, column: number, bytes: Uint8Array): Uint8Array =>
    kind === 'length' && column === 1 ? Buffer.of(0x7e, 2, ...Buffer.alloc(24, 0x7f)) : bytes;
  await refused(t, write({ stream: lengths }), /bytes, and none in S3 has more/);
});

t.test('chunks that lie, and bombs', async (t) => {
  // The first stream begins after the magic: its chunk gets a length of its own.
  const chunk = (...header: number[]): Buffer => {
    const bytes = write({}, { chunkBytes: 4096 });
    bytes.set(header, 3);
    return bytes;
  };
  await refused(t, chunk(0xff, 0xff, 0xff), /longer than its stream/);
  const zeros = ['\0'.repeat(1000), '\0'.repeat(1000), '\0'.repeat(1000)];
  const bomb = (blockBytes: number): Buffer =>
    writeOrc([key], [zeros], { chunkBytes: 1 << 18, lies: { blockBytes } });
  t.equal((await readRows(bomb(3000), 'ORC')).length, 3);
  await refused(t, bomb(2999), /a chunk cannot be decompressed as ZLIB/);
  await refused(t, bomb(2 ** 31), /chunks are said to hold 2147483648 bytes/);
  await refused(t, bomb(0), /chunks are said to hold 0 bytes/);
});

t.test('compressions that are not read are named', async (t) => {
  await refused(t, write({ compression: 3 }), /compression LZO is not read here/);
  await refused(t, write({ compression: 77 }), /compression number 77/);
});

t.test('a refusal names the file; what reading itself raises stays what it is', async (t) => {
  const bytes = file([key, size], [['a'], [-5]]);
  await t.rejects(openOrc(sourceOf(bytes, 'data/a\nb.orc'), columnCodecs).then(rowsOf), {
    message: /^"data\/a\\u000ab.orc" cannot be read as ORC: a size is negative: -5, at byte \d+\.$/,
  });
  const lost = new Error('the line was cut');
  await t.rejects(
    openOrc({ ...sourceOf(bytes), read: async () => Promise.reject(lost) }, columnCodecs),
    lost,
  );
});
