/** Reads Parquet one row group after the other, only the columns that are asked for, every value as exact text. */
import type { FileHandle } from 'node:fs/promises';
import {
  type AsyncBuffer,
  type ColumnData,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  type SchemaElement,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { decimalText } from '../../kernel/decimal.js';
import { BucketwiseError, raise } from '../../kernel/errors.js';
import type { BillFileWatch } from '../../reconcile/ports.js';

/** A row group is held in memory: writers make them of 128 MiB. */
const maxGroupBytes = 2n ** 30n;
const maxGroupRows = 20_000_000n;
/** A footer of a bill has some hundred kilobytes. */
const maxFooterBytes = 64 * 1024 * 1024;

/** Errors: BILL_UNREADABLE, INTERRUPTED, and what `choose` and `take` raise. */
export async function readParquet(
  file: FileHandle,
  size: number,
  name: string,
  watch: BillFileWatch,
): Promise<void> {
  const refuse = (why: string, cause?: unknown): never =>
    raise('BILL_UNREADABLE', { file: name, why }, cause);
  const buffer = bufferOf(file, size);
  await checkFooter(file, size, refuse);
  const metadata = await parquetMetadataAsync(buffer, { geoparquet: false }).catch((cause: unknown) =>
    refuse(`its footer is damaged: ${wordsOf(cause)}`, cause),
  );
  const elements = topLevel(metadata);
  const header = elements.map((element) => element.name);
  const chosen = watch.choose(header, 'row').map((at) => elements[at]!);
  let start = 0;
  for (const [at, group] of metadata.row_groups.entries()) {
    if (watch.signal.aborted) raise('INTERRUPTED', { state: 'Nothing was written.' });
    if (group.num_rows > maxGroupRows || bytesOf(group, chosen) > maxGroupBytes)
      refuse(`its row group ${at + 1} is larger than this program holds in memory`);
    const end = start + Number(group.num_rows);
    const columns = await groupColumns(buffer, metadata, chosen, start, end).catch((cause: unknown) =>
      refuse(`its row group ${at + 1} is damaged: ${wordsOf(cause)}`, cause),
    );
    if (columns.some((column) => column.rows !== end - start))
      refuse(`its row group ${at + 1} holds other than the ${end - start} rows it says`);
    takeRows(columns, end - start, start, watch);
    start = end;
    watch.progress(Math.round((size * (at + 1)) / metadata.row_groups.length), size);
  }
}

const wordsOf = (cause: unknown): string =>
  cause instanceof BucketwiseError ? cause.message : ((cause as Error)?.message ?? String(cause));

export async function checkFooter(
  file: FileHandle,
  size: number,
  refuse: (why: string) => never,
): Promise<void> {
  const tail = Buffer.alloc(8);
  if (size < 12) refuse('it is too short for Parquet');
  await file.read(tail, 0, 8, size - 8);
  if (tail.toString('latin1', 4) !== 'PAR1') refuse('its end is missing: it may be cut');
  const length = tail.readUInt32LE(0);
  if (length > maxFooterBytes || length > size - 12) refuse('its footer is damaged: its length cannot be');
}

export function bufferOf(file: FileHandle, size: number): AsyncBuffer {
  return {
    byteLength: size,
    slice: async (start: number, end: number = size) => {
      const from = start < 0 ? Math.max(0, size + start) : start;
      const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - from));
      let filled = 0;
      while (filled < bytes.length) {
        const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, from + filled);
        if (bytesRead === 0) throw new Error('the file became shorter while it was read');
        filled += bytesRead;
      }
      return bytes.buffer;
    },
  };
}

/** The columns of the table; what lies inside maps and lists is passed over. */
export function topLevel({ schema }: FileMetaData): SchemaElement[] {
  const found: SchemaElement[] = [];
  const skip = (at: number): number => {
    let next = at + 1;
    for (let child = 0; child < (schema[at]?.num_children ?? 0); child += 1) next = skip(next);
    return next;
  };
  for (let at = 1; at < schema.length; at = skip(at)) found.push(schema[at]!);
  return found;
}

