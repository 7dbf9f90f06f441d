import t from 'tap';
import { parseDay } from '../../src/kernel/day.js';
import { entriesOf } from '../../src/pricing/price-book-check.js';
import { type PriceFile, parsePriceFile } from '../../src/pricing/price-file.js';
import { priceFileText } from '../../src/pricing/price-file-text.js';
import type { OfferPrice } from '../../src/pricing/price-list.js';
import { matchOffers } from '../../src/pricing/price-match.js';
import { type Merge, mergePrices } from '../../src/pricing/price-merge.js';
import type { RateCard } from '../../src/pricing/rate-card.js';
import { priceText } from './card.js';
import { flat, offer } from './offers.js';

const shipped = (region = 'us-east-1'): PriceFile => parsePriceFile(priceText(region), `${region}.json`);
const day = parseDay;

function merged(offers: readonly OfferPrice[], file = shipped(), asked?: string): Merge {
  const { prices } = matchOffers(offers, file.cards[0]!.usageTypePrefix);
  return mergePrices(file, prices, asked === undefined ? undefined : day(asked));
}

const get = (usd: string, parts: Partial<OfferPrice> = {}): OfferPrice =>
  offer({ sku: 'NEWGET', usageType: 'Requests-Tier2', tiers: flat(usd), ...parts });
const sia = (usd: string, parts: Partial<OfferPrice> = {}): OfferPrice =>
  offer({
    sku: 'NEWSIA',
    usageType: 'TimedStorage-SIA-ByteHrs',
    volumeType: 'Standard - Infrequent Access',
    unit: 'GB-Mo',
    tiers: flat(usd),
    ...parts,
  });

const getOf = (card: RateCard) => card.prices.STANDARD.get;
const tiersOf = (card: RateCard, id: string) => {
  const price = entriesOf(card).find(([name]) => name === id)![1];
  return 'absent' in price
    ? price.absent
    : price.tiers.map(({ upTo, rate }) => [`${upTo ?? 'Inf'}`, `${rate.usdPerUnit}`]);
};

const dates = ({ file }: Merge) => file.cards.map(({ date }) => date);

t.test(
  'a price that differs makes a new card from its day on; all others stay, the old card too',
  async (t) => {
    const merge = merged([get('0.0000005'), sia('0.0125')]);
    t.match(merge, { region: 'us-east-1', outcome: 'new-card', date: '2027-01-01', identical: 1 });
    t.same(dates(merge), ['2025-10-22', '2027-01-01']);
    t.same(merge.file.cards[0], shipped().cards[0]);
    t.equal(merge.before, merge.file.cards[0]);
    t.equal(merge.after, merge.file.cards[1]);
    t.match(getOf(merge.after), {
      id: 'STANDARD.get',
      unit: 'request',
      usageType: 'Requests-Tier2',
      operation: '',
      sku: 'NEWGET',
      source: ['AmazonS3-20270104120000'],
      confidence: 'verified',
      note: '',
    });
    t.same(tiersOf(merge.after, 'STANDARD.get'), [['Inf', '0.0000005']]);
    t.same(
      merge.changes.map(({ id }) => id),
      ['STANDARD.get', 'REDUCED_REDUNDANCY.get'],
    );
    const changed = new Set<string>(merge.changes.map(({ id }) => id));
    const rest = (card: RateCard) => entriesOf(card).filter(([id]) => !changed.has(id));
    t.same(rest(merge.after), rest(merge.file.cards[0]!));
  },
);

t.test('a new card says what it was read from, and keeps the sources still in use', async (t) => {
  const { after } = merged([get('0.0000005'), sia('0.0125')]);
  t.equal(
    after.sources['AmazonS3-20270104120000'],
    'AWS price list AmazonS3, version 20270104120000, published 2027-01-04',
  );
  t.equal(after.sources.memory, 'no public source found');
  t.same(Object.keys(after.sources), Object.keys(after.sources).sort());
  t.same(after.checks, [
    're-read AWS price list AmazonS3, version 20270104120000, published 2027-01-04: 3 prices identical',
  ]);
});

t.test('a source that no price rests on any more is not carried along', async (t) => {
  const file = shipped();
  const [card] = file.cards;
  const lonely = { ...card!.sources, lonely: 'of nothing' };
  const merge = merged([get('0.0000005')], { ...file, cards: [{ ...card!, sources: lonely }] });
  t.notOk('lonely' in merge.after.sources);
});

t.test('a source the card names and does not explain keeps its name', async (t) => {
  const file = shipped();
  const [card] = file.cards;
  const { memory: _, ...sources } = card!.sources;
  const merge = merged([get('0.0000005')], { ...file, cards: [{ ...card!, sources }] });
  t.equal(merge.after.sources.memory, 'memory');
});

