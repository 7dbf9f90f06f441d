/** Tallies an inventory by plain reading of its bytes. */
import { BucketwiseError } from '../kernel/errors.js';
import { accessTierNamed, type ObjectRecord } from '../kernel/s3.js';
import { addObjects, createPrefixTree } from '../prefixes/prefix-tree.js';
import { partOf } from '../prefixes/tree-part.js';
import type { ColumnBatch } from './column-batch.js';
import { type ColumnRole, fieldRoles } from './csv-columns.js';
import { type Fields, fieldsFor, readRecord, recordFaults, unfinished } from './csv-record.js';
import { formDecoded, utf8Text } from './form-key.js';
import type { CsvScan, CsvSource, InventoryTally, TallyOptions, TallyPart } from './inventory-tally.js';

export const mostRecordBytes = 1 << 20;

export function openPlainTally(options: TallyOptions): InventoryTally {
  let tree = createPrefixTree(options);
  let rows = 0;
  let leftOut = 0;
  const count = (object: ObjectRecord): void => {
    rows += 1;
    const isOld = object.isLatest === false || object.isDeleteMarker === true;
    if ((isOld && options.versions === 'current') || !object.key.startsWith(options.prefix)) leftOut += 1;
    else addObjects(tree, [object]);
  };
  return {
    addCsv: (source) => csvScan(source, count),
    addBatch(batch, file) {
      for (let i = 0; i < batch.rows; i++) count(batchRow(batch, i, file));
    },
    part(): TallyPart {
      const part = { ...partOf(tree), rows, leftOut };
      tree = createPrefixTree(options);
      rows = 0;
      leftOut = 0;
      return part;
    },
  };
}

function csvScan(source: CsvSource, count: (object: ObjectRecord) => void): CsvScan {
  const roles = fieldRoles(source.columns);
  const fields = fieldsFor(source.columns.length);
  let held: Uint8Array = new Uint8Array(0);
  let line = 1;
  let offset = 0;
  let rows = 0;
  const refuse = (why: string): never => {
    throw new BucketwiseError('INVENTORY_ROW_INVALID', {
      file: source.file,
      line: String(line),
      offset: String(offset),
      why,
    });
  };
  if (!roles) refuse('the inventory has no column named Key');
  const scan = (bytes: Uint8Array, isLast: boolean): void => {
    let at = 0;
    while (at < bytes.length) {
      const next = readRecord(bytes, at, bytes.length, isLast, fields);
      if (typeof next !== 'number') {
        refuse(recordFaults[next]);
        return;
      }
      if ((next === unfinished ? bytes.length : next) - at > mostRecordBytes)
        refuse('it is longer than 1 MiB');
      if (next === unfinished) break;
      count(objectIn(bytes, fields, roles!, refuse));
      rows += 1;
      line += 1 + fields.innerLines;
      offset += next - at;
      at = next;
    }
    held = bytes.slice(at);
  };
  return {
    take: (text) => scan(held.length === 0 ? text : Buffer.concat([held, text]), false),
    end() {
      scan(held, true);
      return rows;
    },
  };
}

function objectIn(
  bytes: Uint8Array,
  fields: Fields,
  roles: readonly (ColumnRole | undefined)[],
  refuse: (why: string) => never,
): ObjectRecord {
  const textIn = (role: ColumnRole): string => {
    const field = roles.indexOf(role);
    if (field < 0) return '';
    let value = bytes.subarray(fields.from[field]!, fields.to[field]!);
    if (fields.isEscaped[field] === 1) value = unquoted(value);
    if (role === 'key')
      value = formDecoded(value) ?? refuse('its Key has a % without two hexadecimal digits');
    return utf8Text(value) ?? refuse(`its ${role} is no UTF-8`);
  };
  const truthOf = (role: 'isLatest' | 'isDeleteMarker'): boolean | undefined => {
    const text = textIn(role);
    if (text !== '' && text !== 'true' && text !== 'false') refuse(`its ${role} is neither true nor false`);
    return text === '' ? undefined : text === 'true';
  };
  const key = textIn('key');
  if (key === '') refuse('it has no Key');
  const isLatest = truthOf('isLatest');
  const isDeleteMarker = truthOf('isDeleteMarker');
  const size = textIn('size');
  if (!/^\d{0,16}$/.test(size) || Number(size) > Number.MAX_SAFE_INTEGER)
    refuse('its Size is no whole number of bytes');
  const tier = textIn('accessTier');
  return {
    key,
    size: size === '' ? Number.NaN : Number(size),
    etag: '',
    storageClass: textIn('storageClass'),
    ...(tier !== '' && { accessTier: accessTierNamed(tier) }),
    ...(isLatest !== undefined && { isLatest }),
    ...(isDeleteMarker !== undefined && { isDeleteMarker }),
  };
}

/** Every second of two quotes is left out. */
function unquoted(value: Uint8Array): Uint8Array {
  const text = Buffer.from(value).toString('latin1').replaceAll('""', '"');
  return Buffer.from(text, 'latin1');
}

function batchRow(batch: ColumnBatch, row: number, file: string): ObjectRecord {
  const { key, size, storageClass, accessTier, isLatest, isDeleteMarker } = batch;
  const refuse = (why: string): never => {
    throw new BucketwiseError('INVENTORY_ROW_INVALID', {
      file,
      line: '?',
      offset: '?',
      why: `${row} ${why}`,
    });
  };
  const text =
    utf8Text(key.bytes.subarray(key.offsets[row]!, key.offsets[row + 1]!)) ?? refuse('its key is no UTF-8');
  const bytes = size?.[row] ?? Number.NaN;
  if (!Number.isNaN(bytes) && !(Number.isSafeInteger(bytes) && bytes >= 0))
    refuse('its size is no whole number');
  const coded = (column: typeof storageClass): string => column?.values[column.codes[row]!] ?? '';
  const tier = coded(accessTier);
  return {
    key: text === '' ? refuse('it has no key') : text,
    size: bytes,
    etag: '',
    storageClass: coded(storageClass),
    ...(tier !== '' && { accessTier: accessTierNamed(tier) }),
    isLatest: isLatest?.[row] !== 0,
    isDeleteMarker: isDeleteMarker?.[row] === 1,
  };
}
