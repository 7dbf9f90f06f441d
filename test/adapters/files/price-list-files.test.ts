import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { readPriceList } from '../../../src/adapters/files/price-list-files.js';

const json = '{"offerCode": "AmazonS3"}';
const csv = '"FormatVersion","v1.0"\r\n"SKU","Unit"\r\n"A","two\nlines"\r\n\r\n"B","x"\r\n';

/** The path of a new file that holds `bytes`. */
function holding(t: { testdir(): string }, bytes: string | Buffer, name = 'list'): string {
  const path = join(t.testdir(), name);
  writeFileSync(path, bytes);
  return path;
}

t.test('JSON is read as JSON whatever it is called, also after a byte order mark or gzipped', async (t) => {
  for (const bytes of [json, `\ufeff\n  ${json}`, gzipSync(json)]) {
    const path = holding(t, bytes, 'x.csv');
    t.same(await readPriceList(path), { file: path, kind: 'json', value: { offerCode: 'AmazonS3' } });
  }
  t.match(await readPriceList(holding(t, '[]')), { kind: 'json', value: [] });
});

t.test('anything else is read as CSV: rows with their line, quoted line breaks kept', async (t) => {
  for (const bytes of [csv, `\ufeff${csv}`, gzipSync(csv)]) {
    const list = await readPriceList(holding(t, bytes, 'x.json'));
    const rows = [
      { line: 1, cells: ['FormatVersion', 'v1.0'] },
      { line: 2, cells: ['SKU', 'Unit'] },
      { line: 4, cells: ['A', 'two\nlines'] },
      { line: 6, cells: ['B', 'x'] },
    ];
    if (list.kind !== 'csv') throw new Error('it was not read as CSV');
    t.same(list.head, rows);
    t.same(list.rows(), rows);
  }
});

t.test('the head of a long CSV is its first twenty rows', async (t) => {
  const list = await readPriceList(holding(t, '"a","b"\n'.repeat(50)));
  if (list.kind !== 'csv') throw new Error('it was not read as CSV');
  t.equal(list.head.length, 20);
  t.equal(list.rows().length, 50);
});

const broken: readonly (readonly [string, string | Buffer, RegExp])[] = [
  ['cut JSON', json.slice(0, 12), /: it is not whole JSON: /],
  ['cut CSV', '"a","b"\n"c","d', /: it is neither JSON nor whole CSV: .*line 2/],
  ['cut gzip', gzipSync(json).subarray(0, 20), /: it is damaged gzip \(/],
  ['gzip of nothing', Buffer.from([0x1f, 0x8b, 8, 0]), /: it is damaged gzip \(/],
  [
    'damaged gzip',
    Buffer.concat([gzipSync(json).subarray(0, 15), Buffer.from('xxxxxxxxxxxxxxxx')]),
    /: it is damaged gzip \(/,
  ],
  ['bytes that are no text', Buffer.from([0x7b, 0xff, 0xfe]), /: it is not UTF-8 text\./],
  ['more bytes than allowed', `[${' '.repeat(100)}]`, /: it has more than 101 bytes\./],
  [
    'a bomb',
    gzipSync(`[${' '.repeat(100_000)}]`, { level: 9 }).subarray(0),
    /: (it has more than|it unpacks to more than) 101 bytes/,
  ],
];

for (const [what, bytes, why] of broken)
  t.test(`${what} is refused with its file`, async (t) => {
    const path = holding(t, bytes);
    await t.rejects(readPriceList(path, 101), { code: 'PRICE_LIST_UNREADABLE', message: why });
    await t.rejects(readPriceList(path, 101), { message: path });
  });

t.test('exactly as many bytes as allowed are read, packed and unpacked', async (t) => {
  const text = `[${' '.repeat(99)}]`;
  t.match(await readPriceList(holding(t, text), 101), { value: [] });
  t.match(await readPriceList(holding(t, gzipSync(text)), 101), { value: [] });
  const bomb = holding(t, gzipSync(`[${' '.repeat(100)}]`));
  await t.rejects(readPriceList(bomb, 101), { message: /: it unpacks to more than 101 bytes\./ });
});

t.test('CSV that is cut after the rows of its head is refused when it is read on', async (t) => {
  const list = await readPriceList(holding(t, `${'"a","b"\n'.repeat(30)}"c`));
  if (list.kind !== 'csv') throw new Error('it was not read as CSV');
  t.equal(list.head.length, 20);
  t.throws(() => list.rows(), { code: 'PRICE_LIST_UNREADABLE', message: /neither JSON nor whole CSV/ });
});

t.test('a file that is not there, is a folder, or may not be read is named', async (t) => {
  await t.rejects(readPriceList('/nowhere/x.json'), { code: 'FILE_MISSING', message: /\/nowhere\/x\.json/ });
  await t.rejects(readPriceList(t.testdir()), { code: 'FILE_INVALID' });
});
