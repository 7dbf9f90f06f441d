import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { bucketwise, json, root } from '../e2e/bucketwise.js';

const list = (name: string): string => join(root, 'test', 'fixtures', 'prices', name);
const bulk = list('bulk-offer.json');

function book(t: { testdir(): string }): string {
  const dir = join(t.testdir(), 'book');
  mkdirSync(dir);
  for (const region of ['us-east-1', 'eu-west-1'])
    cpSync(join(root, 'pricing', `${region}.json`), join(dir, `${region}.json`));
  return dir;
}

const texts = (dir: string) =>
  Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), 'utf8')]));

t.test(
  'an import without --yes shows what would change on stderr, writes nothing and ends with 5',
  async (t) => {
    const dir = book(t);
    const before = texts(dir);
    const { code, out, err } = await bucketwise(['prices', 'import', bulk, '--dir', dir]);
    t.equal(code, 5);
    t.equal(out, '');
    t.match(err, /STANDARD\.get +request +\$0\.0000004 +\$0\.00000041 +\+2\.50 %/);
    t.match(err, /Total +\$[\d,.]+ +\$[\d,.]+ +−\$/);
    t.match(err, 'UNCONFIRMED: Changing 2 price files was not confirmed.');
    t.same(texts(dir), before);
  },
);

t.test(
  'with --yes it writes; the cards are then shown by month, checked, and the same list changes nothing',
  async (t) => {
    const dir = book(t);
    const written = await bucketwise(['prices', 'import', bulk, '--dir', dir, '--yes', '--json']);
    t.equal(written.code, 0, written.err);
    t.match(json(written), {
      schemaVersion: 1,
      written: true,
      regions: [{}, { outcome: 'new-card', card: '2027-01-01' }],
    });
    t.match(written.err, '2 price files were written.');
    const after = texts(dir);
    const price = async (month: string): Promise<string> => {
      const shown = await bucketwise([
        'prices',
        'show',
        '--dir',
        dir,
        '--region',
        'us-east-1',
        '--month',
        month,
        '-o',
        'csv',
      ]);
      return shown.out.split('\r\n').find((line) => line.includes(',STANDARD.get,'))!;
    };
    t.match(await price('2026-12'), '2025-10-22,STANDARD.get,request,Inf,0.0000004,');
    t.match(
      await price('2027-01'),
      '2027-01-01,STANDARD.get,request,Inf,0.00000041,Requests-Tier2,,BWTIER2000000001,',
    );
    const check = await bucketwise(['prices', 'check', '--dir', dir]);
    t.equal(check.code, 0, check.err);
    t.match(check.out, /us-east-1 +2025-10-22 +2 /);
    const again = await bucketwise(['prices', 'import', bulk, '--dir', dir]);
    t.equal(again.code, 0, again.err);
    t.match(again.err, 'Nothing to do');
    t.same(texts(dir), after);
  },
);

t.test('--region takes one Region or several, and the lists may come gzipped and by stdin', async (t) => {
  const dir = book(t);
  const packed = join(dir, 'list');
  writeFileSync(packed, gzipSync(readFileSync(bulk)));
  const one = await bucketwise([
    'prices',
    'import',
    packed,
    '--dir',
    dir,
    '--yes',
    '--json',
    '--region',
    'us-east-1',
  ]);
  t.same(
    (json(one).regions as { region: string }[]).map(({ region }) => region),
    ['us-east-1'],
  );
  const args = ['prices', 'import', '-', list('deep-archive-offer.json'), '--dir', dir, '--yes', '--json'];
  const two = await bucketwise([...args, '--region', 'us-east-1', '--region', 'eu-west-1'], {
    input: readFileSync(bulk, 'utf8'),
  });
  t.same(
    (json(two).regions as { region: string }[]).map(({ region }) => region),
    ['eu-west-1', 'us-east-1'],
    two.err,
  );
});

