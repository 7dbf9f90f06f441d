/** A price file of AWS on disk is unpacked and parsed here by what it holds, whatever it is called; what it means is read elsewhere. */
import { createReadStream } from 'node:fs';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { BucketwiseError, raise } from '../../kernel/errors.js';
import { failed } from './text-files.js';

/** The S3 offer of all Regions is some 30 MB; what is larger by far is another service's, or a bomb. */
const mostBytes = 256 * 1024 * 1024;
/** The preamble and the header of a bulk offer are its first six rows. */
const headRows = 20;

interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

export type ParsedPriceList =
  | { readonly file: string; readonly kind: 'json'; readonly value: unknown }
  | {
      readonly file: string;
      readonly kind: 'csv';
      readonly head: readonly Row[];
      readonly rows: () => readonly Row[];
    };

/** "-" is standard input. Errors: FILE_MISSING, PERMISSION_DENIED, PRICE_LIST_UNREADABLE. */
export async function readPriceList(path: string, limit = mostBytes): Promise<ParsedPriceList> {
  const file = path === '-' ? 'stdin' : path;
  const text = decoded(file, await unpacked(file, await bytesOf(path, file, limit), limit));
  return /^\s*[[{]/.test(text) ? { file, kind: 'json', value: jsonOf(file, text) } : csvOf(file, text);
}

const unreadable = (file: string, why: string, cause?: unknown): never =>
  raise('PRICE_LIST_UNREADABLE', { file, why }, cause);

async function bytesOf(path: string, file: string, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of path === '-' ? process.stdin : createReadStream(path)) {
      size += (chunk as Buffer).length;
      if (size > limit) unreadable(file, `it has more than ${limit} bytes`);
      chunks.push(chunk as Buffer);
    }
  } catch (cause) {
    if (cause instanceof BucketwiseError) throw cause;
    failed(path, 'read', cause);
  }
  return Buffer.concat(chunks);
}

async function unpacked(file: string, bytes: Buffer, limit: number): Promise<Buffer> {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!isGzip) return bytes;
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: limit });
  } catch (cause) {
    const isLarge = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    const why = isLarge
      ? `it unpacks to more than ${limit} bytes`
      : `it is damaged gzip (${(cause as Error).message})`;
    return unreadable(file, why, cause);
  }
}

function decoded(file: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    return unreadable(file, 'it is not UTF-8 text', cause);
  }
}

function jsonOf(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    return unreadable(file, `it is not whole JSON: ${(cause as Error).message}`, cause);
  }
}

function csvOf(file: string, text: string): ParsedPriceList {
  const rows = (to: number): Row[] => {
    try {
      const options = { info: true, relax_column_count: true, skip_empty_lines: true, to } as const;
      const records = parse(text, options) as unknown as { info: { lines: number }; record: string[] }[];
      return records.map(({ info, record }) => ({ line: info.lines, cells: record }));
    } catch (cause) {
      return unreadable(file, `it is neither JSON nor whole CSV: ${(cause as Error).message}`, cause);
    }
  };
  return { file, kind: 'csv', head: rows(headRows), rows: () => rows(-1) };
}
