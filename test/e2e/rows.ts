/** What lies in an hour, read on both sides by readers that are not the engine. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import { splitRecords } from '../../src/compaction/csv-fields.js';

export const filesOf = (dir: string): string[] =>
  existsSync(dir)
    ? readdirSync(dir)
        .filter((name) => statSync(join(dir, name)).isFile())
        .sort()
        .map((name) => join(dir, name))
    : [];

export function buffer(path: string): ArrayBuffer {
  const bytes = readFileSync(path);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

/** Every row of an hour as texts, in order: null for NULL. */
export async function parquetRows(dir: string): Promise<(string | null)[][]> {
  const rows = await Promise.all(filesOf(dir).map((path) => parquetReadObjects({ file: buffer(path) })));
  return rows.flat().map((row) => Object.values(row).map(textOf));
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString().slice(0, 19).replace('T', ' ');
  return String(value);
}

/** The same of the CSV files: nothing at all is NULL, "" is the empty string. */
export function csvRows(dir: string): (string | null)[][] {
  return filesOf(dir).flatMap((path) => {
    const bytes = readFileSync(path);
    const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8').replace(/^\uFEFF/, '');
    return splitRecords(text, ',')
      .slice(1)
      .map((record) => record.map((field) => (field.text === '' && !field.quoted ? null : field.text)));
  });
}

/** Every file below a folder, at any depth. */
export const filesBelow = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
