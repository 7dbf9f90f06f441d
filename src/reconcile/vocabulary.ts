/** What the rate cards cannot say of themselves: usage types beside those of the cards, each on a line of its own. */

/** Services whose usage types of S3 are looked up in the card. */
export const s3Services: readonly string[] = ['AmazonS3', 'AmazonS3GlacierDeepArchive'];

/** Their transfer has the names of the Regions' but prices of their own. */
export const edgeServices: readonly string[] = ['AmazonCloudFront', 'AmazonLightsail'];

/** Other names for a Region's prefix (AWS Region billing codes; S3 User Guide, "Understanding your AWS billing"). */
export const prefixAliases: Readonly<Record<string, string>> = {
  USE1: 'us-east-1',
  CPT: 'af-south-1',
  EUW1: 'eu-west-1',
};

/** Operations that have the price of another one, by usage type without prefix. */
const archiveRequests: Readonly<Record<string, string>> = {
  CopyObject: 'PutObject',
  PostObject: 'PutObject',
  PutObjectForRepl: 'PutObject',
  CopyPart: 'UploadPart',
  UploadPartCopy: 'UploadPart',
  CreateMultipartUpload: 'InitiateMultipartUpload',
};
export const operationAliases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'Requests-GLACIER-Tier1': archiveRequests,
  'Requests-GDA-Tier1': archiveRequests,
};

/** `services`: whose rows it is looked up in; "any" counts over all, as AWS counts the tiers of egress. */
export type Word =
  | { readonly services: readonly string[] | 'any'; readonly price: string }
  | { readonly services: readonly string[] | 'any'; readonly free: string }
  | { readonly services: readonly string[] | 'any'; readonly unpriced: string };

const s3 = s3Services;
const network = ['AmazonEC2', 'AmazonVPC'];
const counter = 'a counter without a price';

/** Usage type without prefix → what it is. A price that no card holds is said to be missing, never zero. */
export const words: ReadonlyMap<string, readonly Word[]> = new Map<string, readonly Word[]>([
  // Fees of S3 whose usage type is not in every card.
  ['Global-Bucket-Hrs', [{ services: s3, price: 'fees.bucket' }]],
  ['Metadata-Objects', [{ services: s3, price: 'fees.metadataObject' }]],
  // Transfer.
  ['DataTransfer-Out-Bytes', [{ services: 'any', price: 'network.internetOut' }]],
  ['DataTransfer-In-Bytes', [{ services: s3, free: 'transfer in is free' }]],
  [
    'DataTransfer-Regional-Bytes',
    [
      { services: s3, free: 'transfer between S3 and the services of its Region is free' },
      { services: 'any', price: 'network.crossZoneEachWay' },
    ],
  ],
  ['C3DataTransfer-In-Bytes', [{ services: s3, free: 'transfer from EC2 in the Region is free' }]],
  ['C3DataTransfer-Out-Bytes', [{ services: s3, free: 'transfer to EC2 in the Region is free' }]],
  ['CloudFront-In-Bytes', [{ services: s3, free: 'CloudFront bills it' }]],
  ['CloudFront-Out-Bytes', [{ services: s3, free: 'transfer to CloudFront is free' }]],
  ['S3G-DataTransfer-In-Bytes', [{ services: s3, free: 'inside S3' }]],
  ['S3G-DataTransfer-Out-Bytes', [{ services: s3, free: 'inside S3' }]],
  // Counters, and what is listed but no longer charged.
  ['StorageObjectCount', [{ services: s3, free: counter }]],
  ['StorageLensFreeTier-ObjCount', [{ services: s3, free: 'free metrics of Storage Lens' }]],
  ['Global-Bucket-Hrs-FreeTier', [{ services: s3, free: 'the buckets that are free' }]],
  ['EarlyDelete-INT', [{ services: s3, free: 'no minimum duration since September 2021' }]],
  // Neighbours.
  ['NatGateway-Hours', [{ services: network, price: 'network.natGatewayHour' }]],
  ['NatGateway-Bytes', [{ services: network, price: 'network.natGatewayData' }]],
  ['VpcEndpoint-Hours', [{ services: network, price: 'network.interfaceEndpointHour' }]],
  ['VpcEndpoint-Bytes', [{ services: network, price: 'network.interfaceEndpointData' }]],
  ['PublicIPv4:InUseAddress', [{ services: network, price: 'network.publicIpv4Hour' }]],
  ['PublicIPv4:IdleAddress', [{ services: network, price: 'network.publicIpv4Hour' }]],
  ['DataScannedInTB', [{ services: ['AmazonAthena'], price: 'services.athenaScan' }]],
  ['Catalog-Storage', [{ services: ['AWSGlue'], price: 'services.glueCatalogObject' }]],
  ['Catalog-Request', [{ services: ['AWSGlue'], price: 'services.glueCatalogRequest' }]],
  ['Crawler-DPU-Hour', [{ services: ['AWSGlue'], price: 'services.glueCrawler' }]],
  ['ETL-DPU-Hour', [{ services: ['AWSGlue'], price: 'services.glueEtl' }]],
  ['Request', [{ services: ['AWSLambda'], price: 'services.lambdaRequest' }]],
  ['Request-ARM', [{ services: ['AWSLambda'], price: 'services.lambdaRequest' }]],
  ['Lambda-GB-Second', [{ services: ['AWSLambda'], price: 'services.lambdaX86' }]],
  ['Lambda-GB-Second-ARM', [{ services: ['AWSLambda'], price: 'services.lambdaArm' }]],
  ['DataEventsRecorded', [{ services: ['AWSCloudTrail'], price: 'services.cloudTrailDataEvent' }]],
  ['PaidEventsRecorded', [{ services: ['AWSCloudTrail'], price: 'services.cloudTrailManagementEvent' }]],
  ['FreeEventsRecorded', [{ services: ['AWSCloudTrail'], free: 'the first copy of management events' }]],
  ['KMS-Requests', [{ services: ['awskms'], price: 'services.kmsRequest' }]],
  ['KMS-Keys', [{ services: ['awskms'], price: 'services.kmsKey' }]],
  // Understood, but not in the price book.
  ['Requests-Tier8', [{ services: s3, unpriced: 'requests of S3 Access Grants are not in the price book' }]],
  [
    'Peak-Restore-Bytes-Delta',
    [{ services: s3, unpriced: 'the retrieval rule of before 2016 is not in the price book' }],
  ],
]);

