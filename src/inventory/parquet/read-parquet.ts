/** An inventory in Parquet, as S3 and others write it, row group by row group; only the columns of a tally are read. */
import type { ColumnBatch } from '../column-batch.js';
import { batchOf, batchRoom } from '../columnar/batch-room.js';
import {
  batchRows,
  type ColumnFile,
  type ColumnSource,
  type Refuse,
  refusal,
  told,
} from '../columnar/column-file.js';
import { type ChosenColumns, chooseColumns, type WantedColumn } from '../columnar/inventory-columns.js';
import { openPageKernel } from '../columnar/page-kernel.js';
import type { Codecs } from '../ports.js';
import { openPages } from './chunk-pages.js';
import type { Fill } from './column-filling.js';
import { type GroupRanges, groupRanges, type Ranges } from './group-ranges.js';
import { types } from './page-numbers.js';
import { codes, keys, sizes, truths } from './parquet-columns.js';
import { type ParquetColumn, type ParquetFooter, readFooter } from './parquet-footer.js';

/** Errors: COLUMNS_UNREADABLE, those of `read`. */
export async function openParquet(source: ColumnSource, codecs: Codecs): Promise<ColumnFile> {
  const refuse = refusal(source, 'Parquet');
  try {
    const footer = await readFooter(source, refuse);
    const names = footer.columns.map(({ name }) => name);
    const chosen = chooseColumns(names, refuse);
    for (const [column, at] of chosen.at) checkType(column, footer.columns[at]!, refuse);
    const ranges = groupRanges(source, footer, chosen, refuse);
    return {
      rows: footer.rows,
      parts: footer.groups,
      columns: names,
      unknown: chosen.unknown,
      batches: (part) => groupBatches(ranges, codecs, footer, chosen, part, refuse),
    };
  } catch (cause) {
    return told(cause, refuse);
  }
}

const typeNames = [
  'BOOLEAN',
  'INT32',
  'INT64',
  'INT96',
  'FLOAT',
  'DOUBLE',
  'BYTE_ARRAY',
  'FIXED_LEN_BYTE_ARRAY',
];
const typesOf: Readonly<Record<WantedColumn, readonly number[]>> = {
  key: [types.byteArray],
  size: [types.int64, types.int32],
  storageClass: [types.byteArray],
  accessTier: [types.byteArray],
  isLatest: [types.boolean],
  isDeleteMarker: [types.boolean],
};
/** ConvertedType UINT_8 to INT_64, and LogicalType INTEGER: other numbers are times, or have a scale. */
const isWhole = ({ converted, logical }: ParquetColumn): boolean =>
  (converted === undefined || (converted >= 11 && converted <= 18)) &&
  (logical === undefined || logical === 10);
const decimal = 5;

function checkType(wanted: WantedColumn, column: ParquetColumn, refuse: Refuse): void {
  const its = column.type === undefined ? 'a group' : (typeNames[column.type] ?? `number ${column.type}`);
  if (column.isRepeated) refuse(`its column "${column.name}" is a list`);
  if (!typesOf[wanted].includes(column.type ?? -1))
    refuse(`its column "${column.name}" is of type ${its}, not ${typeNames[typesOf[wanted][0]!]}`);
  if (wanted === 'size' ? !isWhole(column) : column.converted === decimal)
    refuse(
      `its column "${column.name}" is annotated as something else (converted ${column.converted ?? '-'}, logical ${column.logical ?? '-'})`,
    );
}

async function* groupBatches(
  groups: GroupRanges,
  codecs: Codecs,
  footer: ParquetFooter,
  chosen: ChosenColumns,
  part: number,
  refuse: Refuse,
): AsyncGenerator<ColumnBatch> {
  const group = footer.groups[part]!;
  const room = batchRoom(chosen, group.rows, refuse);
  // Of each its pages stay where they are until the next one is asked for.
  const kernels = { key: openPageKernel(), size: openPageKernel() };
  let ranges: Ranges | undefined;
  try {
    const its = groups.take(part);
    ranges = its;
    const of = (wanted: WantedColumn) => {
      const column = footer.columns[chosen.at.get(wanted)!]!;
      const kernel = wanted === 'key' || wanted === 'size' ? kernels[wanted] : undefined;
      const { codec } = group.chunk(column);
      return [
        openPages(its.of.get(wanted)!, column, codec, codecs, kernel, refuse),
        column,
        group.rows,
      ] as const;
    };
    const fills: Fill[] = [
      keys(...of('key'), room.key, kernels.key, refuse),
      ...(room.size ? [sizes(...of('size'), room.size, kernels.size, refuse)] : []),
      ...(room.storageClass ? [codes(...of('storageClass'), room.storageClass, refuse)] : []),
      ...(room.accessTier ? [codes(...of('accessTier'), room.accessTier, refuse)] : []),
      ...(room.isLatest ? [truths(...of('isLatest'), room.isLatest, refuse)] : []),
      ...(room.isDeleteMarker ? [truths(...of('isDeleteMarker'), room.isDeleteMarker, refuse)] : []),
    ];
    for (let left = group.rows; left > 0; ) {
      const count = Math.min(left, batchRows);
      for (const fill of fills) await fill(count);
      left -= count;
      if (its.isRead()) groups.ahead(part + 1);
      yield batchOf(room, count);
    }
  } catch (cause) {
    told(cause, refuse);
  } finally {
    ranges?.release();
    kernels.key.release();
    kernels.size.release();
  }
}
