/**
 * Writes pricing/<region>.json from a file of price facts: every price for one single unit, as an exact decimal string.
 *
 *   node --import tsx scripts/import-prices.ts <s3-prices.json> <usage-type-prices.json> [outDir]      default: pricing
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePriceFile } from '../src/pricing/price-file.js';
import { priceFileText } from '../src/pricing/price-file-text.js';
import { priceUnits } from '../src/pricing/price-units.js';

type Json = { readonly [name: string]: unknown };

interface Leaf {
  readonly usd: string;
  readonly per: string;
  readonly usdPerUnit?: string;
  readonly usageType?: string;
  readonly sku?: string;
  readonly src: readonly string[];
  readonly conf: string;
  readonly note?: string;
}

/** Where each price lies in the facts of a Region, when it is not under the price's own name. */
const paths: Readonly<Record<string, string>> = {
  storage: 'storageTiers',
  retrieval: 'retrievalPerGB',
  transitionInto: 'lifecycleTransitionInto',
  upload: 'uploadPerGB',
  monitoring: 'monitoringPer1000ObjectsMonth',
  standardRetrieval: 'restore.standardPerGB',
  standardRestore: 'restore.standardRequests',
  bulkRetrieval: 'restore.bulkPerGB',
  bulkRestore: 'restore.bulkRequests',
  expeditedRetrieval: 'restore.expeditedPerGB',
  expeditedRestore: 'restore.expeditedRequests',
  frequentStorage: 'storageTiersByAccessTier.FREQUENT',
  infrequentStorage: 'storageTiersByAccessTier.INFREQUENT',
  archiveInstantStorage: 'storageTiersByAccessTier.ARCHIVE_INSTANT',
  archiveAccessStorage: 'storageTiersByAccessTier.ARCHIVE_ACCESS',
  deepArchiveAccessStorage: 'storageTiersByAccessTier.DEEP_ARCHIVE_ACCESS',
  archiveAccessStandardRetrieval: 'restore.archiveAccessStandardPerGB',
  archiveAccessStandardRestore: 'restore.archiveAccessStandardRequests',
  archiveAccessBulkRetrieval: 'restore.archiveAccessBulkPerGB',
  archiveAccessBulkRestore: 'restore.archiveAccessBulkRequests',
  archiveAccessExpeditedRetrieval: 'restore.archiveAccessExpeditedPerGB',
  archiveAccessExpeditedRestore: 'restore.archiveAccessExpeditedRequests',
  deepArchiveAccessStandardRestore: 'restore.deepArchiveAccessStandardRequests',
  deepArchiveAccessBulkRestore: 'restore.deepArchiveAccessBulkRequests',
  additionalRestore: 'restore.additionalRequest',
  'fees.inventory': 'inventoryPerMillionObjectsListed',
  'fees.classAnalysis': 'storageClassAnalysisPerMillionObjectsMonth',
  'fees.storageLens': 'storageLensAdvancedTiers',
  'fees.tag': 'objectTagsPer10000Month',
  'fees.batchJob': 'batchOperationsJob',
  'fees.batchObject': 'batchOperationsPerMillionObjects',
  'fees.batchManifest': 'batchOperationsManifestPerMillionObjects',
  'fees.dsseEncrypt': 'dsseEncryptPerGB',
  'fees.dsseDecrypt': 'dsseDecryptPerGB',
  'fees.metadataUpdate': 'metadataUpdatesPerMillion',
  'fees.metadataObject': 'metadataObjectsMonth',
  's3Tables.monitoring': 'monitoringPer1000Objects',
  's3Tables.compactedObject': 'compactionPer1000Objects',
  's3Tables.compactedData': 'compactionPerGB',
  's3Tables.sortCompactedObject': 'sortCompactionPer1000Objects',
  's3Tables.sortCompactedData': 'sortCompactionPerGB',
  'network.internetOut': 'internetOutTiers',
  'network.crossRegionOut': 'crossRegionOutPerGB',
  'network.crossRegionOutWithinUsEast': 'crossRegionOutBetweenUsEastRegionsPerGB',
  'network.crossZoneEachWay': 'crossAzPerGBEachWay',
  'network.natGatewayData': 'natGatewayDataPerGB',
  'network.interfaceEndpointData': 'interfaceEndpointDataTiers',
  'network.gatewayEndpointHour': 'gatewayEndpoint',
  'network.gatewayEndpointData': 'gatewayEndpoint',
  'services.athenaScan': 'athenaPerTBScanned',
  'services.glueCatalogObject': 'glueCatalogStoragePer100kObjectsMonth',
  'services.glueCatalogRequest': 'glueCatalogPerMillionRequests',
  'services.glueCrawler': 'glueCrawlerDpuHour',
  'services.glueEtl': 'glueEtlDpuHour',
  'services.glueTableOptimizer': 'glueTableOptimizerDpuHour',
  'services.lambdaRequest': 'lambdaPerMillionRequests',
  'services.lambdaX86': 'lambdaGbSecondTiersX86',
  'services.lambdaArm': 'lambdaGbSecondTiersArm',
  'services.cloudTrailDataEvent': 'cloudTrailDataEventsPer100k',
  'services.cloudTrailManagementEvent': 'cloudTrailExtraManagementEventsPer100k',
  'services.kmsRequest': 'kmsRequestsPer10k',
  'services.kmsKey': 'kmsKeyMonth',
};

