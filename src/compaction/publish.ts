/**
 * The final names follow from the pointer, so publishing can be done again at any time with the same result.
 *
 * What a reader who lists the folder of an hour may rely on: an hour in one file lies under one name for ever, and a
 * later generation replaces its bytes in one conditional write, so that he sees all of the old rows or all of the new.
 * The one file that a later generation adds holds rows that stood under no name before: none is doubled or missing.
 * An hour in several files is never replaced. While several files are published for the first time he may see some of
 * them; who must not, reads the file list of the pointer, or sets fileSize so that an hour is one file.
 * A query that is reading the one file while it is replaced fails and can be repeated; it never mixes old and new.
 */
import { raise } from '../kernel/errors.js';
import type { Key, ObjectRecord } from '../kernel/s3.js';
import { partitionOf } from '../prefixes/partition-keys.js';
import { readPointer } from './hours.js';
import { type Pointer, sameBytes } from './journal.js';
import type { CompactionPorts, WrittenFile } from './ports.js';
import { isListed, publishList } from './symlink.js';
import type { CompactionTable } from './table.js';

export interface Spent {
  put: number;
  get: number;
  list: number;
}

const triesToReplace = 4;

/** In the order of the pointer's files. */
export function publishedKeys(
  table: CompactionTable,
  { partition, files }: Pick<Pointer, 'partition' | 'files'>,
): Key[] {
  const folders = files.map(({ key }) => key.split('/').at(-2) ?? '');
  const base = folders.filter((folder) => folder === folders[0]).length;
  return folders.map((folder, at) => {
    const name = at === 0 && base === 1 ? '' : `-${folder}-${at - folders.indexOf(folder)}`;
    return `${table.targetPrefix}${partition}/${table.name}${name}.parquet`;
  });
}

/** Whether a key has the form of those names. */
export function isPublishedKey(table: CompactionTable, key: Key): boolean {
  const partition = partitionOf(key, table.targetPrefix, table.layout)?.partition;
  const name = key.slice(`${table.targetPrefix}${partition}/`.length);
  return (
    partition !== undefined &&
    name.startsWith(table.name) &&
    /^(?:-[0-9a-f]+-\d+-\d+)?\.parquet$/.test(name.slice(table.name.length))
  );
}

/**
 * Copies every file of the pointer under its final name, or lists them in one object (symlink.ts), then tells the catalog, if there is one, where the hour lies.
 * Errors: OBJECT_CHANGED or HOUR_OCCUPIED when a stranger's object lies there, those of the catalog.
 */
export async function publish(
  ports: CompactionPorts,
  table: CompactionTable,
  pointer: Pointer,
  spent: Spent,
): Promise<void> {
  const form = isListed(table) ? 'symlink' : 'files';
  if (isListed(table)) await publishList(ports, table, pointer, spent);
  else await publishCopies(ports, table, pointer, spent);
  await ports.catalog?.register(pointer.partition, `${table.targetPrefix}${pointer.partition}/`, form);
}

async function publishCopies(
  ports: CompactionPorts,
  table: CompactionTable,
  pointer: Pointer,
  spent: Spent,
): Promise<void> {
  const names = publishedKeys(table, pointer);
  for (const [at, file] of pointer.files.entries()) {
    const key = names[at]!;
    const { outcome } = await ports.target.copy(file, key);
    spent.put += 1;
    spent.get += 1;
    if (outcome === 'changed') raise('OBJECT_CHANGED', { key: file.key });
    if (outcome === 'written') continue;
    if (at === 0 && pointer.earlier.length > 0) await replace(ports, table, pointer, key, spent);
    else await checkThere(ports, key, file, spent);
  }
}

/**
 * What lies there is of this generation or an earlier one as long as the pointer is still ours after it was looked at;
 * a newer generation put there meanwhile has another etag, and is left alone.
 */
async function replace(
  ports: CompactionPorts,
  table: CompactionTable,
  pointer: Pointer,
  key: Key,
  spent: Spent,
): Promise<void> {
  const file = pointer.files[0]!;
  for (let tries = 1; tries <= triesToReplace; tries++) {
    const there = await objectAt(ports, key, spent);
    if (there && ![file.size, ...pointer.earlier].includes(there.size)) raise('OBJECT_CHANGED', { key });
    if (!(await isCurrent(ports, table, pointer, spent))) return;
    const { outcome } = await ports.target.copy(file, key, there);
    spent.put += 1;
    spent.get += 1;
    if (outcome === 'written') return;
    if (outcome === 'changed') raise('OBJECT_CHANGED', { key: file.key });
  }
  raise('CONDITION_FAILED', { key });
}

async function isCurrent(
  { target }: CompactionPorts,
  table: CompactionTable,
  { partition, generation }: Pointer,
  spent: Spent,
): Promise<boolean> {
  spent.get += 1;
  return (await readPointer(target, table, partition))?.record.generation === generation;
}

/** A copy may have another etag than what it was copied from, so it is the bytes that tell. */
async function checkThere(ports: CompactionPorts, key: Key, file: WrittenFile, spent: Spent): Promise<void> {
  const there = (await objectAt(ports, key, spent)) ?? raise('OBJECT_MISSING', { key });
  const isSame =
    there.size === file.size && (there.etag === file.etag || (await areSame(ports, file, there, spent)));
  if (!isSame) raise('OBJECT_CHANGED', { key });
}

const windowBytes = 16 * 2 ** 20;

async function areSame(
  { target }: CompactionPorts,
  file: WrittenFile,
  there: ObjectRecord,
  spent: Spent,
): Promise<boolean> {
  for (let at = 0; at < file.size; at += windowBytes) {
    const end = Math.min(file.size, at + windowBytes);
    spent.get += 2;
    const [one, other] = await Promise.all([target.range(file, at, end), target.range(there, at, end)]);
    if (!sameBytes(one, other)) return false;
  }
  return true;
}

async function objectAt(
  { target }: CompactionPorts,
  key: Key,
  spent: Spent,
): Promise<ObjectRecord | undefined> {
  spent.list += 1;
  for await (const { objects } of target.list({ prefix: key }))
    return objects.find((object) => object.key === key);
  return undefined;
}
