/** FOCUS rows of a bill: every mandatory column, nothing billed, and each tier a row of its own. */
import { parse } from 'csv-parse/sync';
import t from 'tap';
import { createApp } from '../../src/app.js';
import { createWorld } from '../../src/world.js';

const app = createApp(createWorld({ environment: {} }));
const gib = 2 ** 30;
const usage = {
  region: 'eu-west-1',
  month: '2026-12',
  storage: [{ class: 'STANDARD', objects: 1, bytes: 60_000 * gib }],
  requests: [{ class: 'STANDARD', get: 10 }],
  transfer: { natGateways: { count: 1, hours: 1 } },
  kms: { requests: 1, bucketKey: false },
};

async function rows(version: string, of: object = usage): Promise<Record<string, string>[]> {
  const shown = await app.cost({ usage: of, focusVersion: version });
  return parse(app.show(shown, 'focus', { width: 80, colour: false }), { columns: true });
}

/** FOCUS specification 1.2, feature level "Mandatory". */
const mandatory = [
  'BilledCost',
  'BillingAccountId',
  'BillingAccountName',
  'BillingCurrency',
  'BillingPeriodEnd',
  'BillingPeriodStart',
  'ChargeCategory',
  'ChargeClass',
  'ChargeDescription',
  'ChargePeriodEnd',
  'ChargePeriodStart',
  'ContractedCost',
  'EffectiveCost',
  'InvoiceIssuerName',
  'ListCost',
  'PricingQuantity',
  'PricingUnit',
  'ServiceCategory',
  'ServiceName',
];

t.test('1.2 has every mandatory column, and those of our own come last', async (t) => {
  const names = Object.keys((await rows('1.2'))[0]!);
  for (const name of [...mandatory, 'ProviderName', 'PublisherName']) t.ok(names.includes(name), name);
  const firstOwn = names.findIndex((name) => name.startsWith('x_'));
  t.ok(firstOwn > 0);
  t.ok(names.slice(firstOwn).every((name) => name.startsWith('x_')));
});

t.test('an estimate is in no column that adds up to a bill', async (t) => {
  for (const row of await rows('1.2')) {
    t.equal(row.BilledCost, '0');
    t.equal(row.EffectiveCost, '0');
    t.equal(row.ContractedCost, '0');
    t.equal(row.ChargeCategory, 'Usage');
    t.equal(row.x_EstimatedCost, row.ListCost);
  }
});

t.test('a line over two tiers is two rows, each at its own price', async (t) => {
  const storage = (await rows('1.2')).filter((row) => row.SkuMeter === 'EU-TimedStorage-ByteHrs');
  t.same(
    storage.map((row) => [row.PricingQuantity, row.PricingUnit, row.ListUnitPrice, row.ListCost]),
    [
      ['51200', 'GiB-Months', '0.023', '1177.6'],
      ['8800', 'GiB-Months', '0.022', '193.6'],
    ],
  );
});

t.test('the period is the month, in UTC', async (t) => {
  const [row] = await rows('1.2');
  t.equal(row?.BillingPeriodStart, '2026-12-01T00:00:00Z');
  t.equal(row?.ChargePeriodEnd, '2027-01-01T00:00:00Z');
});

t.test('other services bear their own names', async (t) => {
  const names = (await rows('1.2')).map((row) => [row.ServiceName, row.ServiceCategory]);
  t.strictSame(names.slice(-2), [
    ['Amazon Virtual Private Cloud', 'Networking'],
    ['AWS Key Management Service', 'Security'],
  ]);
});

t.test('1.3 adds who provides and hosts, 1.4 drops ProviderName and PublisherName', async (t) => {
  const columns = async (version: string) => Object.keys((await rows(version))[0]!);
  const parties = ['ProviderName', 'PublisherName', 'ServiceProviderName', 'HostProviderName'];
  const held = async (version: string) => {
    const names = await columns(version);
    return parties.filter((name) => names.includes(name));
  };
  t.same(await held('1.2'), ['ProviderName', 'PublisherName']);
  t.same(await held('1.3'), parties);
  t.same(await held('1.4'), ['ServiceProviderName', 'HostProviderName']);
});

t.test('a bill of nothing is a header', async (t) => {
  const shown = await app.cost({ usage: { region: 'eu-west-1', month: '2026-12' } });
  t.match(app.show(shown, 'focus', { width: 80, colour: false }), /^BilledCost,.*x_UsageType\r\n$/);
});

t.test('a version that is not written is refused', async (t) => {
  await t.rejects(rows('2.0'), { code: 'ARGUMENT_INVALID', message: /1\.2, 1\.3, 1\.4/ });
});