/** Of no single Region in the facts. */
const constants: Readonly<Record<string, string>> = {
  'fees.replicationTimeControl': 'replicationTimeControlPerGB',
  'fees.bucket': 'bucketMonthAbove2000',
  'services.firehoseIngest': 'firehose.regions.{region}.ingestTiers',
  'services.firehoseConversion': 'firehose.regions.{region}.formatConversionPerGB',
  'services.firehoseVpcData': 'firehose.regions.{region}.vpcDeliveryPerGB',
  'services.firehoseVpcHour': 'firehose.regions.{region}.vpcDeliveryHourPerAz',
};

const confidence: Readonly<Record<string, string>> = {
  'verified-from-data': 'verified',
  'inferred-from-data': 'inferred',
  'from-docs': 'documented',
  'from-memory': 'unconfirmed',
};

function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, name) => (inner as Json | undefined)?.[name], value);
}

function factOf(facts: Json, region: string, group: string, name: string): unknown {
  const own = constants[`${group}.${name}`];
  if (own) return at(facts.serviceConstants, own.replace('{region}', region).replaceAll('.{', '.'));
  const of = at(facts.regions, region) as Json;
  const room =
    group === group.toUpperCase() ? at(of, `classes.${group}`) : of[group === 'services' ? 'other' : group];
  if (typeof room === 'string') return room;
  return at(room, paths[`${group}.${name}`] ?? paths[name] ?? name);
}

/** As price files hold it. */
function priceOf(facts: Json, region: string, group: string, name: string, unit: string): Json {
  const fact = factOf(facts, region, group, name);
  if (typeof fact === 'string')
    return {
      unit,
      absent: fact.startsWith('not-possible') ? 'not-possible' : 'not-sold',
      why: wordsOf(fact),
    };
  if (fact === null || fact === undefined)
    return { unit, absent: 'unknown', why: 'no public price was found' };
  const leaves = (Array.isArray(fact) ? fact : [fact]) as (Leaf & {
    endGB?: string;
    endObjects?: string;
    endGbSeconds?: string;
  })[];
  const [first] = leaves;
  const [usageType = '', operation = ''] = (first!.usageType ?? '').split(':');
  return {
    unit,
    tiers: leaves.map((leaf) => [leaf.endGB ?? leaf.endObjects ?? leaf.endGbSeconds ?? 'Inf', perUnit(leaf)]),
    usageType,
    operation,
    sku: first!.sku ?? '',
    source: first!.src,
    confidence: confidence[first!.conf] ?? first!.conf,
    note: first!.note ?? '',
  };
}

