import t from 'tap';
import { type Group, mayBeFree, priceUnits } from '../../src/pricing/price-units.js';
import { cardOf } from './card.js';

const names = Object.entries(priceUnits).flatMap(([group, prices]) =>
  Object.keys(prices).map((name) => [group, name] as const),
);

t.test('these prices may be zero, and no other', async (t) => {
  const free = names.filter(([group, name]) => mayBeFree(group, name)).map((pair) => pair.join('.'));
  t.same(free, [
    'STANDARD.delete',
    'STANDARD.retrieval',
    'STANDARD_IA.delete',
    'ONEZONE_IA.delete',
    'INTELLIGENT_TIERING.delete',
    'INTELLIGENT_TIERING.retrieval',
    'INTELLIGENT_TIERING.archiveAccessStandardRetrieval',
    'INTELLIGENT_TIERING.archiveAccessStandardRestore',
    'INTELLIGENT_TIERING.archiveAccessBulkRetrieval',
    'INTELLIGENT_TIERING.archiveAccessBulkRestore',
    'INTELLIGENT_TIERING.deepArchiveAccessStandardRestore',
    'INTELLIGENT_TIERING.deepArchiveAccessBulkRestore',
    'GLACIER_IR.delete',
    'GLACIER.delete',
    'GLACIER.bulkRetrieval',
    'GLACIER.bulkRestore',
    'DEEP_ARCHIVE.delete',
    'EXPRESS_ONEZONE.delete',
    'REDUCED_REDUNDANCY.delete',
    'REDUCED_REDUNDANCY.retrieval',
    'network.gatewayEndpointHour',
    'network.gatewayEndpointData',
  ]);
});

t.test('each price of a card is for the unit of the table', async (t) => {
  const { prices } = cardOf('us-east-1');
  for (const [group, name] of names) {
    const price = (prices[group as Group] as Record<string, { unit?: string; absent?: string }>)[name];
    const unit = (priceUnits[group as Group] as Record<string, string>)[name];
    if (price?.absent === undefined) t.equal(price?.unit, unit, `${group}.${name}`);
  }
  t.equal(names.length, 147);
});

t.test(
  'storage is billed by the month, requests one by one, network and queries by their size',
  async (t) => {
    t.same(
      [
        priceUnits.STANDARD.storage,
        priceUnits.STANDARD.list,
        priceUnits.GLACIER_IR.smallObjectTopUp,
        priceUnits.INTELLIGENT_TIERING.monitoring,
        priceUnits.services.athenaScan,
        priceUnits.services.lambdaX86,
        priceUnits.fees.tag,
        priceUnits.network.natGatewayHour,
      ],
      ['GB-month', 'request', 'GB-month', 'object-month', 'TB', 'GB-second', 'tag-month', 'hour'],
    );
  },
);
