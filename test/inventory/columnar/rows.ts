/** Files of tests as columnar sources, and the rows of a columnar file one by one. */
import { columnCodecs } from '../../../src/adapters/inventory/column-codecs.js';
import type { ColumnBatch } from '../../../src/inventory/column-batch.js';
import type { ColumnFile, ColumnSource } from '../../../src/inventory/columnar/column-file.js';
import { openOrc } from '../../../src/inventory/orc/read-orc.js';
import { openParquet } from '../../../src/inventory/parquet/read-parquet.js';

export interface Row {
  readonly key: string;
  readonly size?: number | null;
  readonly storageClass?: string | null;
  readonly accessTier?: string | null;
  readonly isLatest?: boolean | null;
  readonly isDeleteMarker?: boolean | null;
}

/** `reads`: the bytes that were asked for. */
export function sourceOf(
  bytes: Uint8Array,
  name = 'inventory',
  reads: [number, number][] = [],
): ColumnSource {
  return {
    name,
    size: bytes.length,
    read: async (from, length, into = new Uint8Array(length)) => {
      reads.push([from, length]);
      // Whoever still looks at what was read there before sees it.
      into.fill(0xee);
      await undefined;
      into.set(bytes.subarray(from, from + length));
      return into;
    },
  };
}

export const open = (bytes: Uint8Array, format: 'ORC' | 'Parquet', name?: string): Promise<ColumnFile> =>
  (format === 'ORC' ? openOrc : openParquet)(sourceOf(bytes, name), columnCodecs);

export async function rowsOf(file: ColumnFile): Promise<Row[]> {
  const rows: Row[] = [];
  for (let part = 0; part < file.parts.length; part += 1)
    for await (const batch of file.batches(part)) rows.push(...rowsOfBatch(batch));
  return rows;
}

export const readRows = async (bytes: Uint8Array, format: 'ORC' | 'Parquet'): Promise<Row[]> =>
  rowsOf(await open(bytes, format));

export function rowsOfBatch(batch: ColumnBatch): Row[] {
  const { bytes, offsets, before = 0 } = batch.key;
  return Array.from({ length: batch.rows }, (_, i) => ({
    key: Buffer.from(bytes.subarray(offsets[i]! + before, offsets[i + 1]!)).toString(),
    ...(batch.size && { size: Number.isNaN(batch.size[i]) ? null : batch.size[i]! }),
    ...(batch.storageClass && { storageClass: coded(batch.storageClass, i) }),
    ...(batch.accessTier && { accessTier: coded(batch.accessTier, i) }),
    ...(batch.isLatest && { isLatest: truth(batch.isLatest[i]!) }),
    ...(batch.isDeleteMarker && { isDeleteMarker: truth(batch.isDeleteMarker[i]!) }),
  }));
}

const coded = ({ codes, values }: NonNullable<ColumnBatch['storageClass']>, i: number): string | null =>
  codes[i] === -1 ? null : values[codes[i]!]!;

const truth = (value: number): boolean | null => (value === 2 ? null : value === 1);
