/** The tally of an inventory by plain reading of its bytes, row by row: what the compiled one is held against. */

import type { ColumnBatch } from '../../src/inventory/column-batch.js';
import { type ColumnRole, fieldRoles } from '../../src/inventory/csv-columns.js';
import type { CsvScan, CsvSource } from '../../src/inventory/csv-scan.js';
import type { InventoryTally, TallyOptions, TallyPart } from '../../src/inventory/inventory-tally.js';
import { longestRecord } from '../../src/inventory/kernel-memory.js';
import { BucketwiseError } from '../../src/kernel/errors.js';
import { accessTierNamed, type ObjectRecord } from '../../src/kernel/s3.js';
import { addObjects, createPrefixTree } from '../../src/prefixes/prefix-tree.js';
import { partOf } from '../../src/prefixes/tree-part.js';
import { type Fields, fieldsFor, readRecord, recordFaults, unfinished } from './csv-record.js';
import { formDecoded, utf8Text } from './form-key.js';

export type PlainTally = Omit<InventoryTally, 'addGzipCsv'>;

export function openPlainTally(options: TallyOptions): PlainTally {
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
    addCsv: (source) => csvScan(source, options, count),
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

function csvScan(source: CsvSource, options: TallyOptions, count: (object: ObjectRecord) => void): CsvScan {
  const roles = fieldRoles(source.columns);
  const fields = fieldsFor(source.columns.length);
  let held: Uint8Array = new Uint8Array(0);
  let line = 1;
  let offset = 0;
  let rows = 0;
  const refuse = (why: string): never => {
    throw new BucketwiseError('INVENTORY_ROW_INVALID', {
      file: source.file,
      place: `line ${line} (byte ${offset} of its text)`,
      why,
    });
  };
  if (!roles) refuse('the inventory has no column named Key');
  const scan = (bytes: Uint8Array): void => {
    let at = 0;
    while (at < bytes.length) {
      const next = readRecord(bytes, at, bytes.length, fields);
      if (typeof next !== 'number') {
        refuse(recordFaults[next]);
        return;
      }
      if ((next === unfinished ? bytes.length : next) - at > longestRecord) refuse('it is longer than 1 MiB');
      if (next === unfinished) break;
      count(objectIn(bytes, fields, roles!, options, refuse));
      rows += 1;
      line += 1 + fields.innerLines;
      offset += next - at;
      at = next;
    }
    held = bytes.slice(at);
  };
  return {
    take: (text) => scan(held.length === 0 ? text : Buffer.concat([held, text])),
    end() {
      if (held.length > 0) scan(Buffer.concat([held, Buffer.from('\n')]));
      if (held.length > 0) refuse('its quotes are never closed');
      return rows;
    },
  };
}

function objectIn(
  bytes: Uint8Array,
  fields: Fields,
  roles: readonly (ColumnRole | undefined)[],
  options: TallyOptions,
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
  // What is not counted has no class to be read.
  const isRead =
    !isDeleteMarker && (options.versions === 'all' || isLatest !== false) && key.startsWith(options.prefix);
  const tier = isRead ? textIn('accessTier') : '';
  return {
    key,
    size: size === '' ? Number.NaN : Number(size),
    etag: '',
    storageClass: isRead ? textIn('storageClass') : '',
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
    utf8Text(key.bytes.subarray(key.offsets[row]! + (key.before ?? 0), key.offsets[row + 1]!)) ??
    refuse('its key is no UTF-8');
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
