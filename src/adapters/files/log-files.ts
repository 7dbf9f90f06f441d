/** Log files of a bucket or a folder: all whose address begins with the one given, each without its gzip. */
import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { ListPage, ObjectLister } from '../../inventory/ports.js';
import { BucketwiseError, raise } from '../../kernel/errors.js';
import { type Location, type ObjectRecord, parseLocation, printable } from '../../kernel/s3.js';
import { plainBytes } from './plain-bytes.js';

interface LogStore {
  readonly store: ObjectLister & { stream(object: ObjectRecord): AsyncIterable<Uint8Array> };
  requests(): { readonly put: number; readonly get: number; readonly list: number };
}

export interface LogFiles {
  readonly isBilled: boolean;
  list(): AsyncIterable<ListPage>;
  read(file: ObjectRecord): AsyncIterable<Uint8Array>;
  requests: LogStore['requests'];
}

export async function openLogs(
  uri: string,
  open: (location: Location) => Promise<LogStore>,
): Promise<LogFiles> {
  const location = placeOf(uri);
  const { store, requests } = await open(location);
  return {
    isBilled: location.scheme === 's3',
    list: () => store.list({ prefix: location.prefix }),
    read: (file) => unpacked(store.stream(file), file),
    requests,
  };
}

/**
 * S3 puts a log prefix before the date without a "/" of its own, so that "s3://logs/lake" means "lake2026-11-22-…" as
 * well as "lake/…". A file on disk may be named alone.
 */
function placeOf(uri: string): Location {
  const location = parseLocation(uri);
  if (location.scheme === 's3') return { ...location, prefix: /^s3:\/\/[^/]*\/?(.*)$/s.exec(uri)![1]! };
  const isFile = statSync(location.root, { throwIfNoEntry: false })?.isFile() ?? false;
  return isFile ? { ...location, root: dirname(location.root), prefix: basename(location.root) } : location;
}

async function* unpacked(bytes: AsyncIterable<Uint8Array>, { key }: ObjectRecord): AsyncIterable<Uint8Array> {
  try {
    yield* plainBytes(bytes);
  } catch (cause) {
    if (cause instanceof BucketwiseError) throw cause;
    raise('LOG_UNREADABLE', { file: printable(key), why: (cause as Error).message }, cause);
  }
}
