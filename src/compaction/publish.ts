/** The final names follow from the pointer, so publishing can be done again at any time with the same result. */
import { raise } from '../kernel/errors.js';
import type { Pointer } from './journal.js';
import { publishedKey } from './partition.js';
import type { CompactionPorts } from './ports.js';
import type { CompactionTable } from './table.js';

/** Copies every file of the pointer under its final name; one that is there already is kept when its size is right. */
export async function publish(
  ports: CompactionPorts,
  table: CompactionTable,
  pointer: Pointer,
  spent: { put: number; get: number; list: number },
): Promise<void> {
  for (const [at, file] of pointer.files.entries()) {
    const key = publishedKey(table, pointer, at);
    const { outcome } = await ports.target.copy(file, key);
    spent.put += 1;
    spent.get += 1;
    if (outcome === 'changed') raise('OBJECT_CHANGED', { key: file.key });
    if (outcome === 'exists') await checkThere(ports, key, file.size, spent);
  }
}

async function checkThere(
  ports: CompactionPorts,
  key: string,
  size: number,
  spent: { list: number },
): Promise<void> {
  spent.list += 1;
  for await (const { objects } of ports.target.list({ prefix: key })) {
    const there = objects.find((object) => object.key === key);
    if (there) {
      if (there.size !== size) raise('OBJECT_CHANGED', { key });
      return;
    }
  }
  raise('OBJECT_MISSING', { key });
}