t.test('a list that agrees leaves one line in the card and changes no price', async (t) => {
  const merge = merged([get('0.0000004'), sia('0.0125')]);
  t.match(merge, { outcome: 'checked', identical: 3, changes: [] });
  t.same(dates(merge), ['2025-10-22']);
  const [before] = shipped().cards;
  t.same(merge.after, {
    ...before,
    checks: [
      ...before!.checks,
      're-read AWS price list AmazonS3, version 20270104120000, published 2027-01-04: 3 prices identical',
    ],
  });
});

t.test('read again, whole or in part, a list changes nothing; read more of, it says so', async (t) => {
  const once = merged([sia('0.0125')]);
  t.match(once.after.checks.at(-1), /: 1 price identical$/);
  t.equal(merged([sia('0.0125')], once.file).outcome, 'known');
  const more = merged([get('0.0000004'), sia('0.0125')], once.file);
  t.equal(more.outcome, 'checked');
  t.equal(more.after.checks.length, once.after.checks.length);
  t.match(more.after.checks.at(-1), /: 3 prices identical$/);
  const part = merged([sia('0.0125')], more.file);
  t.equal(part.outcome, 'known');
  t.same(part.file, more.file);
  const changed = merged([get('0.0000005')]);
  t.equal(merged([get('0.0000005')], changed.file).outcome, 'known');
});

t.test('two lists each get a line', async (t) => {
  const deep = offer({
    offerCode: 'AmazonS3GlacierDeepArchive',
    version: '7',
    usageType: 'Requests-GDA-Tier3',
    tiers: flat('0.0001'),
  });
  t.same(merged([get('0.0000004'), deep]).after.checks.slice(-2), [
    're-read AWS price list AmazonS3, version 20270104120000, published 2027-01-04: 2 prices identical',
    're-read AWS price list AmazonS3GlacierDeepArchive, version 7, published 2027-01-04: 1 price identical',
  ]);
});

t.test('the card is of the latest effective day read, or of the day asked for', async (t) => {
  const later = sia('0.0126', { effectiveDate: day('2027-02-01') });
  t.equal(merged([later, get('0.0000005')]).date, '2027-02-01');
  t.equal(merged([get('0.0000005'), later]).date, '2027-02-01');
  t.equal(merged([get('0.0000005'), later], shipped(), '2027-03-15').after.date, '2027-03-15');
});

t.test('an effective day that can be read two ways is asked for', async (t) => {
  const open = get('0.0000005', { effectiveDate: undefined });
  t.throws(() => merged([sia('0.0125'), open]), {
    code: 'ARGUMENT_MISSING',
    message: '--date is missing.',
    hint: /list\.json: the effective date of SKU NEWGET can be read two ways/,
  });
  t.equal(merged([open], shipped(), '2027-01-01').outcome, 'new-card');
});

t.test('a list older than the newest card goes in at its day and leaves the newest alone', async (t) => {
  const { file } = merged([get('0.0000007')]);
  const merge = merged([sia('0.0126')], file, '2026-05-01');
  t.same(dates(merge), ['2025-10-22', '2026-05-01', '2027-01-01']);
  t.equal(merge.outcome, 'new-card');
  t.equal(merge.file.cards[2], file.cards[1]);
  t.same(tiersOf(merge.after, 'STANDARD.get'), [['Inf', '0.0000004']], 'laid on the card in force then');
  t.same(tiersOf(merge.after, 'STANDARD_IA.storage'), [['Inf', '0.0126']]);
});

t.test('a card of the very day is changed in place, the day before it is another card', async (t) => {
  const { file } = merged([get('0.0000005')]);
  const same = merged([sia('0.0126', { version: '2' })], file, '2027-01-01');
  t.equal(same.outcome, 'new-prices');
  t.same(dates(same), ['2025-10-22', '2027-01-01']);
  t.same(tiersOf(same.after, 'STANDARD.get'), [['Inf', '0.0000005']]);
  t.same(tiersOf(same.after, 'STANDARD_IA.storage'), [['Inf', '0.0126']]);
  t.same(
    same.after.checks,
    ['re-read AWS price list AmazonS3, version 2, published 2027-01-04: 1 price identical'],
    'the earlier edition no longer agrees',
  );
  const before = merged([sia('0.0126')], file, '2026-12-31');
  t.same(dates(before), ['2025-10-22', '2026-12-31', '2027-01-01']);
});

t.test('the line of another offer stays true when this one changes the card', async (t) => {
  const deep = { offerCode: 'AmazonS3GlacierDeepArchive', usageType: 'Requests-GDA-Tier3' };
  const { file } = merged([offer({ ...deep, tiers: flat('0.0002') })]);
  const same = merged([get('0.0000005')], file);
  t.equal(same.outcome, 'new-prices');
  t.equal(same.after.checks.length, 2);
});

