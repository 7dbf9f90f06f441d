import t from 'tap';
import { type Day, parseDay } from '../../src/kernel/day.js';
import { cardFor } from '../../src/pricing/price-book.js';
import { cardOf } from './card.js';
import { refusal } from './month.js';

const day = (text: string): Day => parseDay(text);
const file = () => ({
  region: 'us-east-1',
  cards: ['2025-01-01', '2025-06-01', '2026-01-01'].map((date) => ({
    ...cardOf('us-east-1'),
    date: day(date),
  })),
});

t.test('the card in force is the last one that has begun', async (t) => {
  for (const [on, wanted] of [
    ['2025-01-01', '2025-01-01'],
    ['2025-05-31', '2025-01-01'],
    ['2025-06-01', '2025-06-01'],
    ['2025-12-31', '2025-06-01'],
    ['2026-01-01', '2026-01-01'],
    ['2099-01-01', '2026-01-01'],
  ] as const)
    t.equal(cardFor(file(), day(on)).date, wanted, on);
});

t.test('before the first card there are no prices', async (t) => {
  t.equal(
    refusal(() => cardFor(file(), day('2024-12-31'))),
    'PRICE_CARD_MISSING: There is no rate card for us-east-1 as early as 2024-12-31; the first is of 2025-01-01.',
  );
});
