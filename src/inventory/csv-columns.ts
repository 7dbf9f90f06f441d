/** What the columns of an inventory are to a tally, by their names; a column it does not know is reported, never an error. */

export const columnRoles = [
  'key',
  'size',
  'storageClass',
  'accessTier',
  'isLatest',
  'isDeleteMarker',
] as const;
export type ColumnRole = (typeof columnRoles)[number];

const namesOf: Readonly<Record<ColumnRole, string>> = {
  key: 'Key',
  size: 'Size',
  storageClass: 'StorageClass',
  accessTier: 'IntelligentTieringAccessTier',
  isLatest: 'IsLatest',
  isDeleteMarker: 'IsDeleteMarker',
};

/** Fields of S3 Inventory (InventoryOptionalField of the SDK) that a tally has no use for. */
const others = [
  'Bucket',
  'VersionId',
  'LastModifiedDate',
  'ETag',
  'IsMultipartUploaded',
  'ReplicationStatus',
  'EncryptionStatus',
  'ObjectLockRetainUntilDate',
  'ObjectLockMode',
  'ObjectLockLegalHoldStatus',
  'BucketKeyStatus',
  'ChecksumAlgorithm',
  'ObjectAccessControlList',
  'ObjectOwner',
  'LifecycleExpirationDate',
  'IntelligentTieringReferenceDate',
  'ObjectLockEventHoldDuration',
  'ObjectLockEventHoldStatus',
];

/** CSV writes CamelCase, Parquet and ORC snake_case. */
const plain = (name: string): string => name.replaceAll('_', '').toLowerCase();

const roles = new Map(columnRoles.map((role) => [plain(namesOf[role]), role]));
const ignored = new Set(others.map(plain));

export const roleOf = (column: string): ColumnRole | undefined => roles.get(plain(column));

/** As the manifest writes them. */
export const unknownColumns = (columns: readonly string[]): readonly string[] =>
  columns.filter((column) => !roleOf(column) && !ignored.has(plain(column)));

/** For every field of a record what it is; a second column of one name says nothing. Undefined when there is no Key. */
export function fieldRoles(columns: readonly string[]): readonly (ColumnRole | undefined)[] | undefined {
  const seen = new Set<ColumnRole>();
  const fields = columns.map((column) => {
    const role = roleOf(column);
    if (!role || seen.has(role)) return undefined;
    seen.add(role);
    return role;
  });
  return seen.has('key') ? fields : undefined;
}
