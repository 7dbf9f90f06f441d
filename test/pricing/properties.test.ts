import fc from 'fast-check';
import t from 'tap';
import { exactly, quantity, type Unit } from '../../src/kernel/quantity.js';
import {
  addUsd,
  compareUsd,
  scaleUsd,
  subtractUsd,
  sumUsd,
  type Usd,
  usdFromText,
  zeroUsd,
} from '../../src/kernel/usd.js';
import { monthlyBill, pricedMonth } from '../../src/pricing/monthly-bill.js';
import { allPrices, type Price } from '../../src/pricing/rate-card.js';
import { priced } from '../../src/pricing/tiers.js';
import type { Usage } from '../../src/pricing/usage.js';
import { type UsageDocument, usageFromDocument } from '../../src/pricing/usage-document.js';
import { anyLists, anyUsage, months, wholeLists } from './any-usage.js';
import { cardOf } from './card.js';
import { fullCard, fullDocument } from './full-document.js';
import { usage } from './month.js';

const seed = Number(process.env.BUCKETWISE_SEED ?? Date.now() % 2 ** 31);
t.comment(`the random usages come from BUCKETWISE_SEED=${seed}`);
const holds = <T>(arbitrary: fc.Arbitrary<T>, law: (value: T) => void, numRuns = 100): void =>
  fc.assert(fc.property(arbitrary, law), { seed, numRuns });

const equal = (found: Usd, wanted: Usd, what: string): void => {
  if (found.toString() !== wanted.toString()) throw new Error(`${what}: ${found}, not ${wanted}`);
};
const must = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(what);
};
const isWithin = (gap: Usd, most: string): boolean =>
  compareUsd(gap, usdFromText(most)) <= 0 && compareUsd(subtractUsd(zeroUsd, gap), usdFromText(most)) <= 0;
const card = fullCard();

t.test(
  'a total is exactly the sum of its lines in any order, of its sections, and a line of its tiers',
  async () => {
    holds(anyUsage, (given) => {
      const { total, lines, sections } = monthlyBill(given, card);
      const amounts = lines.map((line) => line.amount);
      equal(total, sumUsd(amounts.toReversed()), 'lines');
      equal(total, sumUsd(Object.values(sections)), 'sections');
      for (const line of lines) {
        equal(line.amount, sumUsd(line.tiers.map((tier) => tier.amount)), line.name);
        const whole = sumUsd(line.tiers.map((tier) => usdFromText(tier.quantity.toString())));
        const quantity = usdFromText(line.quantity.toString());
        equal(whole, quantity, `quantity of ${line.name}`);
      }
    });
  },
);

t.test('no amount carries an exponent, none is below zero, none has more than 28 decimals', async () => {
  holds(anyUsage, (given) => {
    const made = monthlyBill(given, card);
    for (const line of made.lines) {
      for (const text of [line.quantity, ...line.tiers.flatMap((tier) => [tier.price, tier.quantity])])
        must(/^\d+(\.\d+)?$/.test(`${text}`), `${line.name}: ${text}`);
      for (const text of [line.amount, ...line.tiers.map((tier) => tier.amount)])
        must(/^\d+(\.\d{1,28})?$/.test(`${text}`), `${line.name}: ${text}`);
    }
    must(/^\d+(\.\d{1,28})?$/.test(`${made.total}`), `${made.total}`);
  });
});

const tiered = allPrices(cardOf('us-east-1')).filter((price) => price.tiers.length > 1) as Price<Unit>[];
const amountText = fc
  .tuple(fc.bigInt(0n, 10n ** 11n), fc.bigInt(0n, 10n ** 12n - 1n))
  .map(([whole, part]) => `${whole}.${`${part}`.padStart(12, '0')}`);
const costOf = (price: Price<Unit>, amount: string, offset = '0'): Usd =>
  priced(price, quantity(price.unit, exactly(amount)), quantity(price.unit, exactly(offset))).amount;

t.test('more never costs less, and what comes after another is priced from where that ended', async (t) => {
  t.equal(tiered.length, 10);
  holds(fc.tuple(fc.constantFrom(...tiered), amountText, amountText), ([price, before, more]) => {
    const both = costOf(price, sumUsd([usdFromText(before), usdFromText(more)]).toString());
    const step = costOf(price, more, before);
    must(compareUsd(step, zeroUsd) >= 0, `${price.id} ${before} + ${more}`);
    equal(both, addUsd(costOf(price, before), step), `${price.id} ${before} + ${more}`);
  });
});

t.test('at the end of a tier both sides meet', async () => {
  const little = '0.000000000001';
  for (const price of tiered)
    for (const [at, { upTo, rate }] of price.tiers.entries()) {
      const next = price.tiers[at + 1]?.rate;
      if (upTo === undefined || next === undefined) continue;
      const below = subtractUsd(usdFromText(`${upTo}`), usdFromText(little)).toString();
      const above = addUsd(usdFromText(`${upTo}`), usdFromText(little)).toString();
      const [left, here, right] = [below, `${upTo}`, above].map((amount) => costOf(price, amount));
      const worth = (usd: string) => scaleUsd(usdFromText(usd), 1n, 10n ** 12n);
      equal(subtractUsd(here!, left!), worth(`${rate.usdPerUnit}`), `${price.id} below ${upTo}`);
      equal(subtractUsd(right!, here!), worth(`${next.usdPerUnit}`), `${price.id} above ${upTo}`);
    }
});

