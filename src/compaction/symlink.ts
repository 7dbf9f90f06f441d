/**
 * An hour shown by one object that lists its files: `symlink.txt` in the folder of the hour, an address a line, as a table
 * of Hive's SymlinkTextInputFormat reads it. The files stay where the engine wrote them and are copied nowhere.
 *
 * One conditional write replaces the list, so that a query sees all files of one generation or all of another, however
 * many there are, also where partition projection leaves no location to be swapped. Athena and Trino read the list when
 * a query begins; the files of an earlier list stay for seven days more (see clean). Nothing else may lie in the folder:
 * such a table takes every object there for a list.
 */
import { raise } from '../kernel/errors.js';
import { type Key, type Prefix, printable } from '../kernel/s3.js';
import { readPointer } from './hours.js';
import type { Pointer } from './journal.js';
import { controlPrefix, sourcesPrefix } from './partition.js';
import type { CompactionPorts } from './ports.js';
import type { Spent } from './publish.js';
import type { CompactionTable } from './table.js';

/** A table whose hours are shown so. */
export type ListedTable = CompactionTable & { readonly listedFrom: string };

export const isListed = (table: CompactionTable): table is ListedTable => table.listedFrom !== undefined;

const triesToReplace = 4;
const name = 'symlink.txt';

const folderOf = ({ targetPrefix }: CompactionTable, partition: string): Prefix =>
  sourcesPrefix({ sourcePrefix: targetPrefix }, partition);
export const listKey = (table: CompactionTable, partition: string): Key =>
  `${folderOf(table, partition)}${name}`;

/** In the order of the pointer's files. */
const linesOf = ({ listedFrom }: ListedTable, { files }: Pick<Pointer, 'files'>): string =>
  files.map(({ key }) => `${listedFrom}${key}\n`).join('');

/**
 * Effects in order: the folder is listed, the list read, the pointer read again, the list written if it is still the one
 * that was read. A list that was read before the pointer was found to be ours stems from no later generation.
 * Errors: HOUR_OCCUPIED when something else lies there, CONDITION_FAILED.
 */
export async function publishList(
  ports: CompactionPorts,
  table: ListedTable,
  pointer: Pointer,
  spent: Spent,
): Promise<void> {
  const { partition } = pointer;
  await checkAlone(ports, table, partition, spent);
  const key = listKey(table, partition);
  const text = linesOf(table, pointer);
  for (let tries = 1; tries <= triesToReplace; tries++) {
    const there = await ports.target.read(key);
    spent.get += 2;
    const before = there && new TextDecoder().decode(there.body);
    if (before === text) return;
    if (before !== undefined && !isOurs(table, before)) occupied(key);
    if (!(await isCurrent(ports, table, pointer))) return;
    spent.put += 1;
    const body = new TextEncoder().encode(text);
    const put = await ports.target.write(key, body, there ? { etag: there.etag } : 'absent');
    if (put.outcome === 'written') return;
  }
  raise('CONDITION_FAILED', { key });
}

/** Why the list of a committed hour is not what its pointer says, or undefined. */
export async function listFault(
  { target }: CompactionPorts,
  table: ListedTable,
  pointer: Pick<Pointer, 'partition' | 'files'>,
): Promise<string | undefined> {
  const key = listKey(table, pointer.partition);
  const there = await target.read(key);
  if (!there) return `${printable(key)} is missing`;
  return new TextDecoder().decode(there.body) === linesOf(table, pointer)
    ? undefined
    : `${printable(key)} names other files than the pointer`;
}

/** An hour without a row may have no file, and its list no line. */
const isOurs = (table: ListedTable, text: string): boolean =>
  text === '' ||
  text
    .trimEnd()
    .split('\n')
    .every((line) => line.startsWith(`${table.listedFrom}${controlPrefix(table)}`));

async function isCurrent(
  { target }: CompactionPorts,
  table: CompactionTable,
  { partition, generation }: Pointer,
): Promise<boolean> {
  return (await readPointer(target, table, partition))?.record.generation === generation;
}

/** Hidden names are no lists to anybody. */
async function checkAlone(
  { target }: CompactionPorts,
  table: CompactionTable,
  partition: string,
  spent: Spent,
): Promise<void> {
  const prefix = folderOf(table, partition);
  for await (const { objects } of target.list({ prefix })) {
    spent.list += 1;
    const other = objects.find(
      ({ key }) => !/^(?:[_.].*|.*\/|)$/.test(key.slice(prefix.length)) && key !== `${prefix}${name}`,
    );
    if (other) occupied(other.key);
  }
}

const occupied = (key: Key): never => raise('HOUR_OCCUPIED', { path: printable(key) });