const wordsOf = (marker: string): string =>
  marker.replaceAll('-', ' ').replace(/(\d{4}) (\d\d) (\d\d)/, '$1-$2-$3');

/** "0.005" per "1000 requests" → "0.000005": the decimal point moves, no arithmetic on floats. */
function perUnit({ usd, per }: Leaf): string {
  const zeros = (/^10+(?= )/.exec(per)?.[0].length ?? 1) - 1;
  const [whole = '0', fraction = ''] = usd.split('.');
  const places = fraction.length + zeros;
  const digits = (whole + fraction).padStart(places + 1, '0');
  const text = `${digits.slice(0, digits.length - places)}.${digits.slice(digits.length - places)}`;
  return text.replace(/^0+(?=\d)/, '').replace(/\.?0*$/, '');
}

function fileText(facts: Json, region: string): string {
  const of = at(facts.regions, region) as Json;
  const prices = Object.entries(priceUnits).map(([group, names]) => [
    group,
    Object.fromEntries(
      Object.entries(names).map(([name, unit]) => [name, priceOf(facts, region, group, name, unit)]),
    ),
  ]) as [string, Readonly<Record<string, Json>>][];
  const used = prices.flatMap(([, group]) =>
    Object.values(group).flatMap(({ source = [] }) => source as string[]),
  );
  const file = {
    schemaVersion: 1,
    region,
    location: of.location,
    usageTypePrefix: at(of, 'usageTypePrefix.value'),
    cards: [
      {
        date: of.s3PriceDate,
        sources: Object.fromEntries([...new Set(used)].sort().map((name) => [name, sourceText(facts, name)])),
        checks: of.laterChecks ?? [],
        prices: Object.fromEntries(prices),
      },
    ],
  };
  return priceFileText(parsePriceFile(JSON.stringify(file), `${region}.json`));
}

function sourceText(facts: Json, name: string): string {
  const source = at(facts.sources, name) as Json | undefined;
  const published = source?.published;
  return `${String(source?.what ?? name)}${published ? ` (${String(published).slice(0, 10)})` : ''}`;
}

/** The one price that only the flat table of usage types has. */
function addMetadataObjects(facts: Json, table: Json): void {
  for (const region of Object.keys(facts.regions as Json)) {
    const rows = Object.entries(
      at(table.regions, region) as Readonly<Record<string, { sku: string; rates: string[][] }>>,
    );
    const [usageType, row] = rows.find(([name]) => name.endsWith('-Metadata-Objects')) ?? [];
    const fees = at(facts.regions, `${region}.fees`) as Record<string, unknown>;
    fees.metadataObjectsMonth = row
      ? {
          usd: row.rates[0]![2],
          per: 'object-month',
          usageType,
          sku: row.sku,
          src: ['feed-2025-10'],
          conf: 'inferred-from-data',
          note: 'the unit was not transcribed: taken for an object and a month',
        }
      : 'not-sold-as-of-2025-10-22';
  }
}

const [file, table, out = 'pricing'] = process.argv.slice(2);
if (!file || !table) {
  process.stderr.write(
    'Usage: node --import tsx scripts/import-prices.ts <s3-prices.json> <usage-type-prices.json> [outDir]\n',
  );
  process.exit(2);
}
const facts = JSON.parse(readFileSync(file, 'utf8')) as Json;
addMetadataObjects(facts, JSON.parse(readFileSync(table, 'utf8')) as Json);
mkdirSync(out, { recursive: true });
for (const region of Object.keys(facts.regions as Json)) {
  writeFileSync(join(out, `${region}.json`), fileText(facts, region));
}
process.stderr.write(`${Object.keys(facts.regions as Json).length} Regions written to ${out}\n`);
