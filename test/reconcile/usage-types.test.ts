import t from 'tap';
import { parseMonth } from '../../src/kernel/day.js';
import { priceIndex } from '../../src/reconcile/price-index.js';
import { type Meaning, meaningOf, type UsageRow } from '../../src/reconcile/usage-types.js';
import { book, regionNames } from './price-book.js';
import { meters } from './synthetic-bill.js';

const prices = priceIndex(book);

const meaning = (usageType: string, operation = '', given: Partial<UsageRow> = {}): Meaning =>
  meaningOf(prices, {
    service: 'AmazonS3',
    usageType,
    operation,
    skuId: '',
    region: '',
    unit: '',
    month: parseMonth('2026-11'),
    ...given,
  });

const priceId = (of: Meaning): string =>
  of.is === 'price' ? `${of.region} ${of.price.id}` : JSON.stringify(of);
const reason = (of: Meaning): string => (of.is === 'unpriced' ? of.reason : of.is);

t.test('every meter of every card is found again by its usage type and operation', async (t) => {
  let found = 0;
  for (const region of regionNames)
    for (const price of meters(book.get(region)!.cards.at(-1)!)) {
      const of = meaning(price.usageType, price.operation || 'AnyOperation');
      if (of.is !== 'price' || of.price !== price || of.region !== region || of.usageType !== price.usageType)
        t.fail(`${region} ${price.id}: ${priceId(of)}`);
      found += 1;
    }
  t.ok(found > 3000, `${found} meters`);
});

t.test('a prefix names the Region, and none is us-east-1', async (t) => {
  const cases: readonly (readonly [string, string])[] = [
    ['Requests-Tier1', 'us-east-1'],
    ['USE1-Requests-Tier1', 'us-east-1'],
    ['EU-Requests-Tier1', 'eu-west-1'],
    ['EUW1-Requests-Tier1', 'eu-west-1'],
    ['APS3-Requests-Tier1', 'ap-south-1'],
    ['AFS1-Requests-Tier1', 'af-south-1'],
    ['CPT-Requests-Tier1', 'af-south-1'],
    ['CAN2-Requests-Tier1', 'ca-west-1'],
    ['UGW1-Requests-Tier1', 'us-gov-west-1'],
    ['us-gov-west-1-Requests-Tier1', 'us-gov-west-1'],
  ];
  for (const [usageType, region] of cases)
    t.equal(priceId(meaning(usageType)), `${region} STANDARD.put`, usageType);
});

t.test('one usage type has many prices: the operation decides', async (t) => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['Requests-Tier3', 'S3-GlacierTransition', 'GLACIER.transitionInto'],
    ['Requests-Tier3', 'S3-GDATransition', 'DEEP_ARCHIVE.transitionInto'],
    ['Requests-Tier3', 'RestoreObject', 'GLACIER.standardRestore'],
    ['Requests-Tier4', 'S3-GIRTransition', 'GLACIER_IR.transitionInto'],
    ['Requests-Tier4', 'S3-SIATransition', 'STANDARD_IA.transitionInto'],
    ['Requests-GLACIER-Tier1', 'PutObject', 'GLACIER.put'],
    ['Requests-GLACIER-Tier1', 'CopyObject', 'GLACIER.put'],
    ['Requests-GLACIER-Tier1', 'PostObject', 'GLACIER.put'],
    ['Requests-GLACIER-Tier1', 'PutObjectForRepl', 'GLACIER.put'],
    ['Requests-GLACIER-Tier1', 'CopyPart', 'GLACIER.uploadPart'],
    ['Requests-GDA-Tier1', 'CopyPart', 'DEEP_ARCHIVE.uploadPart'],
    ['Standard-Retrieval-Bytes', 'DeepArchiveRestoreObject', 'DEEP_ARCHIVE.standardRetrieval'],
    ['Requests-Tier1', 'ListBucket', 'STANDARD.put'],
    ['Requests-Tier2', 'HeadObject', 'STANDARD.get'],
    ['TimedStorage-ByteHrs', 'GlacierS3ObjectOverhead', 'STANDARD.storage'],
    ['TimedStorage-ByteHrs', 'DeepArchiveRestoreObject', 'STANDARD.storage'],
    ['TimedStorage-GlacierByteHrs', 'GlacierObjectOverhead', 'GLACIER.storage'],
    ['EarlyDelete-ByteHrs', '', 'GLACIER.earlyDelete'],
    ['Requests-INT-Tier6', 'RestoreObject', 'INTELLIGENT_TIERING.archiveAccessExpeditedRestore'],
  ];
  for (const [usageType, operation, id] of cases)
    t.equal(priceId(meaning(usageType, operation)), `us-east-1 ${id}`, `${usageType} ${operation}`);
});

t.test('an operation that decides nothing is a reason with those that would', async (t) => {
  t.match(
    reason(meaning('Requests-Tier3', 'S3-XYZTransition')),
    /S3-GDATransition.*"S3-XYZTransition" is none/,
  );
  t.match(reason(meaning('Requests-Tier4')), /names no operation/);
});

