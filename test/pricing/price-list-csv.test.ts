import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import t from 'tap';
import type { CsvRow } from '../../src/pricing/price-list.js';
import { csvOffers } from '../../src/pricing/price-list-csv.js';
import { fixturePath, places, samples } from './offers.js';

function rowsOf(text: string): CsvRow[] {
  const records = parse(text, { info: true, relax_column_count: true }) as unknown as {
    info: { lines: number };
    record: string[];
  }[];
  return records.map(({ info, record }) => ({ line: info.lines, cells: record }));
}

const text = readFileSync(fixturePath('bulk-offer.csv'), 'utf8');
const read = (rows: readonly CsvRow[]) => csvOffers('list.csv', rows.slice(0, 8), () => rows, places);

t.test('a bulk CSV gives one on-demand price for each SKU, its rows joined and sorted', async (t) => {
  const offers = read(rowsOf(text));
  t.same(
    offers.map(({ sku }) => sku),
    [
      'BWCSVSTANDARD001',
      'BWCSVTIER1000001',
      'BWCSVTIER2000001',
      'BWCSVGLACIER0001',
      'BWCSVTIER3000001',
      'BWCSVTIER4000001',
      'BWCSVNAME0000001',
      'BWCSVPLACE000001',
    ],
  );
  t.same(offers[0], {
    file: 'list.csv',
    offerCode: 'AmazonS3',
    version: '20240603100000',
    publicationDate: '2024-06-03',
    sku: 'BWCSVSTANDARD001',
    usageType: 'EU-TimedStorage-ByteHrs',
    operation: '',
    volumeType: 'Standard',
    region: 'eu-west-1',
    location: 'EU (Ireland)',
    effectiveDate: '2024-06-01',
    unit: 'GB-Mo',
    tiers: [
      { beginRange: '0', endRange: '51200', usd: '0.024' },
      { beginRange: '51200', endRange: '512000', usd: '0.0225' },
      { beginRange: '512000', endRange: 'Inf', usd: '0.02' },
    ],
  });
  t.match(offers.at(-1), { region: '', location: 'Atlantis' });
});

t.test('columns are found by name, in any order, and a Region code wins over the place', async (t) => {
  const rows = rowsOf(text);
  const turned = rows.map(({ line, cells }, at) =>
    at < 4
      ? { line, cells }
      : { line, cells: [at === 4 ? 'Region Code' : 'eu-west-2', ...cells.toReversed()] },
  );
  const [first] = read(turned);
  t.match(first, { sku: 'BWCSVSTANDARD001', region: 'eu-west-2', usageType: 'EU-TimedStorage-ByteHrs' });
});

t.test(
  samples ? 'the captured CSV is read' : 'no captured list is at hand: only our own was read',
  async (t) => {
    if (!samples) {
      t.notOk(samples);
      return;
    }
    const offers = read(rowsOf(readFileSync(join(samples, 'AmazonS3-eu-west-1.index.csv'), 'utf8')));
    t.equal(offers.length, 44);
    t.ok(
      offers
        .slice(0, -1)
        .every(({ region, effectiveDate }) => region === 'eu-west-1' && effectiveDate === '2018-03-01'),
    );
    t.match(offers.at(-1), { sku: 'INVALID REGION', region: '', location: 'UNKNOWN' });
    t.equal(offers.find(({ usageType }) => usageType === 'EU-TimedStorage-RRS-ByteHrs')?.tiers.length, 6);
  },
);

const header = 4;
type Damage = (rows: CsvRow[]) => CsvRow[];
const cell =
  (at: number, name: string, value: string): Damage =>
  (rows) =>
    rows.map((row, n) =>
      n === at
        ? { ...row, cells: row.cells.map((old, c) => (rows[header]!.cells[c] === name ? value : old)) }
        : row,
    );
const without =
  (at: number): Damage =>
  (rows) =>
    rows.filter((_, n) => n !== at);

const damages: readonly (readonly [string, Damage, RegExp])[] = [
  ['no header', without(header), /: the first lines: there is no header with a column SKU/],
  ['nothing at all', () => [], /: the first lines: there is no header with a column SKU/],
  ['no publication date', without(1), /: the first lines: Publication Date is missing/],
  ['no version', without(2), /: the first lines: Version is missing/],
  ['no offer code', without(3), /: the first lines: OfferCode is missing/],
  [
    'another service',
    (rows) => rows.map((row, n) => (n === 3 ? { ...row, cells: ['OfferCode', 'AmazonEC2'] } : row)),
    /: OfferCode: it is the price list of "AmazonEC2"/,
  ],
  [
    'a publication date that is none',
    (rows) => rows.map((row, n) => (n === 1 ? { ...row, cells: ['Publication Date', 'x'] } : row)),
    /: Publication Date: "x" is not a publication date/,
  ],
  [
    'a column that is missing',
    cell(header, 'Currency', 'Money'),
    /: line 5: the column "Currency" is missing/,
  ],
  ['a column twice', cell(header, 'Currency', 'Unit'), /: line 5: two columns have the same name/],
  [
    'a row that is cut',
    (rows) => rows.map((row, n) => (n === 8 ? { ...row, cells: row.cells.slice(0, 3) } : row)),
    /: line 13: it has 3 cells, not 19 as the header/,
  ],
  [
    'a row that is too long',
    (rows) => rows.map((row, n) => (n === 8 ? { ...row, cells: [...row.cells, ''] } : row)),
    /: line 13: it has 20 cells, not 19 as the header/,
  ],
  ['yuan', cell(8, 'Currency', 'CNY'), /: SKU BWCSVTIER1000001: its currency is CNY, not USD/],
  ['an exponent', cell(8, 'PricePerUnit', '5e-6'), /: SKU BWCSVTIER1000001: its price "5e-6" is not a plain/],
  ['a tier that is lost', without(7), /: SKU BWCSVSTANDARD001: its tiers have a gap at 512000/],
  [
    'a SKU of two meters',
    cell(6, 'usageType', 'EU-Other'),
    /: line 9: usageType of SKU BWCSVSTANDARD001 is "EU-Other", before it was "EU-TimedStorage-ByteHrs"/,
  ],
  ['a SKU of two places', cell(6, 'Location', 'x'), /: line 9: Location of SKU BWCSVSTANDARD001 is "x"/],
  ['a SKU of two operations', cell(6, 'operation', 'x'), /: line 9: operation of SKU/],
  ['a SKU of two volumes', cell(6, 'Volume Type', 'x'), /: line 9: Volume Type of SKU/],
  ['a SKU of two days', cell(6, 'EffectiveDate', '2024-01-01'), /: line 9: EffectiveDate of SKU/],
];

for (const [what, damage, why] of damages)
  t.test(`a CSV with ${what} is refused by line, column or SKU`, async (t) => {
    t.throws(() => read(damage(rowsOf(text))), { code: 'PRICE_LIST_INVALID', message: why });
  });

t.test('the list of another service is refused before its rows are read', async (t) => {
  const head = rowsOf(text).map((row, n) => (n === 3 ? { ...row, cells: ['OfferCode', 'AmazonEC2'] } : row));
  const rows = () => t.fail('the rows were read') as unknown as CsvRow[];
  t.throws(() => csvOffers('list.csv', head, rows, places), { code: 'PRICE_LIST_INVALID' });
});