/** For names that are built, not listed; the first that fits counts. */
export const wordPatterns: readonly (readonly [RegExp, Word])[] = [
  [/^(?:BytesDeleted|OverwriteBytes)-/, { services: s3, free: counter }],
  [
    /^(?:Bulk-|Std-|Exp-)?Select-/,
    { services: s3, unpriced: 'S3 Select is closed to new customers and not in the price book' },
  ],
  [
    /^Compute-Checksum-Processed-/,
    { services: s3, unpriced: 'computed checksums are not in the price book' },
  ],
  [/^Files-/, { services: s3, unpriced: 'S3 Files is not in the price book' }],
  [/^Tables-/, { services: s3, unpriced: 'this meter of S3 Tables is not in the price book' }],
  [
    /^(?:Provisioned|RetrievalCapacity)/,
    { services: s3, unpriced: 'provisioned retrieval capacity is not in the price book' },
  ],
];

/** "USW2-EUC1-AWS-Out-Bytes": from, to, what. The Region that sends pays (S3 pricing page). */
export const betweenRegions = /^([A-Z]{2,4}\d?)-([A-Z]{2,4}\d?)-(.+)$/;
export const transferWords: ReadonlyMap<string, Word> = new Map<string, Word>([
  ['AWS-Out-Bytes', { services: 'any', price: 'network.crossRegionOut' }],
  ['AWS-In-Bytes', { services: 'any', free: 'the Region that sends pays' }],
  ['S3RTC-Out-Bytes', { services: s3, price: 'fees.replicationTimeControl' }],
  ['S3RTC-In-Bytes', { services: s3, free: 'the Region that sends pays' }],
  ...['AWS-Out-ABytes', 'AWS-In-ABytes']
    .flatMap((name) => [name, `${name}-T1`, `${name}-T2`])
    .map((name): readonly [string, Word] => [
      name,
      { services: s3, unpriced: 'transfer acceleration is not in the price book' },
    ]),
]);
