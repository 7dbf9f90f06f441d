/** The pages of a column chunk, one after the other: decompressed, their levels apart from their values. */
import type { Refuse } from '../columnar/column-file.js';
import type { FileRange } from '../columnar/file-range.js';
import type { PageKernel } from '../columnar/page-kernel.js';
import type { Codecs } from '../ports.js';
import { count, readStruct, struct, type ThriftStruct } from './compact-thrift.js';
import { type HybridRuns, onesIn, openRuns } from './hybrid-runs.js';
import { type Expanded, mostPageBytes, type PageCodec, pageCodec } from './page-codec.js';
import type { ParquetColumn } from './parquet-footer.js';

export const encodings = {
  plain: 0,
  plainDictionary: 2,
  runs: 3,
  deltaPacked: 5,
  deltaLength: 6,
  deltaBytes: 7,
  dictionary: 8,
} as const;

/** Values of a page: [at, end) of `bytes`, as `encoding` says. */
export interface Page {
  readonly kind: 'data' | 'dictionary';
  readonly encoding: number;
  /** Rows; of a dictionary its values. */
  readonly rows: number;
  /** Those that are not null. */
  readonly values: number;
  /** 1 for a row with a value; undefined where all have one. */
  readonly present: HybridRuns | undefined;
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly end: number;
  /** Has the values before `place` there, where they are not: plain texts of a kernel are decompressed as they are read. */
  readonly reach: Expanded['reach'];
  /** Where it lies in the file. */
  readonly place: number;
}

export interface ChunkPages {
  /** Undefined after the last one. What it gives is valid until the next one. */
  next(): Promise<Page | undefined>;
}

const mostHeaderBytes = 1 << 20;
const firstHeaderBytes = 256;

/** `range`: the bytes of the chunk. */
export function openPages(
  range: FileRange,
  column: ParquetColumn,
  codec: number,
  codecs: Codecs,
  kernel: PageKernel | undefined,
  refuse: Refuse,
): ChunkPages {
  const uncompressed = pageCodec(0, codecs, kernel, refuse);
  const compressed = pageCodec(codec, codecs, kernel, refuse);
  const next = async (): Promise<Page | undefined> => {
    while (range.left() > 0) {
      const place = range.place();
      const header = await nextHeader(range, refuse);
      const length = count(header, 3, 'the length of a page', refuse);
      if (length > range.left()) refuse('a page is longer than its column', place);
      if (length > mostPageBytes)
        refuse(`a page of ${length} bytes is longer than this program holds`, place);
      await range.need(length);
      const from = range.at;
      range.at += length;
      const bytes = range.bytes;
      const sum = header.get(4);
      if (typeof sum === 'number' && (codecs.crc32(bytes.subarray(from, from + length)) | 0) !== sum)
        refuse('a page is damaged: its bytes do not have their check sum', place);
      const body: Body = {
        header,
        bytes,
        from,
        end: from + length,
        place,
        column,
        codec: compressed,
        uncompressed,
        refuse,
      };
      const page = pageOf(body);
      if (page) return page;
    }
    return undefined;
  };
  return { next };
}

async function nextHeader(range: FileRange, refuse: Refuse): Promise<ThriftStruct> {
  const place = range.place();
  for (let wanted = firstHeaderBytes; ; wanted *= 4) {
    await range.need(Math.min(wanted, range.left()));
    let isCut = false;
    const isAll = range.end - range.at === range.left() || wanted >= mostHeaderBytes;
    const fault = (why: string, cut: boolean): never => {
      if (!cut || isAll) refuse(`a page header is damaged: ${why}`, place);
      isCut = true;
      throw new RangeError(why);
    };
    const cursor = { bytes: range.bytes, at: range.at, end: range.end, fault };
    try {
      const header = readStruct(cursor);
      range.at = cursor.at;
      return header;
    } catch (cause) {
      if (!isCut) throw cause;
    }
  }
}

interface Body {
  readonly header: ThriftStruct;
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly end: number;
  readonly place: number;
  readonly column: ParquetColumn;
  readonly codec: PageCodec;
  readonly uncompressed: PageCodec;
  readonly refuse: Refuse;
}

/** Undefined for a page that holds neither values nor a dictionary. */
function pageOf(body: Body): Page | undefined {
  const { header, refuse, place } = body;
  const type = count(header, 1, 'the type of a page', refuse);
  if (type === 0) return dataPage(body);
  if (type === 2) return dictionaryPage(body);
  if (type === 3) return dataPage2(body);
  if (type === 1) return undefined;
  return refuse(`a page of the unknown type ${type}`, place);
}

const lengthOf = ({ header, refuse }: Body): number => count(header, 2, 'the length of a page', refuse);

