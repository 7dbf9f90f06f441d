/** S3 gives versions and delete markers in one order of keys; a server that gives the ones first and then the others is put right. */
import type { ColumnBatch } from './column-batch.js';

/** The two sequences merged by key, each in its own order; the batch itself when it is in order already. */
export function mergedByKey(batch: ColumnBatch): ColumnBatch {
  const { isDeleteMarker, rows } = batch;
  if (isDeleteMarker === undefined) return batch;
  const order = mergedOrder(batch, isDeleteMarker);
  for (let row = 0; row < rows; row++) if (order[row] !== row) return reordered(batch, order);
  return batch;
}

function mergedOrder(batch: ColumnBatch, isDeleteMarker: Uint8Array): Int32Array {
  const of = (kind: number): number[] =>
    Array.from({ length: batch.rows }, (_, row) => row).filter((row) => isDeleteMarker[row] === kind);
  const [versions, markers] = [of(0), of(1)];
  const order = new Int32Array(batch.rows);
  let [v, m] = [0, 0];
  for (let row = 0; row < order.length; row++)
    order[row] =
      m === markers.length || (v < versions.length && isBefore(batch, versions[v]!, markers[m]!))
        ? versions[v++]!
        : markers[m++]!;
  return order;
}

/** Of two rows of one key the one that was given first. */
function isBefore({ key: { bytes, offsets } }: ColumnBatch, a: number, b: number): boolean {
  const [x, y] = [a, b].map((row) => bytes.subarray(offsets[row]!, offsets[row + 1]!)) as [
    Uint8Array,
    Uint8Array,
  ];
  for (let i = 0; i < x.length && i < y.length; i++) if (x[i] !== y[i]) return x[i]! < y[i]!;
  return x.length === y.length ? a < b : x.length < y.length;
}

function reordered(batch: ColumnBatch, order: Int32Array): ColumnBatch {
  const { key, size, storageClass, isLatest, isDeleteMarker } = batch;
  const offsets = new Int32Array(order.length + 1);
  const bytes = new Uint8Array(key.bytes.length);
  for (const [row, from] of order.entries()) {
    const name = key.bytes.subarray(key.offsets[from]!, key.offsets[from + 1]!);
    bytes.set(name, offsets[row]!);
    offsets[row + 1] = offsets[row]! + name.length;
  }
  return {
    rows: order.length,
    key: { bytes, offsets },
    ...(size && { size: Float64Array.from(order, (row) => size[row]!) }),
    ...(storageClass && {
      storageClass: { ...storageClass, codes: order.map((row) => storageClass.codes[row]!) },
    }),
    ...(isLatest && { isLatest: Uint8Array.from(order, (row) => isLatest[row]!) }),
    ...(isDeleteMarker && { isDeleteMarker: Uint8Array.from(order, (row) => isDeleteMarker[row]!) }),
  };
}
