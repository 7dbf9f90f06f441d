import t from 'tap';
import { count, exactly, quantity, rate } from '../../src/kernel/quantity.js';
import { lineIfAny, openLedger, ownTieredUsageTypes, requests } from '../../src/pricing/line.js';
import { type Price, priceOf, storagePrice } from '../../src/pricing/rate-card.js';
import { cardOf } from './card.js';
import { refusal, row } from './month.js';

const words = { section: 'storage', name: 'Storage' } as const;
const gigabytes = (amount: string) => quantity('GB-month', exactly(amount));
const standard = () => storagePrice(cardOf('us-east-1'), 'STANDARD');

t.test('a line takes its words, and from the price what they leave out', async (t) => {
  const ledger = openLedger(cardOf('us-east-1'), { 'TimedStorage-ByteHrs': '0' });
  const price = priceOf(ledger.card, 'GLACIER', 'standardRestore');
  const bare = ledger.line({ section: 'put', name: 'Restores' }, price, requests(2000n));
  t.same(row(bare), ['put', 'Restores', 'Requests-Tier3', 'RestoreObject', '', '2000 request', '0.1', '']);
  t.equal(bare.class, null);
  t.equal(bare.price?.toString(), '0.00005');
  const said = {
    section: 'get',
    name: 'N',
    operation: 'O',
    usageType: 'U',
    class: 'GLACIER',
    note: 'Why.',
  } as const;
  t.same(row(ledger.line(said, price, requests(1n))), [
    'get',
    'N',
    'U',
    'O',
    'GLACIER',
    '1 request',
    '0.00005',
    'Why.',
  ]);
});

t.test('lines of one usage type count on in its tiers, others do not disturb them', async (t) => {
  const ledger = openLedger(cardOf('us-east-1'), {});
  t.equal(ledger.line(words, standard(), gigabytes('51199')).amount.toString(), '1177.577');
  const other = storagePrice(ledger.card, 'INTELLIGENT_TIERING');
  t.equal(ledger.line(words, other, gigabytes('1')).amount.toString(), '0.023');
  const across = ledger.line(words, standard(), gigabytes('2'));
  t.equal(across.amount.toString(), '0.045');
  t.equal(across.price, null);
  t.same(
    across.tiers.map((tier) => `${tier.upTo} ${tier.quantity} ${tier.price} ${tier.amount}`),
    ['51200 1 0.023 0.023', '512000 1 0.022 0.022'],
  );
  t.same(ledger.counted(), { 'TimedStorage-ByteHrs': '51201', 'TimedStorage-INT-FA-ByteHrs': '1' });
});

t.test('what has no tiers is not counted, and is never said to start at zero', async (t) => {
  const ledger = openLedger(cardOf('us-east-1'), {});
  ledger.line(words, storagePrice(ledger.card, 'STANDARD_IA'), gigabytes('5'));
  t.same(ledger.counted(), {});
  t.same([...ledger.assumptions], []);
});

t.test('tiers start at the offset; without one at zero, and that is said once', async (t) => {
  const silent = openLedger(cardOf('us-east-1'), {});
  silent.line(words, standard(), gigabytes('1'));
  silent.line(words, standard(), gigabytes('1'));
  t.same(
    [...silent.assumptions],
    [
      'The account has no other TimedStorage-ByteHrs, so that its tiers start at zero (say otherwise with tierOffsetGB or --tier-offset).',
    ],
  );
  const said = openLedger(cardOf('us-east-1'), { 'TimedStorage-ByteHrs': '51199.5' });
  t.equal(said.line(words, standard(), gigabytes('1')).amount.toString(), '0.0225');
  t.same([...said.assumptions], []);
  t.same(said.counted(), { 'TimedStorage-ByteHrs': '51200.5' });
});

t.test('offsets are named without the prefix of the Region', async (t) => {
  const ledger = openLedger(cardOf('ap-northeast-2'), { 'TimedStorage-ByteHrs': '51200' });
  const line = ledger.line(words, storagePrice(ledger.card, 'STANDARD'), gigabytes('1'));
  t.equal(line.usageType, 'APN2-TimedStorage-ByteHrs');
  t.equal(line.amount.toString(), '0.024');
  t.same(ledger.counted(), { 'TimedStorage-ByteHrs': '51201' });
});

