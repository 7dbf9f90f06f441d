/** Whether what a pointer names still stands: before sources go, for without them nothing else holds their rows. */
import { BucketwiseError } from '../kernel/errors.js';
import { type Key, printable } from '../kernel/s3.js';
import type { Hour } from './hours.js';
import type { Pointer } from './journal.js';
import { pointerKey } from './partition.js';
import type { CompactionPorts } from './ports.js';
import { publishedKeys, type Spent } from './publish.js';
import { isListed, listFault } from './symlink.js';
import type { CompactionTable } from './table.js';

/** The files are compared by etag. A copy may have another etag than its file, so the names are compared by size. */
export async function fallenError(
  ports: CompactionPorts,
  table: CompactionTable,
  { partition, pointer, manifest, leftover }: Hour,
  spent: Spent,
): Promise<BucketwiseError | undefined> {
  const { record } = pointer!;
  const why = (await fileFault(ports, record, spent)) ?? (await nameFault(ports, table, record, spent));
  if (why === undefined) return undefined;
  const isWhole = !record.retiring && leftover.length === manifest?.sources.length;
  const todo = isWhole
    ? `or have the hour made anew of its sources: delete "${printable(pointerKey(table, partition))}"${namesText(table, record)} and run with --partition ${partition}`
    : 'for some of its sources are gone already and the hour cannot be made anew';
  return new BucketwiseError('COMMIT_FALLEN', { partition, why, todo });
}

/** A list is replaced by the next commit; a copy under a final name is not. */
const namesText = (table: CompactionTable, pointer: Pointer): string =>
  isListed(table) ? '' : `, then "${printable(publishedKeys(table, pointer)[0] ?? '')}" if it is there,`;

async function fileFault(
  ports: CompactionPorts,
  { files }: Pointer,
  spent: Spent,
): Promise<string | undefined> {
  for (const { key, size, etag } of files) {
    const there = await objectAt(ports, key, spent);
    if (!there) return `"${printable(key)}" is missing`;
    if (there.etag !== etag || there.size !== size)
      return `"${printable(key)}" is not what was committed (${there.size} bytes, etag ${there.etag}; committed were ${size} bytes, etag ${etag})`;
  }
  return undefined;
}

async function nameFault(
  ports: CompactionPorts,
  table: CompactionTable,
  pointer: Pointer,
  spent: Spent,
): Promise<string | undefined> {
  if (isListed(table)) {
    spent.get += 1;
    return listFault(ports, table, pointer);
  }
  for (const [at, key] of publishedKeys(table, pointer).entries()) {
    const there = await objectAt(ports, key, spent);
    const { size } = pointer.files[at]!;
    if (!there) return `"${printable(key)}" is missing`;
    if (there.size !== size) return `"${printable(key)}" has ${there.size} bytes instead of ${size}`;
  }
  return undefined;
}

async function objectAt({ target }: CompactionPorts, key: Key, spent: Spent) {
  spent.list += 1;
  for await (const { objects } of target.list({ prefix: key }))
    return objects.find((object) => object.key === key);
  return undefined;
}