function bytesOf({ columns }: FileMetaData['row_groups'][number], chosen: readonly SchemaElement[]): bigint {
  const names = new Set(chosen.map(({ name }) => name));
  return columns
    .map((column) => column.meta_data)
    .filter((data) => data !== undefined && names.has(data.path_in_schema[0] ?? ''))
    .reduce((sum, data) => sum + (data?.total_uncompressed_size ?? 0n), 0n);
}

interface ColumnOfGroup {
  readonly pieces: readonly ArrayLike<unknown>[];
  readonly rows: number;
  readonly text: (value: unknown) => string;
}

async function groupColumns(
  file: AsyncBuffer,
  metadata: FileMetaData,
  chosen: readonly SchemaElement[],
  rowStart: number,
  rowEnd: number,
): Promise<ColumnOfGroup[]> {
  const pieces = new Map<string, ColumnData['columnData'][]>(chosen.map(({ name }) => [name, []]));
  await parquetRead({
    file,
    metadata: withoutDecimals(metadata),
    columns: chosen.map(({ name }) => name),
    rowStart,
    rowEnd,
    compressors,
    utf8: false,
    geoparquet: false,
    onChunk: ({ columnName, columnData }) => pieces.get(columnName)?.push(columnData),
  });
  return chosen.map((element) => {
    const own = pieces.get(element.name) ?? [];
    const rows = own.reduce((sum, piece) => sum + piece.length, 0);
    return { pieces: own as readonly ArrayLike<unknown>[], rows, text: textOf(element) };
  });
}

/** The reader would make floats of decimals; without their mark it gives the integers they are kept as. */
function withoutDecimals(metadata: FileMetaData): FileMetaData {
  const schema = metadata.schema.map((element) => {
    if (element.converted_type !== 'DECIMAL') return element;
    const { converted_type: _, logical_type: __, ...plain } = element;
    return plain;
  });
  return { ...metadata, schema };
}

const utf8 = new TextDecoder();

/** null → "", a double in its shortest form, a time as ISO text, a decimal digit by digit. */
function textOf(element: SchemaElement): (value: unknown) => string {
  if (element.converted_type === 'DECIMAL') {
    const scale = element.scale ?? 0;
    return (value) => (value === undefined || value === null ? '' : decimalText(integerOf(value), scale));
  }
  return (value) => {
    if (typeof value === 'string') return value;
    if (value === undefined || value === null) return '';
    if (value instanceof Uint8Array) return utf8.decode(value);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'no date' : value.toISOString();
    return typeof value === 'object' ? '' : String(value);
  };
}

/** Bytes are a big-endian two's complement. */
function integerOf(value: unknown): bigint {
  if (!(value instanceof Uint8Array)) return BigInt(value as number | bigint);
  return BigInt.asIntN(
    value.length * 8,
    value.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n),
  );
}

function takeRows(
  columns: readonly ColumnOfGroup[],
  rows: number,
  before: number,
  { take }: BillFileWatch,
): void {
  const values = columns.map(({ pieces, text }) => cursor(pieces, text));
  const cells: string[] = columns.map(() => '');
  for (let row = 0; row < rows; row += 1) {
    for (let slot = 0; slot < values.length; slot += 1) cells[slot] = values[slot]!();
    take(cells, before + row + 1);
  }
}

/** The next value of a column that came in pieces. */
function cursor(pieces: readonly ArrayLike<unknown>[], text: (value: unknown) => string): () => string {
  let piece = 0;
  let at = 0;
  let last: unknown;
  let lastText = '';
  return () => {
    while (at >= (pieces[piece]?.length ?? Number.POSITIVE_INFINITY)) {
      piece += 1;
      at = 0;
    }
    const value = pieces[piece]?.[at];
    at += 1;
    if (value !== last || lastText === '') {
      last = value;
      lastText = text(value);
    }
    return lastText;
  };
}