t.test('a usage type of its own counts under its own name', async (t) => {
  const ledger = openLedger(cardOf('us-east-1'), {});
  ledger.line({ ...words, usageType: 'DataTransfer-Out-Bytes' }, standard(), gigabytes('3'));
  t.same(ledger.counted(), { 'DataTransfer-Out-Bytes': '3' });
});

/** What is known of a card is kept with it: another object is asked anew. */
const fresh = () => ({ ...cardOf('us-east-1') });

t.test('offsets of every usage type with tiers are taken', async (t) => {
  t.same(ownTieredUsageTypes, [
    'DataTransfer-Out-Bytes',
    'VpcEndpoint-Bytes',
    'Lambda-GB-Second',
    'Lambda-GB-Second-ARM',
    'BilledBytes',
  ]);
  const more = [
    'TimedStorage-ByteHrs',
    'TimedStorage-INT-FA-ByteHrs',
    'TimedStorage-RRS-ByteHrs',
    'StorageLens-ObjCount',
    'Tables-TimedStorage-ByteHrs',
  ];
  for (const name of [...ownTieredUsageTypes, ...more])
    t.doesNotThrow(() => openLedger(fresh(), { [name]: '1' }), name);
});

t.test('an offset of anything else is refused: with the nearest name, or with all of them', async (t) => {
  t.equal(
    refusal(() => openLedger(fresh(), { 'TimedStorage-ByteHrs': '1', 'TimedStorage-ByteHr': '1' })),
    'ARGUMENT_INVALID: tierOffsetGB: "TimedStorage-ByteHr" is no usage type with tiers, did you mean "TimedStorage-ByteHrs"?',
  );
  t.equal(
    refusal(() => openLedger(fresh(), { 'Requests-Tier1': '1' })),
    'ARGUMENT_INVALID: tierOffsetGB: "Requests-Tier1" is no usage type with tiers; there are: TimedStorage-ByteHrs, ' +
      'TimedStorage-INT-FA-ByteHrs, TimedStorage-RRS-ByteHrs, StorageLens-ObjCount, Tables-TimedStorage-ByteHrs, ' +
      'DataTransfer-Out-Bytes, VpcEndpoint-Bytes, Lambda-GB-Second, Lambda-GB-Second-ARM, BilledBytes.',
  );
});

t.test('the usage types of a card are found once', async (t) => {
  const card = fresh();
  let asked = 0;
  const counting = {
    ...card,
    get prices() {
      asked += 1;
      return card.prices;
    },
  };
  for (let n = 0; n < 3; n += 1) openLedger(counting, { BilledBytes: '1' });
  t.equal(asked, 1);
});

const tested = (confidence: Price<'GB'>['confidence'], note: string): Price<'GB'> => ({
  id: 'fees.test',
  unit: 'GB',
  tiers: [{ upTo: undefined, rate: rate('GB', '1') }],
  usageType: 'T',
  operation: '',
  sku: '',
  source: [],
  confidence,
  note,
});

for (const [confidence, note, said] of [
  ['verified', 'a note', []],
  ['documented', 'a note', []],
  ['inferred', 'a note', ['The price fees.test is inferred: a note.']],
  ['inferred', '', ['The price fees.test is inferred.']],
  ['unconfirmed', 'a note', ['The price fees.test is unconfirmed: a note.']],
  ['unconfirmed', '', ['The price fees.test is unconfirmed.']],
] as const)
  t.test(`a price that is ${confidence} ${note ? 'with' : 'without'} a note`, async (t) => {
    const ledger = openLedger(cardOf('us-east-1'), {});
    ledger.line(words, tested(confidence, note), count('GB', 1));
    t.same([...ledger.assumptions], said);
  });

t.test('nothing to bill is no line, and its price is not asked for', async (t) => {
  const ledger = openLedger(cardOf('us-east-1'), {});
  let asked = 0;
  const price = () => {
    asked += 1;
    return priceOf(ledger.card, 'STANDARD', 'put');
  };
  t.same(lineIfAny(ledger, words, price, 0n, requests), []);
  t.same(lineIfAny(ledger, words, price, -1n, requests), []);
  t.equal(asked, 0);
  const lines = lineIfAny(ledger, words, price, 1n, requests);
  t.same(lines.map(row), [['storage', 'Storage', 'Requests-Tier1', '', '', '1 request', '0.000005', '']]);
  t.equal(asked, 1);
});
