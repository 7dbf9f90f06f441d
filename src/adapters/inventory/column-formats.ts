/** The readers of columnar files, each loaded when first needed, with the decompressors of this platform. */
import type { ColumnFile, ColumnSource } from '../../inventory/columnar/column-file.js';
import type { InventoryFormat } from '../../inventory/manifest.js';
import { columnCodecs } from './column-codecs.js';

/** Errors: COLUMNS_UNREADABLE, those of reading. */
export async function openColumns(
  format: Exclude<InventoryFormat, 'CSV'>,
  source: ColumnSource,
): Promise<ColumnFile> {
  if (format === 'ORC')
    return await (await import('../../inventory/orc/read-orc.js')).openOrc(source, columnCodecs);
  return await (await import('../../inventory/parquet/read-parquet.js')).openParquet(source, columnCodecs);
}
