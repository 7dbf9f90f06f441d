import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { checkAge, checkPrices, showPrices } from '../../src/app/price-show.js';
import { show } from '../../src/app/shown.js';
import type { Surroundings } from '../../src/app/surroundings.js';
import { createWorld } from '../../src/world.js';

const shipped = join(import.meta.dirname, '..', '..', 'pricing');
const on = (day: string, region?: string): Surroundings => ({
  ...createWorld({ environment: {}, ...(region === undefined ? {} : { region }) }),
  clock: { now: () => Date.parse(day) },
});
const given = on('2026-11-26');
const look = { width: 200, colour: false };

/** us-east-1 with a second card of 2027-01-01, and mx-central-1 as shipped. */
function book(t: { testdir(): string }): string {
  const dir = join(t.testdir(), 'book');
  mkdirSync(dir);
  cpSync(join(shipped, 'mx-central-1.json'), join(dir, 'mx-central-1.json'));
  const file = JSON.parse(readFileSync(join(shipped, 'us-east-1.json'), 'utf8'));
  file.cards.push({ ...file.cards[0], date: '2027-01-01', checks: [] });
  writeFileSync(join(dir, 'us-east-1.json'), JSON.stringify(file));
  return dir;
}

t.test(
  'the card of a Region and month is shown: this month, the asked one, never one before the first',
  async (t) => {
    const dir = book(t);
    const date = async (month?: string) =>
      (await showPrices(given, { region: 'us-east-1', dir, ...(month ? { month } : {}) })).value.date;
    t.equal(await date(), '2025-10-22');
    t.equal(await date('2026-12'), '2025-10-22');
    t.equal(await date('2027-01'), '2027-01-01');
    await t.rejects(date('2025-10'), {
      code: 'PRICE_CARD_MISSING',
      message: /as early as 2025-10-01; the first is of 2025-10-22/,
    });
    t.equal(await date('2025-11'), '2025-10-22');
  },
);

t.test('the Region is the one asked for, else where the world is set, and must be known', async (t) => {
  t.equal((await showPrices(on('2026-11-26', 'eu-west-1'), {})).value.region, 'eu-west-1');
  t.equal(
    (await showPrices(on('2026-11-26', 'eu-west-1'), { region: 'us-east-1' })).value.region,
    'us-east-1',
  );
  await t.rejects(showPrices(given, {}), { code: 'REGION_MISSING' });
  await t.rejects(showPrices(given, { region: 'us-esat-1' }), {
    code: 'REGION_UNKNOWN',
    message: /"us-east-1"\?/,
  });
  await t.rejects(showPrices(given, { region: '../package' }), { code: 'REGION_UNKNOWN' });
});

t.test('every form of a card holds its prices, tiers, meters, sources and absences', async (t) => {
  const card = await showPrices(given, { region: 'us-east-1' });
  const table = show(card, 'table', { ...look, width: 400 });
  t.match(table, 'us-east-1, US East (N. Virginia), 2026-11: prices in USD of 2025-10-22\n');
  t.match(
    table,
    /STANDARD\.storage +GB-month +0\.023 to 51200, 0\.022 to 512000, then 0\.021 +TimedStorage-ByteHrs/,
  );
  t.match(
    table,
    /GLACIER\.transitionInto +request +0\.00003 +Requests-Tier3 +S3-GlacierTransition +verified +feed-2025-10, getproducts-2026-09/,
  );
  t.match(table, /STANDARD\.transitionInto +request +– +not-possible +not possible/);
  t.match(table, /Sources:\n {2}- aws-prescriptive-guidance: AWS Prescriptive/);
  t.match(table, /Read again:\n {2}- getproducts-2026-09: 97 SKUs/);
  t.match(show(card, 'md', look), /^\*\*us-east-1, .*\*\*\n\n\| Price \| Unit \| USD \|/);
  const csv = show(card, 'csv', look).split('\r\n');
  t.equal(csv[0], 'region,date,price,unit,upTo,usd,usageType,operation,sku,source,confidence,note,absent');
  t.equal(
    csv[1],
    'us-east-1,2025-10-22,STANDARD.storage,GB-month,51200,0.023,TimedStorage-ByteHrs,,WP9ANXZGBYYSGJEA,feed-2025-10 getproducts-2026-09,verified,,',
  );
  t.ok(csv.includes('us-east-1,2025-10-22,STANDARD.transitionInto,request,,,,,,,,not possible,not-possible'));
  const json = JSON.parse(show(card, 'json', look));
  t.equal(json.prices[0].tiers[2].price, '0.021');
  t.throws(() => show(card, 'html', look), { code: 'FORMAT_UNKNOWN' });
});

