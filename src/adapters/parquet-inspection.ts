/** A Parquet file that is a source is looked at without the engine: what it says of itself must be what it is. */
import { open } from 'node:fs/promises';
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { ParquetFile } from '../compaction/parquet-ports.js';
import type { StoredObject } from '../compaction/ports.js';
import { BucketwiseError, raise } from '../kernel/errors.js';
import { printable } from '../kernel/s3.js';
import { bufferOf, checkFooter, topLevel } from './files/parquet-rows.js';
import { pageValues } from './parquet-pages.js';
import { exactType } from './parquet-types.js';

/** `path`: its local copy. Errors: SOURCE_CORRUPT. */
export async function inspectParquet(source: StoredObject, path: string): Promise<ParquetFile> {
  const refuse = (why: string, cause?: unknown): never =>
    raise('SOURCE_CORRUPT', { key: printable(source.key), why: printable(why).slice(0, 300) }, cause);
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    const buffer = bufferOf(handle, size);
    await checkBeginning(buffer, refuse);
    await checkFooter(handle, size, refuse);
    const metadata = await parquetMetadataAsync(buffer, { geoparquet: false }).catch((cause: Error) =>
      refuse(`its footer is damaged: ${cause.message}`, cause),
    );
    const columns = topLevel(metadata).map((element) => ({
      name: element.name,
      type: exactType(element),
    }));
    // What lies inside of a column is refused by its type; its values are not its rows.
    if (columns.every(({ type }) => !type.startsWith('nested '))) await checkRows(buffer, metadata, refuse);
    await checkInstants(buffer, metadata, refuse);
    return { rows: Number(metadata.num_rows), columns };
  } catch (cause) {
    if (cause instanceof BucketwiseError) throw cause;
    return refuse((cause as Error).message, cause);
  } finally {
    await handle.close();
  }
}

type Refuse = (why: string, cause?: unknown) => never;

async function checkBeginning(file: AsyncBuffer, refuse: Refuse): Promise<void> {
  if (file.byteLength === 0) refuse('it is empty');
  const words = new TextDecoder('latin1').decode(await file.slice(0, Math.min(4, file.byteLength)));
  if (words === 'PARE') refuse('it is encrypted');
  if (words !== 'PAR1') refuse('it does not begin as Parquet does');
}

/** Engines believe the footer: rows it leaves out they leave out too. */
async function checkRows(file: AsyncBuffer, metadata: FileMetaData, refuse: Refuse): Promise<void> {
  const groups = metadata.row_groups.reduce((sum, group) => sum + group.num_rows, 0n);
  if (groups !== metadata.num_rows)
    refuse(`its footer says ${metadata.num_rows} rows, its row groups ${groups}`);
  for (const [at, group] of metadata.row_groups.entries()) {
    if (group.columns.length !== metadata.schema.length - 1) refuse(`its row group ${at + 1} lacks a column`);
    for (const { file_path: elsewhere, meta_data: chunk } of group.columns) {
      if (elsewhere || !chunk) return refuse('its columns lie in other files');
      const values = await pageValues(file, chunk);
      if (BigInt(values) !== group.num_rows)
        refuse(
          `its footer says ${group.num_rows} rows in row group ${at + 1}, the pages of "${chunk.path_in_schema.join('.')}" hold ${values}`,
        );
    }
  }
}

const mostMilliseconds = 9_223_372_036_854_775n;

/** INT96 has nanoseconds, of which DuckDB keeps microseconds, and it makes infinity of milliseconds too large for it. */
async function checkInstants(file: AsyncBuffer, metadata: FileMetaData, refuse: Refuse): Promise<void> {
  const columns = topLevel(metadata)
    .filter(
      ({ type, converted_type: converted, logical_type: logical }) =>
        type === 'INT96' ||
        converted === 'TIMESTAMP_MILLIS' ||
        (logical?.type === 'TIMESTAMP' && logical.unit === 'MILLIS'),
    )
    .map(({ name }) => name);
  if (columns.length === 0) return;
  const misfit = (value: bigint, unit: string): never =>
    refuse(`an instant of ${value} ${unit} since 1970 in "${columns.join('", "')}" would not be kept`);
  await parquetRead({
    ...{ file, metadata, columns, compressors, geoparquet: false },
    parsers: {
      timestampFromNanoseconds: (value) => (value % 1000n === 0n ? undefined : misfit(value, 'nanoseconds')),
      timestampFromMilliseconds: (value) =>
        value > mostMilliseconds || value < -mostMilliseconds ? misfit(value, 'milliseconds') : undefined,
    },
  });
}
