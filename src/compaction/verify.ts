/** An hour passes when what an independent parser counted is what the footers of the published files say. */
import type { Footer } from './parquet-ports.js';
import type { WrittenFile } from './ports.js';
import { type Column, columnText } from './schema.js';

export interface Checked {
  readonly file: WrittenFile;
  readonly footer: Footer;
}

export type Verdict =
  | { readonly ok: true; readonly rows: number }
  | { readonly ok: false; readonly why: string };

/** `rowsIn` was counted from the sources' bytes, without the engine. */
export function verdict(
  rowsIn: number,
  columns: readonly Column[],
  codec: 'snappy' | 'zstd',
  checked: readonly Checked[],
): Verdict {
  const rowsOut = checked.reduce((sum, { footer }) => sum + footer.rows, 0);
  const faults = [
    ...checked.flatMap(({ file, footer }) => fileFaults(file, footer, columns, codec)),
    ...(rowsOut === rowsIn ? [] : [`the sources hold ${rowsIn} rows, the Parquet files ${rowsOut}`]),
  ];
  return faults[0] === undefined ? { ok: true, rows: rowsOut } : { ok: false, why: faults[0] };
}

function fileFaults(file: WrittenFile, footer: Footer, columns: readonly Column[], codec: string): string[] {
  const wanted = columns.map((column) => `${column.name} ${columnText(column)}`);
  const found = footer.columns.map(({ name, type }) => `${name} ${type}`);
  const wrongCodec = footer.rows > 0 ? footer.codecs.find((one) => one !== codec.toUpperCase()) : undefined;
  return [
    ...(footer.rows === file.rows
      ? []
      : [`${file.key}: its footer says ${footer.rows} rows, the engine wrote ${file.rows}`]),
    ...(wanted.join() === found.join()
      ? []
      : [`${file.key}: its columns are ${found.join(', ')} instead of ${wanted.join(', ')}`]),
    ...(wrongCodec === undefined
      ? []
      : [`${file.key}: it is compressed with ${wrongCodec} instead of ${codec}`]),
  ];
}
