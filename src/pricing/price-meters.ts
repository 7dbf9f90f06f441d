/** Which meter of AWS's price lists each price of a rate card is read from: usage type and operation, never a description. */
import type { OfferCode } from './price-list.js';
import type { Group, PriceName } from './price-units.js';

export type PriceId = { [G in Group]: `${G}.${PriceName<G>}` }[Group];

export interface Meter {
  readonly id: PriceId;
  /** Usage type without the Region's prefix. */
  readonly usageType: string;
  /** "" when AWS prices all operations of the usage type alike. */
  readonly operation: string;
  readonly offer: OfferCode;
  /** Where it is known, only rows of this volume type are the price. */
  readonly volumeType?: string;
  /** The meter is another price's; that it is billed here too is from documents, and no list can prove it. */
  readonly isBorrowed: boolean;
}

type Row = readonly [id: PriceId, usageType: string, operation?: string];

// biome-ignore format: one price a line
const s3: readonly Row[] = [
  ['STANDARD.storage', 'TimedStorage-ByteHrs'],
  ['STANDARD.put', 'Requests-Tier1'],
  ['STANDARD.get', 'Requests-Tier2'],
  ['STANDARD.list', 'Requests-Tier1'],
  ['STANDARD_IA.storage', 'TimedStorage-SIA-ByteHrs'],
  ['STANDARD_IA.put', 'Requests-SIA-Tier1'],
  ['STANDARD_IA.get', 'Requests-SIA-Tier2'],
  ['STANDARD_IA.retrieval', 'Retrieval-SIA'],
  ['STANDARD_IA.transitionInto', 'Requests-Tier4', 'S3-SIATransition'],
  ['STANDARD_IA.smallObjectTopUp', 'TimedStorage-SIA-SmObjects'],
  ['STANDARD_IA.earlyDelete', 'EarlyDelete-SIA'],
  ['STANDARD_IA.earlyDeleteSmall', 'EarlyDelete-SIA-SmObjects'],
  ['ONEZONE_IA.storage', 'TimedStorage-ZIA-ByteHrs'],
  ['ONEZONE_IA.put', 'Requests-ZIA-Tier1'],
  ['ONEZONE_IA.get', 'Requests-ZIA-Tier2'],
  ['ONEZONE_IA.retrieval', 'Retrieval-ZIA'],
  ['ONEZONE_IA.transitionInto', 'Requests-Tier4', 'S3-ZIATransition'],
  ['ONEZONE_IA.smallObjectTopUp', 'TimedStorage-ZIA-SmObjects'],
  ['ONEZONE_IA.earlyDelete', 'EarlyDelete-ZIA'],
  ['ONEZONE_IA.earlyDeleteSmall', 'EarlyDelete-ZIA-SmObjects'],
  ['INTELLIGENT_TIERING.frequentStorage', 'TimedStorage-INT-FA-ByteHrs'],
  ['INTELLIGENT_TIERING.infrequentStorage', 'TimedStorage-INT-IA-ByteHrs'],
  ['INTELLIGENT_TIERING.archiveInstantStorage', 'TimedStorage-INT-AIA-ByteHrs'],
  ['INTELLIGENT_TIERING.archiveAccessStorage', 'TimedStorage-INT-AA-ByteHrs'],
  ['INTELLIGENT_TIERING.deepArchiveAccessStorage', 'TimedStorage-INT-DAA-ByteHrs'],
  ['INTELLIGENT_TIERING.put', 'Requests-INT-Tier1'],
  ['INTELLIGENT_TIERING.get', 'Requests-INT-Tier2'],
  ['INTELLIGENT_TIERING.monitoring', 'Monitoring-Automation-INT'],
  ['INTELLIGENT_TIERING.transitionInto', 'Requests-Tier4', 'S3-INTTransition'],
  ['INTELLIGENT_TIERING.archiveAccessStandardRetrieval', 'Standard-Retrieval-Bytes', 'IntAARestoreObject'],
  ['INTELLIGENT_TIERING.archiveAccessStandardRestore', 'Requests-INT-AA-Tier3'],
  ['INTELLIGENT_TIERING.archiveAccessBulkRetrieval', 'Bulk-Retrieval-Bytes', 'IntAARestoreObject'],
  ['INTELLIGENT_TIERING.archiveAccessBulkRestore', 'Requests-INT-AA-Tier5'],
  ['INTELLIGENT_TIERING.archiveAccessExpeditedRetrieval', 'Expedited-Retrieval-Bytes', 'IntAARestoreObject'],
  ['INTELLIGENT_TIERING.archiveAccessExpeditedRestore', 'Requests-INT-Tier6', 'RestoreObjectExpedited'],
  ['INTELLIGENT_TIERING.deepArchiveAccessStandardRestore', 'Requests-INT-DAA-Tier3', 'RestoreObject'],
  ['INTELLIGENT_TIERING.deepArchiveAccessBulkRestore', 'Requests-INT-DAA-Tier5'],
  ['INTELLIGENT_TIERING.additionalRestore', 'AdditionalRequest-INT', 'RestoreObject'],
  ['GLACIER_IR.storage', 'TimedStorage-GIR-ByteHrs'],
  ['GLACIER_IR.put', 'Requests-GIR-Tier1'],
  ['GLACIER_IR.get', 'Requests-GIR-Tier2'],
  ['GLACIER_IR.retrieval', 'Retrieval-GIR'],
  ['GLACIER_IR.transitionInto', 'Requests-Tier4', 'S3-GIRTransition'],
  ['GLACIER_IR.smallObjectTopUp', 'TimedStorage-GIR-SmObjects'],
  ['GLACIER_IR.earlyDelete', 'EarlyDelete-GIR'],
  ['GLACIER_IR.earlyDeleteSmall', 'EarlyDelete-GIR-SmObjects'],
  ['GLACIER.storage', 'TimedStorage-GlacierByteHrs'],
  ['GLACIER.put', 'Requests-GLACIER-Tier1', 'PutObject'],
  ['GLACIER.get', 'Requests-GLACIER-Tier2'],
  ['GLACIER.stagingStorage', 'TimedStorage-GlacierStaging'],
  ['GLACIER.completeMultipart', 'Requests-GLACIER-Tier1', 'CompleteMultipartUpload'],
  ['GLACIER.initiateMultipart', 'Requests-GLACIER-Tier1', 'InitiateMultipartUpload'],
  ['GLACIER.uploadPart', 'Requests-GLACIER-Tier1', 'UploadPart'],
  ['GLACIER.transitionInto', 'Requests-Tier3', 'S3-GlacierTransition'],
  ['GLACIER.standardRetrieval', 'Standard-Retrieval-Bytes', 'RestoreObject'],
  ['GLACIER.standardRestore', 'Requests-Tier3', 'RestoreObject'],
  ['GLACIER.bulkRetrieval', 'Bulk-Retrieval-Bytes', 'RestoreObject'],
  ['GLACIER.bulkRestore', 'Requests-Tier5'],
  // The bare name is Glacier Flexible Retrieval (S3 User Guide, billing and usage reports).
  ['GLACIER.earlyDelete', 'EarlyDelete-ByteHrs'],
  ['GLACIER.expeditedRetrieval', 'Expedited-Retrieval-Bytes'],
  ['GLACIER.expeditedRestore', 'Requests-Tier6'],
  ['DEEP_ARCHIVE.get', 'Requests-GDA-Tier2'],
  ['DEEP_ARCHIVE.stagingStorage', 'TimedStorage-GDA-Staging'],
  ['DEEP_ARCHIVE.transitionInto', 'Requests-Tier3', 'S3-GDATransition'],
  ['DEEP_ARCHIVE.standardRetrieval', 'Standard-Retrieval-Bytes', 'DeepArchiveRestoreObject'],
  ['DEEP_ARCHIVE.bulkRetrieval', 'Bulk-Retrieval-Bytes', 'DeepArchiveRestoreObject'],
  ['EXPRESS_ONEZONE.storage', 'TimedStorage-XZ-ByteHrs'],
  ['EXPRESS_ONEZONE.put', 'Requests-XZ-Tier1'],
  ['EXPRESS_ONEZONE.get', 'Requests-XZ-Tier2'],
  ['EXPRESS_ONEZONE.retrieval', 'Retrieval-XZ'],
  ['EXPRESS_ONEZONE.list', 'Requests-XZ-Tier1'],
  ['EXPRESS_ONEZONE.upload', 'Upload-XZ'],
  ['REDUCED_REDUNDANCY.storage', 'TimedStorage-RRS-ByteHrs'],
  ['REDUCED_REDUNDANCY.put', 'Requests-Tier1'],
  ['REDUCED_REDUNDANCY.get', 'Requests-Tier2'],
  ['fees.inventory', 'Inventory-ObjectsListed'],
  ['fees.classAnalysis', 'StorageAnalytics-ObjCount'],
  ['fees.storageLens', 'StorageLens-ObjCount'],
  ['fees.tag', 'TagStorage-TagHrs'],
  ['fees.batchJob', 'BatchOperations-Jobs'],
  ['fees.batchObject', 'BatchOperations-Objects'],
  ['fees.batchManifest', 'BatchOperations-Manifest'],
  ['fees.dsseEncrypt', 'S3DSSE-In-Bytes'],
  ['fees.dsseDecrypt', 'S3DSSE-Out-Bytes'],
  ['fees.metadataUpdate', 'Metadata-Updates'],
  ['fees.metadataObject', 'Metadata-Objects'],
  ['s3Tables.storage', 'Tables-TimedStorage-ByteHrs'],
  ['s3Tables.put', 'Tables-Requests-Tier1'],
  ['s3Tables.get', 'Tables-Requests-Tier2'],
  ['s3Tables.monitoring', 'Tables-MonitoredObjects'],
  ['s3Tables.compactedObject', 'Tables-CompactedObjects'],
  ['s3Tables.compactedData', 'Tables-ProcessedBytes'],
  ['s3Tables.sortCompactedObject', 'Tables-SortCompactedObjects'],
  ['s3Tables.sortCompactedData', 'Tables-SortProcessedBytes'],
];