function dictionaryPage(body: Body): Page {
  const { header, refuse, place } = body;
  const own = struct(header.get(7), 'the header of a dictionary', refuse);
  const rows = count(own, 1, 'a number of values', refuse);
  const encoding = count(own, 2, 'an encoding', refuse);
  if (encoding !== encodings.plain && encoding !== encodings.plainDictionary)
    refuse(`a dictionary in encoding ${encoding}`, place);
  const length = lengthOf(body);
  const { bytes, at, reach } = body.codec.expand(body.bytes, body.from, body.end, length, place);
  reach?.(at + length);
  return {
    kind: 'dictionary',
    encoding,
    rows,
    values: rows,
    present: undefined,
    bytes,
    at,
    end: at + length,
    reach,
    place,
  };
}

/** Levels and values are compressed together; the levels say their length. */
function dataPage(body: Body): Page {
  const { header, refuse, place, column } = body;
  const own = struct(header.get(5), 'the header of a page', refuse);
  const rows = count(own, 1, 'a number of values', refuse);
  const encoding = count(own, 2, 'an encoding', refuse);
  const length = lengthOf(body);
  const { bytes, at, reach } = body.codec.expand(body.bytes, body.from, body.end, length, place);
  const end = at + length;
  if (encoding !== encodings.plain) reach?.(end);
  if (!column.isOptional)
    return { kind: 'data', encoding, rows, values: rows, present: undefined, bytes, at, end, reach, place };
  if (count(own, 3, 'an encoding', refuse) !== encodings.runs)
    refuse(`the levels of "${column.name}" are not in RLE`, place);
  if (end - at < 4) refuse('the levels of a page are cut', place);
  reach?.(at + 4);
  const levels = bytes[at]! + bytes[at + 1]! * 256 + bytes[at + 2]! * 65_536 + bytes[at + 3]! * 16_777_216;
  if (levels > end - at - 4) refuse('the levels of a page are longer than it', place);
  const from = at + 4;
  reach?.(from + levels);
  const known = presence(bytes, from, from + levels, rows, place, refuse);
  return { kind: 'data', encoding, rows, ...known, bytes, at: from + levels, end, reach, place };
}

/** Levels lie uncompressed before the values. */
function dataPage2(body: Body): Page {
  const { header, refuse, place, column } = body;
  const own = struct(header.get(8), 'the header of a page', refuse);
  const rows = count(own, 1, 'a number of values', refuse);
  const nulls = count(own, 2, 'a number of nulls', refuse);
  if (count(own, 3, 'a number of rows', refuse) !== rows || nulls > rows)
    refuse(`a page says ${rows} values and ${nulls} nulls for other rows`, place);
  const encoding = count(own, 4, 'an encoding', refuse);
  const levels = count(own, 5, 'a length of levels', refuse);
  const repeats = count(own, 6, 'a length of levels', refuse);
  const length = lengthOf(body) - levels - repeats;
  const from = body.from + repeats + levels;
  if (length < 0 || from > body.end) refuse('the levels of a page are longer than it', place);
  const isCompressed = own.get(7) !== false && body.end > from;
  const codec = isCompressed ? body.codec : body.uncompressed;
  const { bytes, at, reach } = codec.expand(body.bytes, from, body.end, length, place);
  if (encoding !== encodings.plain) reach?.(at + length);
  const known = column.isOptional
    ? presence(body.bytes, body.from + repeats, from, rows, place, refuse)
    : { values: rows, present: undefined };
  if (known.values !== rows - nulls)
    refuse(`a page says ${nulls} nulls and has ${rows - known.values}`, place);
  return { kind: 'data', encoding, rows, ...known, bytes, at, end: at + length, reach, place };
}

function presence(
  bytes: Uint8Array,
  from: number,
  end: number,
  rows: number,
  place: number,
  refuse: Refuse,
): { readonly values: number; readonly present: HybridRuns | undefined } {
  if (isOneRun(bytes, from, end, rows)) return { values: rows, present: undefined };
  const fault = (why: string): never => refuse(`the levels of a page: ${why}`, place);
  const values = onesIn(bytes, from, end, rows, fault);
  return { values, present: values === rows ? undefined : openRuns(bytes, from, end, 1, rows, fault) };
}

/** Every row has a value, said in a single run: so it is with nearly all columns, and no array is needed for it. */
function isOneRun(bytes: Uint8Array, from: number, end: number, rows: number): boolean {
  let header = 0;
  let at = from;
  for (let scale = 1; at < end && scale <= 2 ** 28; scale *= 128) {
    const byte = bytes[at++]!;
    header += (byte & 0x7f) * scale;
    if (byte < 0x80) return header % 2 === 0 && header / 2 >= rows && at < end && bytes[at] === 1;
  }
  return false;
}