t.test('a check tells every Region, or the one asked for', async (t) => {
  const all = await checkPrices(given, {});
  t.equal(all.value.regions.length, 36);
  t.match(all.value, { schemaVersion: 1, today: '2026-11-26' });
  const dir = book(t);
  const own = await checkPrices(given, { dir });
  t.same(
    own.value.regions.map(({ region, cards, lastReadAgeDays }) => [region, cards, lastReadAgeDays]),
    [
      ['mx-central-1', ['2025-10-22'], 400],
      ['us-east-1', ['2025-10-22', '2027-01-01'], 59],
    ],
  );
  const one = await checkPrices(given, { dir, region: 'mx-central-1' });
  t.same(
    one.value.regions.map(({ region }) => region),
    ['mx-central-1'],
  );
  await t.rejects(checkPrices(given, { dir, region: 'eu-west-1' }), { code: 'REGION_UNKNOWN' });
});

t.test('every form of a check holds ages, counts and names', async (t) => {
  const check = await checkPrices(given, { dir: book(t) });
  const table = show(check, 'table', look);
  t.match(table, /^Prices on 2026-11-26\n/);
  t.match(table, /us-east-1 +2025-10-22 +2 +2026-09-28 +59 +\d+ +\d+ +\d+ +1 +2 +2\n/);
  t.match(table, /Inferred:\n {2}- mx-central-1: DEEP_ARCHIVE\.storage, DEEP_ARCHIVE\.put,/);
  t.match(table, /Unconfirmed:\n {2}- us-east-1: services\.firehoseIngest, services\.firehoseConversion\n/);
  t.match(table, /Gaps: no price is known:\n {2}- mx-central-1: .*DEEP_ARCHIVE\.bulkRestore/);
  t.match(show(check, 'md', look), /^\*\*Prices on 2026-11-26\*\*\n\n\| Region \| Card \|/);
  const csv = show(check, 'csv', look).split('\r\n');
  t.equal(
    csv[0],
    'region,date,ageDays,lastRead,lastReadAgeDays,prices,verified,documented,inferred,unconfirmed,gaps',
  );
  t.match(
    csv[2],
    /^us-east-1,2025-10-22,400,2026-09-28,59,\d+,\d+,\d+,fees\.metadataObject,services\.firehoseIngest services\.firehoseConversion,/,
  );
  t.equal(JSON.parse(show(check, 'json', look)).regions[1].ageDays, 400);
});

t.test('--max-age is passed one day later, and names the Regions', async (t) => {
  const { value } = await checkPrices(given, { dir: book(t) });
  t.doesNotThrow(() => checkAge(value, undefined));
  t.doesNotThrow(() => checkAge(value, '400d'));
  t.throws(() => checkAge(value, '399d'), {
    code: 'PRICE_CARD_STALE',
    message: 'The prices of mx-central-1 were last read more than 399d ago.',
  });
  t.throws(() => checkAge(value, '58d'), { message: /of mx-central-1, us-east-1 were/ });
  t.doesNotThrow(() => checkAge(value, '9600h'));
  t.throws(() => checkAge(value, 'a year'), {
    code: 'ARGUMENT_INVALID',
    message: '--max-age: "a year" is not a duration such as 400d.',
  });
});