t.test('check with --max-age ends with 4 and names the Regions, the table all the same', async (t) => {
  const { code, out, err } = await bucketwise(['prices', 'check', '--max-age', '1d']);
  t.equal(code, 4);
  t.match(out, /mx-central-1 +2025-10-22/);
  t.match(err, /PRICE_CARD_STALE: The prices of af-south-1, /);
  t.equal((await bucketwise(['prices', 'check', '--max-age', '36500d', '-o', 'json'])).code, 0);
});

t.test('show takes the Region of the environment, and every form', async (t) => {
  for (const format of ['table', 'json', 'csv', 'md']) {
    const environment = { AWS_REGION: 'ap-northeast-2' };
    const { code, out } = await bucketwise(['prices', 'show', '-o', format], { environment });
    t.equal(code, 0, format);
    t.match(out, 'APN2-TimedStorage-ByteHrs', format);
  }
});

const wrong: readonly (readonly [string, readonly string[], string | Buffer, RegExp])[] = [
  [
    'cut JSON',
    [],
    readFileSync(bulk).subarray(0, 5000),
    /PRICE_LIST_UNREADABLE: .*list: it is not whole JSON/,
  ],
  [
    'cut CSV',
    [],
    readFileSync(list('bulk-offer.csv')).subarray(0, 2000),
    /PRICE_LIST_UNREADABLE: .*list: it is neither/,
  ],
  [
    'gzip that is none',
    [],
    Buffer.from([0x1f, 0x8b, 1, 2, 3]),
    /PRICE_LIST_UNREADABLE: .*list: it is damaged gzip/,
  ],
  ['an unknown Region', ['--region', 'mars-1'], readFileSync(bulk), /REGION_UNKNOWN: .*"mars-1"/],
  ['a day that is none', ['--date', '2027-02-30'], readFileSync(bulk), /DAY_INVALID: "2027-02-30"/],
  ['an output it does not have', ['-o', 'html', '--yes'], readFileSync(bulk), /FORMAT_UNKNOWN/],
  [
    'another currency',
    [],
    readFileSync(bulk, 'utf8').replace('"USD": "0.0000004100"', '"CNY": "0.0000004100"'),
    /PRICE_LIST_INVALID: .*list: SKU BWTIER2000000001: its currency is CNY, not USD\.\nNothing was written\./,
  ],
  [
    'two prices of one meaning',
    [],
    readFileSync(bulk, 'utf8').replace('"INTAAS3ObjectOverhead"', '"Standard"'),
    /PRICE_LIST_INVALID: .*two prices for STANDARD\.storage/,
  ],
  [
    '50 MB of another service',
    [],
    `{"offerCode": "AmazonEC2", "version": "1", "publicationDate": "2027-01-01", "terms": {}, "products": {"x": "${'x'.repeat(50e6)}"}}`,
    /PRICE_LIST_INVALID: .*list: the file: it is the price list of "AmazonEC2"/,
  ],
  [
    '50 MB of CSV of another service',
    [],
    `"Version","1"\n"Publication Date","2027-01-01"\n"OfferCode","AmazonEC2"\n"SKU","Unit"\n${'"x","y"\n'.repeat(6e6)}`,
    /PRICE_LIST_INVALID: .*list: OfferCode: it is the price list of "AmazonEC2"/,
  ],
];

for (const [what, args, bytes, message] of wrong)
  t.test(`${what}: refused with exit 2, and nothing is written`, async (t) => {
    const dir = book(t);
    const path = join(t.testdirName, 'list');
    writeFileSync(path, bytes);
    const before = texts(dir);
    const yes = args.includes('--yes') ? [] : ['--yes'];
    const { code, out, err } = await bucketwise(['prices', 'import', path, '--dir', dir, ...yes, ...args]);
    t.equal(code, 2, err);
    t.equal(out, '');
    t.match(err, message);
    t.notMatch(err, /\n\s+at /);
    t.same(texts(dir), before);
  });
