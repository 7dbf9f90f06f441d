import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { billFiles } from '../../../src/adapters/files/bill-files.js';
import type { BucketwiseError } from '../../../src/kernel/errors.js';
import { parquetOf } from './parquet.js';

const signal = new AbortController().signal;

async function read(
  path: string,
  abort = signal,
): Promise<{ cells: string[][]; at: number[]; word: string }> {
  const cells: string[][] = [];
  const at: number[] = [];
  let word = '';
  await billFiles.read(path, {
    choose: (header, given) => {
      word = given;
      return header.map((_, column) => column);
    },
    take: (row, line) => {
      cells.push([...row]);
      at.push(line);
    },
    progress: () => undefined,
    signal: abort,
  });
  return { cells, at, word };
}

const failure = async (path: string, abort = signal): Promise<BucketwiseError> =>
  read(path, abort).then(
    () => {
      throw new Error(`${path} was read`);
    },
    (error: BucketwiseError) => error,
  );

const csv = `a,b\n${Array.from({ length: 50_000 }, (_, at) => `row ${at},${at}\n`).join('')}`;

t.test('a bill is told by its first bytes, not by its name', async (t) => {
  const dir = t.testdir();
  const files = {
    'plain.gz': Buffer.from(csv),
    'packed.csv': gzipSync(csv),
    'members.csv': Buffer.concat([gzipSync(csv.slice(0, 1000)), gzipSync(csv.slice(1000))]),
  };
  for (const [name, bytes] of Object.entries(files)) {
    writeFileSync(join(dir, name), bytes);
    const { cells, at, word } = await read(join(dir, name));
    t.same(
      [cells.length, cells.at(-1), at.at(-1), word],
      [50_000, ['row 49999', '49999'], 50_001, 'line'],
      name,
    );
  }
});

t.test('Parquet gives every value as exact text', async (t) => {
  const path = join(t.testdir(), 'bill.bin');
  await parquetOf(
    path,
    `select 1.1e-7::double as d, 12345678901234567.0000000001::decimal(38,10) as big, -0.05::decimal(5,2) as small,
       1.5::decimal(18,9) as middle, 9007199254740993::bigint as whole, 'tëxt'::varchar as words,
       timestamp '2026-11-03 05:00:00' as at, null::double as nothing, map {'k': 'v'} as product, true as flag
     union all select 0.1::double + 0.2::double, -1, 0, -0.000000001, -1, '', timestamp '1999-01-01', 2, map {}, false
     order by d`,
  );
  const { cells, at, word } = await read(path);
  t.same([word, at], ['row', [1, 2]]);
  t.same(cells[0], [
    '1.1e-7',
    '12345678901234567.0000000001',
    '-0.05',
    '1.5',
    '9007199254740993',
    'tëxt',
    '2026-11-03T05:00:00.000Z',
    '',
    '',
    'true',
  ]);
  t.same(cells[1]!.slice(0, 5), ['0.30000000000000004', '-1', '0', '-0.000000001', '-1']);
});

t.test('Parquet of many row groups is read in order, in every packing', async (t) => {
  const dir = t.testdir();
  for (const codec of ['snappy', 'zstd', 'gzip', 'uncompressed']) {
    const path = join(dir, codec);
    await parquetOf(
      path,
      'select range as n, (range % 7)::varchar as word, range::decimal(20,4) as amount from range(20000)',
      `compression ${codec}, row_group_size 4096`,
    );
    const { cells, at } = await read(path);
    t.equal(cells.length, 20_000, codec);
    t.ok(
      cells.every(([n, word, amount], row) => n === String(row) && word === String(row % 7) && amount === n),
    );
    t.equal(at.at(-1), 20_000);
  }
});

t.test('gzip that is cut, or that something follows, is refused', async (t) => {
  const dir = t.testdir();
  const packed = gzipSync(csv);
  const files = {
    cut: packed.subarray(0, packed.length - 500),
    'without its end': packed.subarray(0, packed.length - 4),
    'with rows behind': Buffer.concat([packed, Buffer.from('x,1\n')]),
    'not gzip behind the magic': Buffer.concat([Buffer.from([0x1f, 0x8b]), randomBytes(500)]),
  };
  for (const [name, bytes] of Object.entries(files)) {
    writeFileSync(join(dir, name), bytes);
    const { code, message } = await failure(join(dir, name));
    t.equal(code, 'BILL_UNREADABLE', name);
    t.match(message, /gzip/, name);
    t.match(message, join(dir, name));
  }
});

t.test('Parquet that is cut or damaged is refused, never half read', async (t) => {
  const dir = t.testdir();
  const path = join(dir, 'whole');
  await parquetOf(path, 'select range as n, random()::varchar as word from range(5000)');
  const { readFileSync } = await import('node:fs');
  const whole = readFileSync(path);
  const damaged = Buffer.from(whole);
  damaged.fill(0xff, 40, 4000);
  const files = {
    cut: whole.subarray(0, whole.length - 100),
    head: whole.subarray(0, 4),
    'a footer longer than the file': Buffer.concat([
      whole.subarray(0, -8),
      Buffer.from([255, 255, 255, 127]),
      whole.subarray(-4),
    ]),
    'a footer of garbage': Buffer.concat([whole.subarray(0, -300), randomBytes(292), whole.subarray(-8)]),
    damaged,
  };
  for (const [name, bytes] of Object.entries(files)) {
    writeFileSync(join(dir, name), bytes);
    t.equal((await failure(join(dir, name))).code, 'BILL_UNREADABLE', name);
  }
});

t.test('what is no bill at all is named', async (t) => {
  const dir = t.testdir();
  mkdirSync(join(dir, 'folder'));
  const files: Readonly<Record<string, readonly [Uint8Array, RegExp]>> = {
    empty: [new Uint8Array(0), /empty/],
    zip: [Buffer.from('PK\u0003\u0004 and more'), /ZIP/],
    utf16: [Buffer.from('\uFEFFa,b\n1,2\n', 'utf16le'), /UTF-16/],
    zstd: [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0]), /Zstandard/],
    'Parquet in gzip': [gzipSync(Buffer.from('PAR1 and more')), /Parquet needs a file of its own/],
    'gzip in gzip': [gzipSync(gzipSync('a,b\n')), /gzip inside gzip/],
  };
  for (const [name, [bytes, why]] of Object.entries(files)) {
    writeFileSync(join(dir, name), bytes);
    t.match((await failure(join(dir, name))).message, why, name);
  }
  t.match((await failure(join(dir, 'folder'))).message, /folder/);
  t.equal((await failure(join(dir, 'nowhere'))).code, 'FILE_MISSING');
});

t.test('a row that is broken is named by file and line', async (t) => {
  const path = join(t.testdir({ 'bill.csv': 'a,b\n1,2\n3\n' }), 'bill.csv');
  const { code, message } = await failure(path);
  t.equal(code, 'BILL_INVALID');
  t.match(message, `${path}, line 3`);
});

t.test('reading stops when it is interrupted', async (t) => {
  const path = join(t.testdir({ 'bill.csv': csv }), 'bill.csv');
  const stop = new AbortController();
  stop.abort();
  t.equal((await failure(path, stop.signal)).code, 'INTERRUPTED');
});
