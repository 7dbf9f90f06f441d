/** An inventory in ORC, as S3 and others write it, stripe by stripe; only the columns of a tally are read. */
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
import type { Codecs } from '../ports.js';
import { openChunkKernel } from './chunk-kernel.js';
import type { Fill } from './filling.js';
import { codes, sizes, truths } from './orc-columns.js';
import { openStripe } from './orc-stripe.js';
import { type OrcTail, readTail } from './orc-tail.js';
import { keys } from './orc-texts.js';

/** Errors: COLUMNS_UNREADABLE, those of `read`. */
export async function openOrc(source: ColumnSource, codecs: Codecs): Promise<ColumnFile> {
  const refuse = refusal(source, 'ORC');
  try {
    const tail = await readTail(source, codecs, refuse);
    const names = tail.columns.map(({ name }) => name);
    const chosen = chooseColumns(names, refuse);
    for (const [column, at] of chosen.at) checkKind(column, tail.columns[at]!, refuse);
    return {
      rows: tail.rows,
      parts: tail.stripes,
      columns: names,
      unknown: chosen.unknown,
      batches: (part) => stripeBatches(source, tail, chosen, part, refuse),
    };
  } catch (cause) {
    return told(cause, refuse);
  }
}

/** Type.Kind by number. */
const kindNames =
  'boolean tinyint smallint int bigint float double string binary timestamp array map struct uniontype decimal date varchar char timestamp_instant'.split(
    ' ',
  );
const textKinds = ['string', 'varchar', 'char', 'binary'];
const kindsOf: Readonly<Record<WantedColumn, readonly string[]>> = {
  key: textKinds,
  size: ['bigint', 'int', 'smallint'],
  storageClass: textKinds,
  accessTier: textKinds,
  isLatest: ['boolean'],
  isDeleteMarker: ['boolean'],
};

function checkKind(
  column: WantedColumn,
  { name, kind }: { name: string; kind: number },
  refuse: Refuse,
): void {
  const its = kindNames[kind] ?? `number ${kind}`;
  if (!kindsOf[column].includes(its))
    refuse(`its column "${name}" is of type ${its}, not ${kindsOf[column][0]}`);
}

async function* stripeBatches(
  source: ColumnSource,
  tail: OrcTail,
  chosen: ChosenColumns,
  part: number,
  refuse: Refuse,
): AsyncGenerator<ColumnBatch> {
  const stripe = tail.stripes[part]!;
  const kernel = openChunkKernel();
  try {
    const room = batchRoom(chosen, stripe.rows, refuse);
    const fills = stripe.rows === 0 ? [] : await open();
    for (let left = stripe.rows; left > 0; ) {
      const count = Math.min(left, batchRows);
      for (const fill of fills) await fill(count);
      left -= count;
      yield batchOf(room, count);
    }

    async function open(): Promise<Fill[]> {
      const columnOf = await openStripe(source, tail, stripe, refuse);
      const of = (wanted: WantedColumn) => columnOf(tail.columns[chosen.at.get(wanted)!]!);
      return [
        await keys(of('key'), room.key, kernel, refuse),
        ...(room.size ? [sizes(of('size'), room.size, refuse)] : []),
        ...(room.storageClass ? [codes(of('storageClass'), room.storageClass, refuse)] : []),
        ...(room.accessTier ? [codes(of('accessTier'), room.accessTier, refuse)] : []),
        ...(room.isLatest ? [truths(of('isLatest'), room.isLatest, refuse)] : []),
        ...(room.isDeleteMarker ? [truths(of('isDeleteMarker'), room.isDeleteMarker, refuse)] : []),
      ];
    }
  } catch (cause) {
    told(cause, refuse);
  } finally {
    kernel.release();
  }
}
