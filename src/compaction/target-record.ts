/** A target holds one table in one layout: another would put rows a second time before whoever reads the whole of it. */
import { raise } from '../kernel/errors.js';
import { printable } from '../kernel/s3.js';
import { putRecord, readRecord } from './journal.js';
import { targetKey } from './partition.js';
import type { ObjectStore } from './ports.js';
import { isListed } from './symlink.js';
import type { CompactionTable } from './table.js';

/** Written by the first run that has something to do, never changed. */
export interface TargetRecord {
  readonly schemaVersion: 1;
  readonly table: string;
  /** source.partition */
  readonly partition: string;
  /** How its hours are shown. Absent in records of a time when it was not kept: as files. */
  readonly publish?: 'files' | 'symlink';
}

/** Undefined while the target is free. */
export async function begunAs(
  target: ObjectStore,
  table: CompactionTable,
): Promise<'files' | 'symlink' | undefined> {
  const found = await readRecord<TargetRecord>(target, targetKey(table), ['table', 'partition']);
  return found && (found.record.publish ?? 'files');
}

/** False while the target is free. Errors: TARGET_TAKEN. */
export async function checkTarget(target: ObjectStore, table: CompactionTable): Promise<boolean> {
  const found = await readRecord<TargetRecord>(target, targetKey(table), ['table', 'partition']);
  const { table: name, partition } = found?.record ?? recordOf(table);
  const other = (field: string, is: string, was: string): never =>
    raise('TARGET_TAKEN', { target: printable(table.targetPrefix), field, is, was });
  if (name !== table.name) other('name', table.name, name);
  if (partition !== table.layout.template) other('source.partition', table.layout.template, partition);
  return found !== undefined;
}

/** Errors: TARGET_TAKEN, when another was faster. */
export async function takeTarget(target: ObjectStore, table: CompactionTable): Promise<void> {
  if (await checkTarget(target, table)) return;
  const put = await putRecord(target, targetKey(table), recordOf(table), 'absent');
  if (put.outcome !== 'written') await checkTarget(target, table);
}

const recordOf = (table: CompactionTable): TargetRecord => ({
  schemaVersion: 1,
  table: table.name,
  partition: table.layout.template,
  publish: isListed(table) ? 'symlink' : 'files',
});
