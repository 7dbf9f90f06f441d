/** Most suites need no process of their own and share one: a start of Node and its loader for each of them would take minutes. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const tests = join(import.meta.dirname, '..');

/** Folders below test/ whose suites share a process, one of these after the other. `.taprc` leaves them out elsewhere. */
export const groups = [
  ['pricing', 'golden', 'kernel'],
  ['compaction', 'inventory', 'prefixes', 'reconcile', 'report', 'scenarios', 'schedule'],
  ['adapters/aws', 'adapters/files', 'adapters/inventory', 'adapters/trino', 'adapters/wrap'],
  ['app', 'entry', 'protocol'],
] as const;

/** Runs every suite of the folders; a failing assertion names its own file. */
export async function run(folders: readonly string[]): Promise<void> {
  for (const folder of folders)
    for (const name of readdirSync(join(tests, folder), { recursive: true, encoding: 'utf8' }).sort())
      if (name.endsWith('.test.ts')) await import(join(tests, folder, name));
}
