/** What S3 charges for watching, listing, tagging and changing objects in bulk: each feature by its own unit. */
import { count, gigabytes } from '../kernel/quantity.js';
import type { BillLine } from './bill.js';
import { type Ledger, lineIfAny } from './line.js';
import { type PriceName, priceUnits, type UnitOf } from './price-units.js';
import { type Price, priceOf } from './rate-card.js';
import { grouped } from './sizes.js';
import type { Usage } from './usage.js';

type ByBytes = 'dsseEncrypt' | 'dsseDecrypt' | 'replicationTimeControl';
type Counted = Exclude<PriceName<'fees'>, ByBytes>;
const section = 'management';

/** S3 pricing page, "Management and insights" and "Security, access and control". */
export function managementLines(ledger: Ledger, usage: Usage): BillLine[] {
  const { batchOperations: batch, dsse, metadata } = usage;
  const fee = feesOf(ledger);
  return [
    ...fee('inventory', 'Inventory, objects listed', usage.inventoryObjects),
    ...fee('classAnalysis', 'Storage class analysis', usage.classAnalysisObjects),
    ...fee('storageLens', 'Storage Lens, advanced metrics', usage.storageLensObjects),
    ...fee('tag', 'Object tags', usage.tags),
    ...fee('batchJob', 'Batch Operations, jobs', batch?.jobs),
    ...fee('batchObject', 'Batch Operations, objects', batch?.objects, batchNote),
    ...fee('batchManifest', 'Batch Operations, manifests', batch?.manifestObjects),
    ...bytesFee(ledger, 'dsseEncrypt', 'DSSE-KMS, bytes put', dsse?.encryptBytes),
    ...bytesFee(ledger, 'dsseDecrypt', 'DSSE-KMS, bytes got', dsse?.decryptBytes),
    ...fee('metadataUpdate', 'S3 Metadata, updates', metadata?.updates),
    ...fee('metadataObject', 'S3 Metadata, live inventory', metadata?.objects),
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
  <F extends Counted>(name: F, says: string, amount = 0n, note = ''): BillLine[] =>
    lineIfAny(
      ledger,
      { section, name: says, note },
      () => priceOf(ledger.card, 'fees', name),
      amount,
      (value) => count<UnitOf<'fees', F>>(priceUnits.fees[name], value),
    );

const bytesFee = (ledger: Ledger, name: ByBytes, says: string, bytes = 0n): BillLine[] =>
  lineIfAny(ledger, { section, name: says }, () => priceOf(ledger.card, 'fees', name), bytes, gigabytes);

/** S3 pricing page: general purpose buckets above 2,000 in an account. */
const freeBuckets = 2000n;

function bucketLines(ledger: Ledger, buckets: bigint): BillLine[] {
  const words = {
    section,
    name: 'Buckets above 2,000',
    usageType: 'Global-Bucket-Hrs',
    note: `${grouped(buckets)} buckets; the first 2,000 of an account are free.`,
  } as const;
  const price = (): Price<'bucket-month'> => priceOf(ledger.card, 'fees', 'bucket');
  return lineIfAny(ledger, words, price, buckets - freeBuckets, (above) => count('bucket-month', above));
}
