/** Columns go by name, however S3 or a copy of its report writes it. */
import t from 'tap';
import { chooseColumns } from '../../../src/inventory/columnar/inventory-columns.js';
import { raise } from '../../../src/kernel/errors.js';

const refuse = (why: string): never => raise('COLUMNS_UNREADABLE', { why });

t.test('names in CamelCase and in snake_case, in any letter case', async (t) => {
  for (const names of [
    ['Key', 'Size', 'StorageClass', 'IntelligentTieringAccessTier', 'IsLatest', 'IsDeleteMarker'],
    ['key', 'size', 'storage_class', 'intelligent_tiering_access_tier', 'is_latest', 'is_delete_marker'],
    ['KEY', 'SIZE', 'STORAGECLASS', 'INTELLIGENTTIERINGACCESSTIER', 'ISLATEST', 'ISDELETEMARKER'],
  ]) {
    const { at, unknown } = chooseColumns(names, refuse);
    t.same([...at.keys()], ['key', 'size', 'storageClass', 'accessTier', 'isLatest', 'isDeleteMarker']);
    t.same([...at.values()], [0, 1, 2, 3, 4, 5]);
    t.same(unknown, []);
  }
});

t.test('a report of few columns has those, and what S3 does not give is named', async (t) => {
  const { at, unknown } = chooseColumns(
    ['Bucket', 'Key', 'ETag', 'Lifecycle_Expiration_Date', 'Owner Team'],
    refuse,
  );
  t.same([...at.keys()], ['key']);
  t.same(unknown, ['Owner Team']);
});

t.test('no key, or one twice, is refused by the names there are', async (t) => {
  t.throws(() => chooseColumns([], refuse), { message: /only none at all/ });
  t.throws(() => chooseColumns(['keys', 'size'], refuse), { message: /only "keys", "size"/ });
  t.throws(() => chooseColumns(['key', 'storage_class', 'StorageClass'], refuse), {
    message: /"storage_class" and "StorageClass" are the same one/,
  });
});