const together = (a: Partial<Usage>, b: Partial<Usage>): Partial<Usage> =>
  Object.fromEntries(
    Object.entries(a).map(([name, list]) => [
      name,
      [...(list as []), ...(b[name as keyof Usage] as unknown as [])],
    ]),
  );

/** The bill of both at once, and those of one after the other. */
function merged(a: Partial<Usage>, b: Partial<Usage>, month: Usage['month']) {
  const of = (parts: Partial<Usage>, tierOffsetGB: Readonly<Record<string, string>>) =>
    pricedMonth(usage({ ...parts, month, tierOffsetGB }), card);
  const first = of(a, {});
  const second = of(b, first.offsetsAfter);
  const both = of(together(a, b), {});
  const lines = first.bill.lines.length + second.bill.lines.length;
  return { both, after: second.offsetsAfter, parts: addUsd(first.bill.total, second.bill.total), lines };
}

const sameOffsets = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean =>
  JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());

t.test('two usages at once cost what they cost one after the other', async () => {
  holds(fc.tuple(anyLists, anyLists, fc.constantFrom(...months)), ([a, b, month]) => {
    const { both, after, parts, lines } = merged(
      a as unknown as Partial<Usage>,
      b as unknown as Partial<Usage>,
      month,
    );
    const gap = subtractUsd(both.bill.total, parts);
    const most = scaleUsd(usdFromText('0.00000000000000000000000001'), BigInt(lines));
    must(isWithin(gap, most.toString()), `off by ${gap}`);
    must(sameOffsets(both.offsetsAfter, after), JSON.stringify([both.offsetsAfter, after]));
  });
});

t.test('of whole MiB to the last digit', async () => {
  holds(fc.tuple(wholeLists, wholeLists, fc.constantFrom(...months)), ([a, b, month]) => {
    const { both, after, parts } = merged(
      a as unknown as Partial<Usage>,
      b as unknown as Partial<Usage>,
      month,
    );
    equal(both.bill.total, parts, 'total');
    must(sameOffsets(both.offsetsAfter, after), 'offsets');
  });
});

t.test('the order of the lists changes no total', async () => {
  holds(fc.tuple(wholeLists, fc.constantFrom(...months)), ([given, month]) => {
    const cost = (parts: object) => monthlyBill(usage({ ...parts, month, tierOffsetGB: {} }), card).total;
    const reversed = Object.entries(given).map(([name, list]) => [name, list.toReversed()]);
    equal(cost(Object.fromEntries(reversed)), cost(given), 'reversed');
    const turned = Object.entries(given).map(([name, list]) => [
      name,
      [...list.slice(1), ...list.slice(0, 1)],
    ]);
    equal(cost(Object.fromEntries(turned)), cost(given), 'turned');
  });
});

t.test('a month held whole costs the same however many days it has', async () => {
  holds(fc.bigInt(0n, 5n * 2n ** 60n), (bytes) => {
    const costs = months.map((month) => {
      const storage = [{ class: 'STANDARD' as const, objects: 1n, bytes }];
      return monthlyBill(usage({ storage, month, tierOffsetGB: {} }), card).total;
    });
    for (const cost of costs) equal(cost, costs[0]!, `${bytes}`);
  });
});

t.test('5 EB and ten million million objects keep every digit', async () => {
  holds(fc.tuple(fc.bigInt(4n * 2n ** 60n, 5n * 2n ** 60n), fc.bigInt(1n, 10n ** 13n)), ([bytes, get]) => {
    const [storage, gets] = monthlyBill(
      usage({
        storage: [{ class: 'STANDARD', objects: 10n ** 13n, bytes }],
        requests: [{ class: 'STANDARD', put: 0n, list: 0n, get, delete: 0n }],
      }),
      card,
    ).lines;
    // bytes ÷ 2^30 ends after thirty decimals: times 10^30 it is bytes × 5^30.
    const [whole = '', part = ''] = `${storage?.quantity}`.split('.');
    must(BigInt(whole + part.padEnd(30, '0')) === bytes * 5n ** 30n, `${bytes}: ${storage?.quantity}`);
    must(`${gets?.quantity}` === `${get}`, `${get}: ${gets?.quantity}`);
    const [usd = '', more = ''] = `${gets?.amount}`.split('.');
    must(BigInt(usd + more.padEnd(7, '0')) === 4n * get, `${get}: ${gets?.amount}`);
  });
});

t.test('a document is priced the same again, and is not changed by it', async (t) => {
  const document = fullDocument();
  const price = () =>
    JSON.stringify(monthlyBill(usageFromDocument(document as unknown as UsageDocument, 'x'), card));
  const first = price();
  t.equal(price(), first);
  t.same(document, fullDocument());
});
