import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parseDay } from '../../src/kernel/day.js';
import { parsePriceFile } from '../../src/pricing/price-file.js';
import { priceFileText } from '../../src/pricing/price-file-text.js';
import { priceText } from './card.js';

const regions = readdirSync(join(import.meta.dirname, '..', '..', 'pricing')).map((name) =>
  name.replace('.json', ''),
);

t.test('each of the 36 files that is read is written byte for byte', async (t) => {
  t.equal(regions.length, 36);
  for (const region of regions) {
    const text = priceText(region);
    t.ok(priceFileText(parsePriceFile(text, region)) === text, region);
  }
});

t.test('several cards are written oldest first, one price a line, and read back the same', async (t) => {
  const file = parsePriceFile(priceText('us-east-1'), 'us-east-1.json');
  const [card] = file.cards;
  const two = { ...file, cards: [card!, { ...card!, date: parseDay('2027-01-01'), checks: [] }] };
  const text = priceFileText(two);
  t.same(parsePriceFile(text, 'x'), two);
  t.match(text, ' }, {\n  "date": "2027-01-01",\n');
  t.equal(text.split('\n').filter((line) => line.startsWith('    "put": {"unit":"request",')).length, 20);
});