t.test('transfer between Regions is priced where it leaves', async (t) => {
  const cases: readonly (readonly [string, string])[] = [
    ['USW2-EUC1-AWS-Out-Bytes', 'us-west-2 network.crossRegionOut'],
    ['USE1-EU-AWS-Out-Bytes', 'us-east-1 network.crossRegionOut'],
    ['USE1-USE2-AWS-Out-Bytes', 'us-east-1 network.crossRegionOutWithinUsEast'],
    ['USE2-USE1-AWS-Out-Bytes', 'us-east-2 network.crossRegionOutWithinUsEast'],
    ['APN2-USE1-S3RTC-Out-Bytes', 'ap-northeast-2 fees.replicationTimeControl'],
  ];
  for (const [usageType, id] of cases) t.equal(priceId(meaning(usageType)), id);
  t.match(meaning('USW2-EUC1-AWS-In-Bytes'), { is: 'free', region: 'us-west-2' });
  t.match(reason(meaning('USE1-EU-AWS-Out-ABytes-T1')), /acceleration/);
  t.match(reason(meaning('USE1-ZZZ9-AWS-Out-Bytes')), /"ZZZ9" is no Region/);
});

t.test('counters, and what is no longer charged, are free', async (t) => {
  const free = [
    'StorageObjectCount',
    'BytesDeleted-STANDARD',
    'APN2-OverwriteBytes-Copy-SIA',
    'DataTransfer-In-Bytes',
    'CloudFront-Out-Bytes',
    'EarlyDelete-INT',
    'USE1-StorageLensFreeTier-ObjCount',
    'Global-Bucket-Hrs-FreeTier',
    'C3DataTransfer-Out-Bytes',
  ];
  for (const usageType of free) t.equal(meaning(usageType).is, 'free', usageType);
});

t.test('what is understood but not in the price book has its reason', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['Select-Scanned-Bytes', /S3 Select/],
    ['Requests-Tier8', /Access Grants/],
    ['Peak-Restore-Bytes-Delta', /before 2016/],
    ['Compute-Checksum-Processed-SHA256-Bytes', /checksums/],
    ['APS10-TimedStorage-ByteHrs', /"APS10" is the prefix of no Region/],
    ['Requests-Tier99', /not known/],
    ['APE2-TimedStorage-XZ-ByteHrs', /ap-east-2 holds no price of TimedStorage-XZ-ByteHrs/],
  ];
  for (const [usageType, why] of cases) t.match(reason(meaning(usageType, 'X')), why, usageType);
});

t.test('a fee that the card does not hold yet is missing, never zero', async (t) => {
  for (const usageType of ['Global-Bucket-Hrs', 'USE1-Metadata-Objects']) {
    const of = meaning(usageType);
    t.ok(of.is === 'price' || /holds no price fees\./.test(reason(of)), usageType);
  }
});

t.test('hours where a price is per month are not taken for months', async (t) => {
  t.match(reason(meaning('TimedStorage-ByteHrs', '', { unit: 'GB-Hours' })), /GB-Hours.*GB-month/);
  t.equal(meaning('TimedStorage-ByteHrs', '', { unit: 'GB-Mo' }).is, 'price');
});

t.test('the neighbours of a lake have their prices, other services are other services', async (t) => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['AmazonEC2', 'NatGateway-Hours', 'us-east-1 network.natGatewayHour'],
    ['AmazonEC2', 'APN2-NatGateway-Bytes', 'ap-northeast-2 network.natGatewayData'],
    ['AmazonVPC', 'USE1-VpcEndpoint-Hours', 'us-east-1 network.interfaceEndpointHour'],
    ['AmazonEC2', 'USW2-DataTransfer-Out-Bytes', 'us-west-2 network.internetOut'],
    ['AmazonS3', 'DataTransfer-Out-Bytes', 'us-east-1 network.internetOut'],
    ['AmazonAthena', 'USE1-DataScannedInTB', 'us-east-1 services.athenaScan'],
    ['awskms', 'us-west-2-KMS-Requests', 'us-west-2 services.kmsRequest'],
    ['AWSCloudTrail', 'EU-DataEventsRecorded', 'eu-west-1 services.cloudTrailDataEvent'],
    ['AWSGlue', 'USE1-Catalog-Request', 'us-east-1 services.glueCatalogRequest'],
    ['AWSLambda', 'Lambda-GB-Second', 'us-east-1 services.lambdaX86'],
  ];
  for (const [service, usageType, id] of cases)
    t.equal(priceId(meaning(usageType, '', { service })), id, usageType);
  const edge = { service: 'AmazonCloudFront' };
  t.equal(
    meaning('EU-DataTransfer-Out-Bytes', '', edge).is,
    'other service',
    'EU is no Region to CloudFront',
  );
  for (const usageType of ['BoxUsage:m5.large', 'Requests-Tier1', 'constructor', 'toString'])
    t.equal(meaning(usageType, '', { service: 'AmazonEC2' }).is, 'other service', usageType);
});

t.test('a row without usage type is found by its SKU, in its own Region', async (t) => {
  const sku = { skuId: 'ZWQ6Q48CRJXX4FXE', region: 'us-east-1' };
  const of = meaning('', '', sku);
  t.match(of, {
    is: 'price',
    usageType: 'Requests-Tier2',
    suffix: 'Requests-Tier2',
    price: { id: 'STANDARD.get' },
  });
  t.match(reason(meaning('', '', { ...sku, region: 'us-west-2' })), /us-west-2 has its SKU ZWQ6Q48CRJXX4FXE/);
  t.match(reason(meaning('', '', { skuId: 'X', region: 'mars-1' })), /"mars-1" is no Region/);
  t.match(reason(meaning('')), /neither a usage type nor a SKU/);
  t.equal(meaning('', '', { service: 'AmazonEC2' }).is, 'other service');
});

t.test('a month before the first card is compared with that card, and it is known', async (t) => {
  t.match(meaning('Requests-Tier1', '', { month: parseMonth('2019-01') }), { is: 'price', isLater: true });
  t.match(meaning('Requests-Tier1'), { is: 'price', isLater: false });
});