t.test('a list older than every card makes a card of its own prices alone: nothing is guessed', async (t) => {
  const merge = merged([get('0.00000055')], shipped(), '2018-03-01');
  t.match(merge, { outcome: 'new-card', before: undefined, identical: 0, kept: [] });
  t.same(dates(merge), ['2018-03-01', '2025-10-22']);
  const known = entriesOf(merge.after).filter(([, price]) => !('absent' in price));
  t.same(
    known.map(([id]) => id),
    ['STANDARD.get', 'REDUCED_REDUNDANCY.get'],
  );
  t.same(merge.after.prices.STANDARD.put, {
    absent: 'unknown',
    why: 'not read from a price list of 2018-03-01',
  });
  t.same(Object.keys(merge.after.sources), ['AmazonS3-20270104120000']);
  t.match(merge.after, { region: 'us-east-1', location: 'US East (N. Virginia)', usageTypePrefix: '' });
  t.equal(merge.after.checks.length, 1);
  t.doesNotThrow(() => parsePriceFile(priceFileText(merge.file), 'us-east-1.json'));
});

t.test('a price that was inferred is verified by the list, at the same figure too', async (t) => {
  const restore = (region: string) =>
    offer({
      region,
      offerCode: 'AmazonS3GlacierDeepArchive',
      usageType: 'MXC1-Requests-GDA-Tier3',
      tiers: flat(tiersOf(shipped(region).cards[0]!, 'DEEP_ARCHIVE.standardRestore')[0]![1]!),
    });
  const merge = merged([restore('mx-central-1')], shipped('mx-central-1'));
  t.equal(merge.outcome, 'new-card');
  t.match(merge.changes, [
    {
      id: 'DEEP_ARCHIVE.standardRestore',
      before: { confidence: 'inferred' },
      after: { confidence: 'verified', note: '' },
    },
  ]);
});

t.test('a price nobody knew becomes one', async (t) => {
  const file = shipped('mx-central-1');
  t.match(file.cards[0]!.prices.DEEP_ARCHIVE.bulkRestore, { absent: 'unknown' });
  const bulk = offer({
    offerCode: 'AmazonS3GlacierDeepArchive',
    usageType: 'MXC1-Requests-GDA-Tier5',
    tiers: flat('0.00002625'),
  });
  const merge = merged([bulk], file);
  t.match(merge.changes, [{ id: 'DEEP_ARCHIVE.bulkRestore', before: { absent: 'unknown' } }]);
  t.match(merge.after.prices.DEEP_ARCHIVE.bulkRestore, {
    confidence: 'verified',
    usageType: 'MXC1-Requests-GDA-Tier5',
  });
});

t.test(
  'a borrowed meter keeps its confidence and note: the list proves the figure, not where it is billed',
  async (t) => {
    const express = offer({ usageType: 'Requests-XZ-Tier1', tiers: flat('0.000002') });
    const { after } = merged([express]);
    t.match(after.prices.EXPRESS_ONEZONE.put, { confidence: 'verified', note: '' });
    t.match(after.prices.EXPRESS_ONEZONE.list, { confidence: 'documented', note: /^not settled/ });
    const { after: tier1 } = merged([offer({ usageType: 'Requests-Tier1', tiers: flat('0.000006') })]);
    t.match(tier1.prices.STANDARD.list, { confidence: 'verified', note: /whatever the class/ });
    const first = merged([express], shipped(), '2018-03-01').after;
    t.match(first.prices.EXPRESS_ONEZONE.list, { confidence: 'documented', note: '' });
  },
);

t.test('tiers differ when a bound differs, and not when only zeros do', async (t) => {
  const storage = (...ends: string[]) =>
    offer({
      usageType: 'TimedStorage-ByteHrs',
      volumeType: 'Standard',
      unit: 'GB-Mo',
      tiers: ends.map((endRange, at) => ({
        beginRange: ends[at - 1] ?? '0',
        endRange,
        usd: ['0.023', '0.022', '0.021'][at]!,
      })),
    });
  t.equal(merged([storage('51200', '512000', 'Inf')]).outcome, 'checked');
  const moved = merged([storage('51200', '512001', 'Inf')]);
  t.equal(moved.outcome, 'new-card');
  t.same(tiersOf(moved.after, 'STANDARD.storage'), [
    ['51200', '0.023'],
    ['512001', '0.022'],
    ['Inf', '0.021'],
  ]);
});

t.test('what the card holds and the list does not is named and stays', async (t) => {
  const { kept, after } = merged([get('0.0000005')]);
  t.ok(kept.includes('STANDARD.put'));
  t.notOk(kept.includes('STANDARD.get'));
  t.equal(kept.length, 100);
  t.equal(entriesOf(after).length, entriesOf(shipped().cards[0]!).length);
  const express = merged([get('0.0000005', { usageType: 'MXC1-Requests-Tier2' })], shipped('mx-central-1'));
  t.notOk(express.kept.includes('EXPRESS_ONEZONE.put'), 'what is not sold is not kept');
});
