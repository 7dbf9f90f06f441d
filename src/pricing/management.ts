/** What S3 charges for watching, listing, tagging and changing objects in bulk: each feature by its own unit. */
import { gigabytes } from '../kernel/bytes.js';
import { count, type Quantity, type Unit } from '../kernel/quantity.js';
import type { BillLine } from './bill.js';
import type { Ledger } from './line.js';
import type { PriceName, UnitOf } from './price-units.js';
import { priceOf } from './rate-card.js';
import { grouped } from './sizes.js';
import type { Usage } from './usage.js';

type Fee = PriceName<'fees'>;

/** S3 pricing page, "Management and insights" and "Security, access and control". */
export function managementLines(ledger: Ledger, usage: Usage): BillLine[] {
  const { batchOperations: batch, dsse, metadata } = usage;
  const fee = feesOf(ledger);
  return [
    ...fee('inventory', 'Inventory, objects listed', 'object', usage.inventoryObjects),
    ...fee('classAnalysis', 'Storage class analysis', 'object-month', usage.classAnalysisObjects),
    ...fee('storageLens', 'Storage Lens, advanced metrics', 'object-month', usage.storageLensObjects),
    ...fee('tag', 'Object tags', 'tag-month', usage.tags),
    ...fee('batchJob', 'Batch Operations, jobs', 'job', batch?.jobs),
    ...fee('batchObject', 'Batch Operations, objects', 'object', batch?.objects, batchNote),
    ...fee('batchManifest', 'Batch Operations, manifests', 'object', batch?.manifestObjects),
    ...bytesFee(ledger, 'dsseEncrypt', 'DSSE-KMS, bytes put', dsse?.encryptBytes),
    ...bytesFee(ledger, 'dsseDecrypt', 'DSSE-KMS, bytes got', dsse?.decryptBytes),
    ...fee('metadataUpdate', 'S3 Metadata, updates', 'update', metadata?.updates),
    ...fee('metadataObject', 'S3 Metadata, live inventory', 'object-month', metadata?.objects),
    ...bytesFee(
      ledger,
      'replicationTimeControl',
      'Replication Time Control',
      usage.replicationTimeControlBytes,
    ),
    ...bucketLines(ledger, usage.buckets ?? 0n),
  ];
}

/** S3 pricing page: Batch Operations come on top of what they cause. */
const batchNote = 'The requests, retrieval and transfer the jobs cause are billed besides.';

const feesOf =
  (ledger: Ledger) =>
  <F extends Fee>(
    name: F,
    says: string,
    unit: UnitOf<'fees', F>,
    amount: bigint | undefined,
    note = '',
  ): BillLine[] =>
    amount ? [feeLine(ledger, name, says, count(unit, amount), note)] : [];

function bytesFee(
  ledger: Ledger,
  name: 'dsseEncrypt' | 'dsseDecrypt' | 'replicationTimeControl',
  says: string,
  bytes: bigint | undefined,
): BillLine[] {
  return bytes ? [feeLine(ledger, name, says, gigabytes(bytes), '')] : [];
}

const feeLine = <F extends Fee>(
  ledger: Ledger,
  name: F,
  says: string,
  amount: Quantity<UnitOf<'fees', F> & Unit>,
  note: string,
): BillLine => ledger.line({ section: 'management', name: says, note }, priceOf(ledger.card, 'fees', name), amount);

/** S3 pricing page: general purpose buckets above 2,000 in an account. */
const freeBuckets = 2000n;

function bucketLines(ledger: Ledger, buckets: bigint): BillLine[] {
  if (buckets <= freeBuckets) return [];
  const words = {
    section: 'management',
    name: 'Buckets above 2,000',
    usageType: 'Global-Bucket-Hrs',
    note: `${grouped(buckets)} buckets; the first 2,000 of an account are free.`,
  } as const;
  const price = priceOf(ledger.card, 'fees', 'bucket');
  return [ledger.line(words, price, count('bucket-month', buckets - freeBuckets))];
}
