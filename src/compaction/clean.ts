/**
 * Only what no run can ever commit is cleaned: an attempt that was begun at an earlier revision of the pointer, so that
 * its commit must fail, and that the pointer does not name, so that no later commit will; and only when it is older than
 * every query that may read it. What an attempt at the present revision wrote stays, for its run may only be slow. Where
 * nothing was ever committed age alone decides: no run commits what took half as long.
 */
import pLimit from 'p-limit';
import type { Key } from '../kernel/s3.js';
import { partitionOf } from '../prefixes/partition-keys.js';
import { isHeld } from './claim.js';
import { longestRunMs } from './commit.js';
import { readPointer } from './hours.js';
import { type Claim, type Intent, type Pointer, readRecord } from './journal.js';
import { attemptsRoot, claimKey, intentsPrefix } from './partition.js';
import type { CompactionPorts, StoredObject, UnfinishedUpload } from './ports.js';
import { isPublishedKey } from './publish.js';
import { isListed } from './symlink.js';
import type { CompactionTable } from './table.js';

/** Twice the longest run, and far above the longest query, which Athena ends after four hours. */
export const cleanAfterMs = 2 * longestRunMs;

export interface DeadAttempt {
  readonly partition: string;
  /** The name of its folder. */
  readonly attempt: string;
  readonly objects: readonly StoredObject[];
}

export interface CleanPlan {
  readonly attempts: readonly DeadAttempt[];
  readonly uploads: readonly UnfinishedUpload[];
  /** Attempts no pointer names that may still be committed, or read. */
  readonly kept: number;
}

export interface Cleaned {
  readonly removed: number;
  readonly bytes: number;
  /** Changed or gone since they were listed: left alone. */
  readonly left: number;
  readonly aborted: number;
}

const hoursAtOnce = 32;
const removalsAtOnce = 8;

interface Folder {
  readonly partition: string;
  readonly attempt: string;
  readonly objects: (StoredObject & { readonly modifiedAt?: number })[];
}

/** Reads only. Its answer never grows stale: a dead attempt stays dead. */
export async function planClean(ports: CompactionPorts, table: CompactionTable): Promise<CleanPlan> {
  const byHour = grouped(await listFolders(ports, table));
  const limit = pLimit(hoursAtOnce);
  const judged = await Promise.all(
    [...byHour].map(([partition, folders]) => limit(() => judge(ports, table, partition, folders))),
  );
  const uploads = (await ports.target.uploads(table.targetPrefix)).filter(({ key }) => isOurs(table, key));
  return {
    attempts: judged.flatMap(({ dead }) => dead),
    uploads: uploads.filter(({ begunAt }) => isOld(ports, begunAt)),
    kept: judged.reduce((sum, { kept }) => sum + kept, 0),
  };
}

/** Below the attempts, or a copy on its way to a final name. */
const isOurs = (table: CompactionTable, key: Key): boolean =>
  key.startsWith(attemptsRoot(table)) || isPublishedKey(table, key);

const isOld = ({ clock }: Pick<CompactionPorts, 'clock'>, at: number): boolean =>
  clock.now() - at > cleanAfterMs;

async function listFolders(ports: CompactionPorts, table: CompactionTable): Promise<Folder[]> {
  const root = attemptsRoot(table);
  const folders = new Map<string, Folder>();
  for await (const { objects } of ports.target.list({ prefix: root }))
    for (const object of objects) {
      const partition = partitionOf(object.key, root, table.layout)?.partition;
      const attempt = partition && object.key.slice(root.length + partition.length + 1).split('/')[0];
      if (!partition || !attempt) continue;
      const name = `${partition}/${attempt}`;
      const folder = folders.get(name) ?? { partition, attempt, objects: [] };
      folders.set(name, folder);
      folder.objects.push(object);
    }
  return [...folders.values()];
}

function grouped(folders: readonly Folder[]): Map<string, Folder[]> {
  const byHour = new Map<string, Folder[]>();
  for (const folder of folders)
    byHour.set(folder.partition, [...(byHour.get(folder.partition) ?? []), folder]);
  return byHour;
}

async function judge(
  ports: CompactionPorts,
  table: CompactionTable,
  partition: string,
  folders: readonly Folder[],
): Promise<{ readonly dead: readonly DeadAttempt[]; readonly kept: number }> {
  const pointer = (await readPointer(ports.target, table, partition))?.record;
  const named = new Set(pointer?.files.map(({ key }) => key));
  const others = folders.filter(({ objects }) => !objects.some(({ key }) => named.has(key)));
  if (others.length === 0) return { dead: [], kept: 0 };
  const claim = await readRecord<Claim>(ports.target, claimKey(table, partition), ['fence', 'expiresAt']);
  const live = claim && isHeld(claim.record, ports) ? claim.record.fence : undefined;
  // A list that was not replaced yet still names the files of the generation before.
  const shown = isListed(table) ? claim?.record : undefined;
  if (isListed(table) && pointer && (shown?.published ?? 0) < pointer.generation)
    return { dead: [], kept: others.length };
  const intents = await readIntents(ports, table, partition);
  const dead = others.filter((folder) => {
    const intent = intents.get(folder.attempt);
    return intent !== undefined && intent.fence !== live && isDead(ports, pointer, intent, folder, shown);
  });
  return { dead, kept: others.length - dead.length };
}

/** Files the last commit replaced may be read by whoever began before it. */
function isDead(
  ports: CompactionPorts,
  pointer: Pointer | undefined,
  intent: Intent,
  { objects }: Folder,
  shown: Claim | undefined,
): boolean {
  const youngest = Math.max(
    Date.parse(intent.startedAt),
    pointer ? Date.parse(pointer.committedAt) : 0,
    // Whoever replaced the list held the claim until then, or a little longer.
    shown?.expiresAt ?? 0,
    ...objects.map(({ modifiedAt }) => modifiedAt ?? 0),
  );
  return isOld(ports, youngest) && (pointer ? intent.base < pointer.revision : true);
}

/** By the folder of the attempt. They stay when it goes: should a straggler write there again, that is found too. */
async function readIntents(
  { target }: CompactionPorts,
  table: CompactionTable,
  partition: string,
): Promise<Map<string, Intent>> {
  const intents = new Map<string, Intent>();
  for await (const { objects } of target.list({ prefix: intentsPrefix(table, partition) }))
    for (const { key } of objects) {
      const found = await readRecord<Intent>(target, key, ['attemptPath', 'base', 'fence', 'startedAt']);
      if (found) intents.set(found.record.attemptPath.split('/').at(-2) ?? '', found.record);
    }
  return intents;
}

/** Object by object, each by its etag; then the uploads. Cut anywhere, the rest is found again. */
export async function clean(
  { target }: CompactionPorts,
  plan: CleanPlan,
  signal: AbortSignal,
): Promise<Cleaned> {
  const limit = pLimit(removalsAtOnce);
  const ends = await Promise.all(
    plan.attempts
      .flatMap(({ objects }) => objects)
      .map((object) =>
        limit(async () => ({
          size: object.size,
          end: signal.aborted ? 'left' : await target.remove(object),
        })),
      ),
  );
  let aborted = 0;
  for (const upload of plan.uploads) {
    if (signal.aborted) break;
    await target.abort(upload);
    aborted += 1;
  }
  const removed = ends.filter(({ end }) => end === 'removed');
  return {
    removed: removed.length,
    bytes: removed.reduce((sum, { size }) => sum + size, 0),
    left: ends.length - removed.length,
    aborted,
  };
}