/** A row of the AmazonS3 offer that looks like one of these (TimedStorage-GDA-Staging is labelled so) is not. */
// biome-ignore format: one price a line
const deepArchive: readonly Row[] = [
  ['DEEP_ARCHIVE.storage', 'TimedStorage-GDA-ByteHrs'],
  ['DEEP_ARCHIVE.put', 'Requests-GDA-Tier1', 'PutObject'],
  ['DEEP_ARCHIVE.completeMultipart', 'Requests-GDA-Tier1', 'CompleteMultipartUpload'],
  ['DEEP_ARCHIVE.initiateMultipart', 'Requests-GDA-Tier1', 'InitiateMultipartUpload'],
  ['DEEP_ARCHIVE.uploadPart', 'Requests-GDA-Tier1', 'UploadPart'],
  ['DEEP_ARCHIVE.standardRestore', 'Requests-GDA-Tier3'],
  ['DEEP_ARCHIVE.bulkRestore', 'Requests-GDA-Tier5'],
  ['DEEP_ARCHIVE.earlyDelete', 'EarlyDelete-GDA'],
];

/** As captured lists name them. Overhead rows (INTAAS3ObjectOverhead) stand under the usage type of STANDARD too. */
const volumeTypes: Readonly<Partial<Record<PriceId, string>>> = {
  'STANDARD.storage': 'Standard',
  'STANDARD_IA.storage': 'Standard - Infrequent Access',
  'ONEZONE_IA.storage': 'One Zone - Infrequent Access',
  'GLACIER.storage': 'Amazon Glacier',
  'REDUCED_REDUNDANCY.storage': 'Reduced Redundancy',
  'fees.tag': 'Tags',
  's3Tables.storage': 'Tables',
};

const borrowed: readonly PriceId[] = [
  'STANDARD.list',
  'EXPRESS_ONEZONE.list',
  'REDUCED_REDUNDANCY.put',
  'REDUCED_REDUNDANCY.get',
];

const meter =
  (offer: OfferCode) =>
  ([id, usageType, operation = '']: Row): Meter => {
    const volumeType = volumeTypes[id];
    return {
      id,
      usageType,
      operation,
      offer,
      ...(volumeType === undefined ? {} : { volumeType }),
      isBorrowed: borrowed.includes(id),
    };
  };

/** A price without one (transfer, other services, what is free) is in neither offer and stays as it is. */
export const meters: readonly Meter[] = [
  ...s3.map(meter('AmazonS3')),
  ...deepArchive.map(meter('AmazonS3GlacierDeepArchive')),
];
