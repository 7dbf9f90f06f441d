/** The footer of a Parquet file: its columns and where their chunks lie, each of them within the file. */
import type { ColumnSource, Refuse } from '../columnar/column-file.js';
import { readExactly } from '../columnar/file-range.js';
import { count, list, optionalCount, readStruct, struct, type ThriftStruct, text } from './compact-thrift.js';

export interface ParquetColumn {
  readonly name: string;
  /** As `Type` numbers it; undefined for a group. */
  readonly type: number | undefined;
  readonly isOptional: boolean;
  readonly isRepeated: boolean;
  /** ConvertedType by number and the field of LogicalType, where it has them. */
  readonly converted: number | undefined;
  readonly logical: number | undefined;
  /** Among the leaves, of which each has a chunk in a row group; −1 for a group. */
  readonly leaf: number;
}

export interface ParquetChunk {
  readonly codec: number;
  readonly values: number;
  readonly at: number;
  readonly length: number;
}

export interface RowGroup {
  readonly rows: number;
  /** Read when it is asked for. */
  chunk(column: ParquetColumn): ParquetChunk;
}

export interface ParquetFooter {
  readonly rows: number;
  readonly groups: readonly RowGroup[];
  readonly columns: readonly ParquetColumn[];
}

const mostFooterBytes = 16 << 20;

export async function readFooter(source: ColumnSource, refuse: Refuse): Promise<ParquetFooter> {
  if (source.size < 12) refuse('it is too short for Parquet');
  const words = async (at: number): Promise<string> =>
    String.fromCharCode(...(await readExactly(source, at, 4, refuse)));
  const first = await words(0);
  if (first === 'PARE') refuse('it is encrypted');
  if (first !== 'PAR1') refuse('it does not begin as Parquet does', 0);
  const tail = await readExactly(source, source.size - 8, 8, refuse);
  if (String.fromCharCode(...tail.subarray(4)) !== 'PAR1')
    refuse('its end is not that of Parquet: it may be cut', source.size - 4);
  const length = tail[0]! + tail[1]! * 256 + tail[2]! * 65_536 + tail[3]! * 16_777_216;
  const at = source.size - 8 - length;
  if (length > mostFooterBytes || at < 4) refuse(`its footer cannot have ${length} bytes`, source.size - 8);
  const bytes = await readExactly(source, at, length, refuse);
  const fault = (why: string): never => refuse(`its footer is damaged: ${why}`, at);
  return contents(readStruct({ bytes, at: 0, end: length, fault }), at, refuse);
}

function contents(footer: ThriftStruct, end: number, refuse: Refuse): ParquetFooter {
  if (footer.has(8)) refuse('it is encrypted');
  const rows = count(footer, 3, 'its number of rows', refuse);
  const elements = list(footer.get(2), 'its columns', refuse).map((one) => struct(one, 'a column', refuse));
  const { columns, leaves } = topLevel(elements, refuse);
  const groups = list(footer.get(4), 'its row groups', refuse).map((one) =>
    rowGroup(struct(one, 'a row group', refuse), leaves, end, refuse),
  );
  const inGroups = groups.reduce((sum, group) => sum + group.rows, 0);
  if (inGroups !== rows) refuse(`its footer says ${rows} rows, its row groups ${inGroups}`);
  return { rows, groups, columns };
}

/** Elements come in the order of a walk through the tree, each with the number of its children. */
function topLevel(
  elements: readonly ThriftStruct[],
  refuse: Refuse,
): { readonly columns: ParquetColumn[]; readonly leaves: number } {
  const columns: ParquetColumn[] = [];
  let leaves = 0;
  /** Children still to come of each group that is open, the root first. */
  const open = [elements[0] ? (optionalCount(elements[0], 5, 'a number of columns', refuse) ?? 0) : 0];
  for (const element of elements.slice(1)) {
    if (open.at(-1) === 0) refuse('its footer is damaged: it has more columns than it says');
    open[open.length - 1]! -= 1;
    const children = optionalCount(element, 5, 'a number of columns', refuse) ?? 0;
    if (open.length === 1) columns.push(columnOf(element, children > 0 ? -1 : leaves, refuse));
    if (children > 0) open.push(children);
    else leaves += 1;
    while (open.length > 1 && open.at(-1) === 0) open.pop();
  }
  if (open.some((left) => left > 0)) refuse('its footer is damaged: it has fewer columns than it says');
  return { columns, leaves };
}

function columnOf(element: ThriftStruct, leaf: number, refuse: Refuse): ParquetColumn {
  const repetition = optionalCount(element, 3, 'a repetition', refuse) ?? 0;
  const logical = element.get(10);
  return {
    name: text(element.get(4), 'a name', refuse),
    type: leaf < 0 ? undefined : count(element, 1, 'a type', refuse),
    isOptional: repetition === 1,
    isRepeated: repetition === 2,
    converted: optionalCount(element, 6, 'a type', refuse),
    logical: logical instanceof Map ? [...logical.keys()][0] : undefined,
    leaf,
  };
}

function rowGroup(group: ThriftStruct, leaves: number, end: number, refuse: Refuse): RowGroup {
  const rows = count(group, 3, 'the number of rows of a group', refuse);
  const chunks = list(group.get(1), 'the columns of a row group', refuse);
  if (chunks.length !== leaves) refuse(`a row group has ${chunks.length} columns of ${leaves}`);
  return {
    rows,
    chunk: (column) => chunkOf(struct(chunks[column.leaf], 'a column', refuse), column, rows, end, refuse),
  };
}

function chunkOf(
  outer: ThriftStruct,
  column: ParquetColumn,
  rows: number,
  end: number,
  refuse: Refuse,
): ParquetChunk {
  if (outer.has(1)) refuse('its columns lie in other files');
  if (outer.has(8)) refuse(`its column "${column.name}" is encrypted`);
  const chunk = struct(outer.get(3), `the metadata of "${column.name}"`, refuse);
  if (count(chunk, 1, 'a type', refuse) !== column.type)
    refuse(`its column "${column.name}" has another type in a row group`);
  const values = count(chunk, 5, 'a number of values', refuse);
  if (values !== rows) refuse(`"${column.name}" has ${values} values in a row group of ${rows} rows`);
  const data = count(chunk, 9, 'the place of a column', refuse);
  const dictionary = optionalCount(chunk, 11, 'the place of a dictionary', refuse) ?? 0;
  const at = dictionary > 0 && dictionary < data ? dictionary : data;
  const length = count(chunk, 7, 'the length of a column', refuse);
  if (at < 4 || at + length > end) refuse(`the column "${column.name}" lies outside of the file`, at);
  return { codec: count(chunk, 4, 'a codec', refuse), values, at, length };
}
