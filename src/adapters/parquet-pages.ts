/** How many values the pages of a column chunk say they hold, and that their bytes are those that were written: no footer is believed alone. */
import { crc32 } from 'node:zlib';
import type { AsyncBuffer, ColumnMetaData } from 'hyparquet';
import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js';

/** A header holds the least and the greatest value of its page, which may be long. */
const firstRead = 4096;
const longestHeader = 16 << 20;

interface PageHeader {
  /** NULL counts. */
  readonly values: number;
  /** Of the header, and of what follows it. */
  readonly length: number;
  readonly size: number;
  /** Of what follows, where the writer gave one. */
  readonly crc: number | undefined;
}

/** Values of all data pages, repeated ones apart. Errors: an Error that says what is wrong. */
export async function pageValues(file: AsyncBuffer, chunk: ColumnMetaData): Promise<number> {
  const first = chunk.dictionary_page_offset ?? 0n;
  let at = Number(first > 0n && first < chunk.data_page_offset ? first : chunk.data_page_offset);
  const end = at + Number(chunk.total_compressed_size);
  if (at < 4 || end > file.byteLength) throw new Error('a column chunk lies outside of the file');
  let values = 0;
  while (at < end) {
    const page = await headerAt(file, at, end);
    values += page.values;
    at += page.length;
    if (page.crc !== undefined && at + page.size <= end) await checkBytes(file, at, page.size, page.crc);
    at += page.size;
  }
  if (at !== end) throw new Error('its pages do not fill their column chunk');
  return values;
}

/** DuckDB reads over a sum that does not fit. */
async function checkBytes(file: AsyncBuffer, at: number, size: number, crc: number): Promise<void> {
  const bytes = new Uint8Array(await file.slice(at, at + size));
  if ((crc32(bytes) | 0) !== crc) throw new Error('a page is damaged: its bytes do not have their check sum');
}

async function headerAt(file: AsyncBuffer, at: number, end: number): Promise<PageHeader> {
  for (let length = firstRead; ; length *= 4) {
    const reader = { view: new DataView(await file.slice(at, Math.min(at + length, end))), offset: 0 };
    try {
      return headerOf(deserializeTCompactProtocol(reader), reader.offset);
    } catch (cause) {
      if (at + length >= end || length > longestHeader)
        throw new Error('a page header cannot be read', { cause });
    }
  }
}

/** parquet.thrift, PageHeader: 1 type, 3 size, 4 CRC; 5 data page, 7 dictionary, 8 data page of version 2. */
function headerOf(fields: { readonly [field: `field_${number}`]: unknown }, length: number): PageHeader {
  const { field_1: type, field_3: size, field_4: crc } = fields;
  if (typeof size !== 'number' || size < 0) throw new Error('a page has no size');
  const data = (type === 0 ? fields.field_5 : type === 3 ? fields.field_8 : undefined) as
    | { readonly field_1?: unknown }
    | undefined;
  const values = type === 0 || type === 3 ? data?.field_1 : 0;
  if (typeof values !== 'number' || values < 0) throw new Error('a page does not say how many values it has');
  return { values, length, size, crc: typeof crc === 'number' ? crc : undefined };
}
