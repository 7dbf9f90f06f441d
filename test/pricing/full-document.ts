/** A usage document that uses every field of the schema at once, and a card that has a price for each. */
import type { RateCard } from '../../src/pricing/rate-card.js';
import { cardOf } from './card.js';

/** No Region has every price: us-east-1 lacks two of Firehose, which London has. */
export function completed(east: RateCard, london: RateCard): RateCard {
  const { firehoseVpcData, firehoseVpcHour } = london.prices.services;
  const services = { ...east.prices.services, firehoseVpcData, firehoseVpcHour };
  return { ...east, prices: { ...east.prices, services } };
}

export const fullCard = (): RateCard => completed(cardOf('us-east-1'), cardOf('eu-west-2'));

export const fullDocument = () => ({
  region: 'us-east-1',
  month: '2026-11',
  tierOffsetGB: { 'TimedStorage-ByteHrs': '51199.5', 'DataTransfer-Out-Bytes': '10' },
  storage: [
    {
      class: 'STANDARD_IA',
      objects: 2,
      bytes: 300_000,
      sizes: [
        { objectBytes: 100_000, objects: 1 },
        { objectBytes: 200_000, objects: 1 },
      ],
      days: 10,
      noncurrent: false,
    },
    { class: 'INTELLIGENT_TIERING', accessTier: 'INFREQUENT', objects: 100, bytes: '1073741824000' },
  ],
  multipartRemains: [{ class: 'STANDARD', bytes: 5_000_000_000, days: 10 }],
  requests: [
    {
      class: 'STANDARD',
      put: 1000,
      list: 2000,
      get: 3000,
      delete: 4000,
      head: 5000,
      multipart: { uploads: 10, parts: 1000 },
      accessDenied: { own: 100, outside: 200, unknown: 300 },
    },
    { class: 'EXPRESS_ONEZONE', uploadBytes: 1_000_000 },
  ],
  transitions: [
    {
      to: 'GLACIER',
      objects: 2,
      sizes: [
        { objectBytes: 100_000, objects: 1 },
        { objectBytes: 200_000, objects: 1 },
      ],
      smallObjects: 'skip',
    },
  ],
  retrieval: [{ class: 'GLACIER_IR', bytes: 1_000_000 }],
  restores: [
    { class: 'GLACIER', speed: 'EXPEDITED', objects: 1000, bytes: 1_000_000, copyDays: 3 },
    {
      class: 'INTELLIGENT_TIERING',
      accessTier: 'ARCHIVE_ACCESS',
      speed: 'STANDARD',
      objects: 10,
      bytes: 1000,
    },
  ],
  earlyDeletes: [
    {
      class: 'GLACIER_IR',
      objects: 2,
      bytes: 300_000,
      sizes: [
        { objectBytes: 100_000, objects: 1 },
        { objectBytes: 200_000, objects: 1 },
      ],
      daysStored: 10,
    },
  ],
  transfer: {
    natGateways: { count: 1, hours: 100, bytes: 1_000_000 },
    interfaceEndpoints: { zones: 1, hours: 100, bytes: 1_000_000 },
    gatewayEndpoint: { bytes: 1_000_000 },
    internetOutBytes: 1_000_000,
    crossRegion: [{ to: 'us-west-2', bytes: 1_000_000 }],
  },
  queries: [{ engine: 'athena', count: 30, bytesScannedEach: 20_000_000 }],
  kms: { requests: 10_000, bucketKey: true, keys: 2, freeRequests: 10 },
  cloudTrailDataEvents: 1000,
  firehose: {
    bytes: 1_000_000,
    records: 1000,
    convertFormat: true,
    vpc: { zones: 1, hours: 100, bytes: 1_000_000 },
  },
  lambda: {
    requests: 1000,
    memoryMiB: 128,
    durationMs: 200,
    architecture: 'x86',
    freeRequests: 10,
    freeGbSeconds: 5,
  },
  glue: {
    requests: 1000,
    catalogObjects: 2000,
    crawlerDpuSeconds: 100,
    etlDpuSeconds: 200,
    optimizerDpuSeconds: 300,
    freeRequests: 10,
    freeObjects: 20,
  },
  inventoryObjects: 1000,
  classAnalysisObjects: 1000,
  storageLensObjects: 1000,
  tags: 1000,
  batchOperations: { jobs: 1, objects: 1000, manifestObjects: 1000 },
  dsse: { encryptBytes: 1_000_000, decryptBytes: 1_000_000 },
  metadata: { updates: 1000, objects: 2000 },
  replicationTimeControlBytes: 1_000_000,
  buckets: 2500,
  s3Tables: {
    bytes: 1_000_000,
    objects: 1000,
    put: 100,
    get: 200,
    compactedObjects: 300,
    compactedBytes: 1_000_000,
    sort: false,
  },
});
