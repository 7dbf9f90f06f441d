/**
 * What of a table's settings may not change once hours were made: the form they are published in, for its readers take
 * one only, and where the journal lies, without which committed hours would look as if nothing were known of them.
 */
import { type Key, type Prefix, printable } from '../kernel/s3.js';
import { putRecord, readRecord } from './journal.js';
import { controlPrefix, defaultControlPrefix } from './partition.js';
import type { ObjectStore } from './ports.js';
import { isListed } from './symlink.js';
import type { CompactionTable } from './table.js';
import { begunAs } from './target-record.js';

/** Kept under the target whatever the config says, so that every run finds it; absent where both are the default. */
interface Lasting {
  readonly schemaVersion: 1;
  readonly publish: 'files' | 'symlink';
  /** Where the journal lies. */
  readonly control: Prefix;
}

export const lastingKey = (table: CompactionTable): Key => `${defaultControlPrefix(table)}lasting.json`;

const lastingOf = (table: CompactionTable): Lasting => ({
  schemaVersion: 1,
  publish: isListed(table) ? 'symlink' : 'files',
  control: controlPrefix(table),
});

export interface Change {
  /** Of the config. */
  readonly field: 'target.publish' | 'state';
  readonly why: string;
}

/**
 * What was changed and may not be, or undefined; then the settings are kept, before the first hour is begun.
 * `hasCommits`: the journal in the place the config names knows of committed hours.
 */
export async function forbiddenChange(
  target: ObjectStore,
  table: CompactionTable,
  hasCommits: boolean,
): Promise<Change | undefined> {
  const wanted = lastingOf(table);
  const kept = await readRecord<Lasting>(target, lastingKey(table), ['publish', 'control']);
  if (kept) return difference(wanted, kept.record);
  const usual = { ...wanted, publish: 'files' as const, control: defaultControlPrefix(table) };
  const change = difference(wanted, usual);
  if (!change) return undefined;
  const hasJournal = change.field === 'state' && (await isUsed(target, usual.control));
  if (hasJournal) return change;
  // The plan need not show the hours that were committed before: it may be of one hour, or their sources are gone.
  if (change.field !== 'state' && (hasCommits || (await begunAs(target, table)) === 'files')) return change;
  const put = await putRecord(target, lastingKey(table), wanted, 'absent');
  return put.outcome === 'written' ? undefined : forbiddenChange(target, table, hasCommits);
}

function difference(wanted: Lasting, is: Lasting): Change | undefined {
  if (wanted.control !== is.control)
    return {
      field: 'state',
      why: `the journal of this target lies under "${printable(is.control)}" and would not be found under "${printable(wanted.control)}"; set it back, or give the table a target of its own`,
    };
  const published = { files: 'files', symlink: 'symlink lists' }[is.publish];
  return wanted.publish === is.publish
    ? undefined
    : {
        field: 'target.publish',
        why: `the hours of this target are published as ${published}; a reader takes one form only, so give the other a target of its own`,
      };
}

/** What tried the store out is no journal. */
async function isUsed(target: ObjectStore, prefix: Prefix): Promise<boolean> {
  for await (const { objects } of target.list({ prefix }))
    if (objects.some(({ key }) => !/^(?:probed\.json$|probes\/)/.test(key.slice(prefix.length)))) return true;
  return false;
}
