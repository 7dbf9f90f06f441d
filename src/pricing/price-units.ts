/** Every price a rate card must hold, and the unit each one is for: a file that lacks one, or has another, is refused. */
import type { Unit } from '../kernel/quantity.js';

const requests = { put: 'request', get: 'request', delete: 'request' } as const;
const whole = { storage: 'GB-month', ...requests, retrieval: 'GB', transitionInto: 'request' } as const;
const floored = {
  ...whole,
  smallObjectTopUp: 'GB-month',
  earlyDelete: 'GB-month',
  earlyDeleteSmall: 'GB-month',
} as const;
const archive = {
  storage: 'GB-month',
  ...requests,
  stagingStorage: 'GB-month',
  completeMultipart: 'request',
  initiateMultipart: 'request',
  uploadPart: 'request',
  transitionInto: 'request',
  standardRetrieval: 'GB',
  standardRestore: 'request',
  bulkRetrieval: 'GB',
  bulkRestore: 'request',
  earlyDelete: 'GB-month',
} as const;

/**
 * Group → price → unit. LIST stands in STANDARD alone, because S3 bills it there whatever the class of the
 * objects (S3 pricing page); directory buckets have their own.
 */
export const priceUnits = {
  STANDARD: { ...whole, list: 'request' },
  STANDARD_IA: floored,
  ONEZONE_IA: floored,
  INTELLIGENT_TIERING: {
    frequentStorage: 'GB-month',
    infrequentStorage: 'GB-month',
    archiveInstantStorage: 'GB-month',
    archiveAccessStorage: 'GB-month',
    deepArchiveAccessStorage: 'GB-month',
    ...requests,
    monitoring: 'object-month',
    retrieval: 'GB',
    transitionInto: 'request',
    archiveAccessStandardRetrieval: 'GB',
    archiveAccessStandardRestore: 'request',
    archiveAccessBulkRetrieval: 'GB',
    archiveAccessBulkRestore: 'request',
    archiveAccessExpeditedRetrieval: 'GB',
    archiveAccessExpeditedRestore: 'request',
    deepArchiveAccessStandardRestore: 'request',
    deepArchiveAccessBulkRestore: 'request',
    additionalRestore: 'request',
  },
  GLACIER_IR: floored,
  GLACIER: { ...archive, expeditedRetrieval: 'GB', expeditedRestore: 'request' },
  DEEP_ARCHIVE: archive,
  EXPRESS_ONEZONE: { ...whole, list: 'request', upload: 'GB' },
  REDUCED_REDUNDANCY: whole,
  fees: {
    inventory: 'object',
    classAnalysis: 'object-month',
    storageLens: 'object-month',
    tag: 'tag-month',
    batchJob: 'job',
    batchObject: 'object',
    batchManifest: 'object',
    dsseEncrypt: 'GB',
    dsseDecrypt: 'GB',
    metadataUpdate: 'update',
    metadataObject: 'object-month',
    replicationTimeControl: 'GB',
    bucket: 'bucket-month',
  },
  s3Tables: {
    storage: 'GB-month',
    put: 'request',
    get: 'request',
    monitoring: 'object-month',
    compactedObject: 'object',
    compactedData: 'GB',
    sortCompactedObject: 'object',
    sortCompactedData: 'GB',
  },
  network: {
    internetOut: 'GB',
    crossRegionOut: 'GB',
    crossRegionOutWithinUsEast: 'GB',
    crossZoneEachWay: 'GB',
    natGatewayHour: 'hour',
    natGatewayData: 'GB',
    publicIpv4Hour: 'hour',
    interfaceEndpointHour: 'hour',
    interfaceEndpointData: 'GB',
    gatewayEndpointHour: 'hour',
    gatewayEndpointData: 'GB',
  },
  services: {
    athenaScan: 'TB',
    glueCatalogObject: 'object-month',
    glueCatalogRequest: 'request',
    glueCrawler: 'DPU-hour',
    glueEtl: 'DPU-hour',
    glueTableOptimizer: 'DPU-hour',
    lambdaRequest: 'request',
    lambdaX86: 'GB-second',
    lambdaArm: 'GB-second',
    cloudTrailDataEvent: 'event',
    cloudTrailManagementEvent: 'event',
    kmsRequest: 'request',
    kmsKey: 'key-month',
    firehoseIngest: 'GB',
    firehoseConversion: 'GB',
    firehoseVpcData: 'GB',
    firehoseVpcHour: 'hour',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Unit>>>>;

export type Group = keyof typeof priceUnits;
export type PriceName<G extends Group> = keyof (typeof priceUnits)[G] & string;
export type UnitOf<G extends Group, N extends PriceName<G>> = (typeof priceUnits)[G][N] & Unit;

/** What AWS gives away; a zero anywhere else is a damaged file. */
const free: readonly string[] = [
  'delete',
  'STANDARD.retrieval',
  'REDUCED_REDUNDANCY.retrieval',
  'INTELLIGENT_TIERING.retrieval',
  'GLACIER.bulkRetrieval',
  'GLACIER.bulkRestore',
  'INTELLIGENT_TIERING.archiveAccessStandardRetrieval',
  'INTELLIGENT_TIERING.archiveAccessStandardRestore',
  'INTELLIGENT_TIERING.archiveAccessBulkRetrieval',
  'INTELLIGENT_TIERING.archiveAccessBulkRestore',
  'INTELLIGENT_TIERING.deepArchiveAccessStandardRestore',
  'INTELLIGENT_TIERING.deepArchiveAccessBulkRestore',
  'network.gatewayEndpointHour',
  'network.gatewayEndpointData',
];

export const mayBeFree = (group: string, name: string): boolean =>
  free.includes(name) || free.includes(`${group}.${name}`);
