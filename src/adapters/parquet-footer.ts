/** A footer is read by range from the very object that was published, by a reader that is not the engine. */
import { type FileMetaData, parquetMetadataAsync, type SchemaElement } from 'hyparquet';
import type { Footer, FooterReader } from '../compaction/parquet-ports.js';
import type { ObjectStore, StoredObject } from '../compaction/ports.js';
import { BucketwiseError, raise } from '../kernel/errors.js';
import { topLevel } from './files/parquet-rows.js';

/** `wordsOf`: the type of a column; what engines make of CSV is told in the types a CSV has. */
export function openFooterReader(store: ObjectStore, wordsOf: WordsOf = typeOf): FooterReader {
  return { read: (file) => readFooter(store, file, wordsOf) };
}

type WordsOf = (element: SchemaElement) => string;

async function readFooter(store: ObjectStore, file: StoredObject, wordsOf: WordsOf): Promise<Footer> {
  let gets = 0;
  const slice = async (start: number, end: number = file.size): Promise<ArrayBuffer> => {
    gets += 1;
    const bytes = await store.range(file, start, end);
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  };
  try {
    const metadata = await parquetMetadataAsync({ byteLength: file.size, slice });
    return { ...contents(metadata, wordsOf), gets };
  } catch (cause) {
    if (cause instanceof BucketwiseError) throw cause;
    return raise('FOOTER_UNREADABLE', { key: file.key, why: (cause as Error).message }, cause);
  }
}

function contents(metadata: FileMetaData, wordsOf: WordsOf): Omit<Footer, 'gets'> {
  const chunks = metadata.row_groups.flatMap((group) => group.columns);
  return {
    rows: Number(metadata.num_rows),
    codecs: [...new Set(chunks.flatMap((chunk) => chunk.meta_data?.codec ?? []))],
    columns: topLevel(metadata).map((element) => ({ name: element.name, type: wordsOf(element) })),
  };
}

/** Parquet's type in the words of a config; its own words where no column of ours has it. */
function typeOf(element: SchemaElement): string {
  const { type, converted_type: converted, logical_type: logical, precision, scale } = element;
  if (converted === 'DECIMAL') return `decimal(${precision ?? 0},${scale ?? 0})`;
  if (converted === 'UTF8') return 'string';
  if (converted === 'DATE') return 'date';
  // INT96 is how Hive's writers, and so Trino and Athena, keep a timestamp.
  if (type === 'INT96' || converted === 'TIMESTAMP_MICROS' || logical?.type === 'TIMESTAMP')
    return 'timestamp';
  if (type === 'BOOLEAN') return 'boolean';
  if (type === 'DOUBLE') return 'double';
  if (type === 'INT64') return 'bigint';
  if (type === 'INT32') return 'integer';
  return `${type ?? 'group'} ${converted ?? ''}`.trim();
}
