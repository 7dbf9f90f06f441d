/** One hour of one table, what was ever done to it, and what must be true of it at every moment. */
import type { Manifest, Pointer } from '../../src/compaction/journal.js';
import { manifestKey, pointerKey } from '../../src/compaction/partition.js';
import type { CompactionTable } from '../../src/compaction/table.js';
import {
  fakeWorld,
  hour,
  isPublished,
  type Part,
  sourceKey,
  table,
  type World,
} from '../compaction/fake-world.js';
import type { CodeWeakening } from './code-weakenings.js';

export interface Kind {
  readonly files: 'one' | 'several';
  readonly after: 'keep' | 'tag' | 'delete';
}

export const graceMs = 14 * 86_400_000;

export const tableOf = ({ files, after }: Kind): CompactionTable => ({
  ...table,
  targetFileBytes: files === 'one' ? table.targetFileBytes : 20,
  // By their digests rows are told apart that differ in no count.
  verify: 'values',
  sources: { after, graceMs },
});

/** Bytes that lay under a key once; each holds one row that no other holds. */
interface Version {
  readonly key: string;
  readonly etag: string;
  readonly row: string;
  end?: 'removed' | 'replaced' | 'taken away' | 'renamed' | undefined;
  /** It was covered by the pointer when it went. */
  wasCovered?: boolean;
  /** These bytes lay under another name before. */
  readonly isRenamed?: boolean;
}

export interface HourUnderTest {
  readonly world: World;
  readonly of: CompactionTable;
  readonly weak: CodeWeakening | undefined;
  readonly versions: Version[];
  /** The owner writes, or writes again. */
  put(name: string): void;
  /** The owner, or a lifecycle rule, deletes. */
  takeAway(name: string): void;
  /** The owner gives what lies there another name; false when nothing does. */
  rename(name: string): boolean;
  /** The first sentence that does not hold now. */
  broken(): string | undefined;
  /** The first sentence that does not hold when nothing is left to do; `state` is what the report says of the hour. */
  unfinished(state: string): string | undefined;
  pointer(): Pointer | undefined;
  /** Row sets of all commits so far. */
  readonly commits: Set<string>;
}

const idOf = ({ key, etag }: { readonly key: string; readonly etag: string }): string => `${etag} ${key}`;
const h = 3;

export function hourUnderTest(kind: Kind, weak?: CodeWeakening): HourUnderTest {
  const world = fakeWorld();
  const of = weak?.table?.(tableOf(kind)) ?? tableOf(kind);
  const versions: Version[] = [];
  const commits = new Set<string>(['']);
  const at = pointerKey(of, hour(h));
  const coveredSince = new Map<string, number>();
  let seen = -1;
  let last: Pointer | undefined;

  const pointer = (): Pointer | undefined =>
    world.target.keys().includes(at) ? (JSON.parse(world.target.text(at)) as Pointer) : undefined;
  const covered = (one: Pointer | undefined): Set<string> => {
    if (!one) return new Set();
    const manifest = world.target.text(manifestKey(of, hour(h), one.runId));
    return new Set((JSON.parse(manifest) as Manifest).sources.map(idOf));
  };
  const current = (key: string): Version | undefined =>
    versions.find((one) => one.key === key && one.end === undefined);
  const ends = (version: Version | undefined, end: Version['end']): void => {
    if (!version) return;
    version.end = end;
    version.wasCovered = covered(pointer()).has(idOf(version));
  };

  /** What the runners deleted since the last look. */
  const noticed = (now: Pointer | undefined, covers: Set<string>): string | undefined => {
    const there = world.source.etags();
    for (const version of versions) {
      if (version.end !== undefined || there[version.key] === version.etag) continue;
      version.end = 'removed';
      if (!now || !covers.has(idOf(version))) return 'a source is deleted that no generation covers';
      // A later generation does not make younger what an earlier one has covered for long enough.
      if (coveredSince.get(idOf(version))! + graceMs > world.ports().clock.now())
        return 'a source is deleted before its generation is old enough';
      if (!now.retiring) return 'a source is deleted before the pointer says so';
    }
    return undefined;
  };

  const check = (): string | undefined => {
    const now = pointer();
    const covers = covered(now);
    for (const id of covers) if (!coveredSince.has(id)) coveredSince.set(id, Date.parse(now!.committedAt));
    const deletion = noticed(now, covers);
    if (deletion || !now) return deletion;
    const isOther = last !== undefined && JSON.stringify(last) !== JSON.stringify(now);
    if (isOther && now.revision <= last!.revision)
      return 'the pointer was replaced by one that does not follow it';
    last = now;
    const etags = world.target.etags();
    const dangling = now.files.find(({ key, etag }) => etags[key] !== etag);
    if (dangling) return `the pointer names ${dangling.key}, which is not there`;
    const rows = rowsOf(
      world,
      now.files.map(({ key }) => key),
    );
    if (new Set(rows).size < rows.length) return 'a reader of the pointer sees a row twice';
    const promised = versions.filter((one) => covers.has(idOf(one))).map(({ row }) => row);
    if (rows.join() !== promised.sort().join()) return 'the pointer does not hold what it covers';
    commits.add(rows.join());
    return undefined;
  };

  const folder = (): string | undefined => {
    const rows = rowsOf(world, world.target.keys().filter(isPublished));
    if (new Set(rows).size < rows.length) return 'a reader of the folder sees a row twice';
    if (kind.files === 'one' && !commits.has(rows.join()))
      return 'a reader of the folder sees what was never committed';
    return undefined;
  };

  return {
    ...{ world, of, weak, versions, commits, pointer },
    put(name) {
      const key = sourceKey(h, name);
      ends(current(key), 'replaced');
      // To delete and to put again is to overwrite.
      for (const one of versions) if (one.key === key && one.end === 'taken away') one.end = 'replaced';
      const row = `${1000 + versions.length},Ulm`;
      versions.push({ key, row, etag: world.source.put(key, `id,town\n${row}\n`) });
    },
    takeAway(name) {
      const key = sourceKey(h, name);
      ends(current(key), 'taken away');
      world.source.drop(key);
    },
    rename(name) {
      const version = current(sourceKey(h, name));
      if (!version || !world.source.keys().includes(version.key)) return false;
      ends(version, 'renamed');
      const key = sourceKey(h, `renamed-${versions.length}`);
      world.source.rename(version.key, key);
      versions.push({ key, row: version.row, etag: version.etag, isRenamed: true });
      return true;
    },
    broken() {
      const now = world.target.writes.length + world.source.keys().length * 1e6;
      if (now === seen) return undefined;
      seen = now;
      return check() ?? folder();
    },
    unfinished(state) {
      const now = pointer();
      if (!now)
        return state === 'empty' || versions.every(({ end }) => end) ? undefined : 'nothing is committed';
      const rows = new Set(
        rowsOf(
          world,
          now.files.map(({ key }) => key),
        ),
      );
      for (const version of versions) {
        const wanted = isWanted(version, now, current(version.key));
        const isStuck = state === 'late' && isHeldBack(version, covered(now));
        if (wanted === true && !rows.has(version.row) && !isStuck) return `row ${version.row} is missing`;
        if (wanted === false && rows.has(version.row) && state !== 'late')
          return `row ${version.row} is stale`;
      }
      const shown = rowsOf(world, world.target.keys().filter(isPublished));
      return shown.join() === [...rows].sort().join() ? undefined : 'the folder is not what the pointer says';
    },
  };
}

/** Late, and its rows would double others or stand beside those that they are to replace. */
const isHeldBack = ({ key, etag, isRenamed }: Version, covers: Set<string>): boolean =>
  !covers.has(idOf({ key, etag })) &&
  (isRenamed === true || [...covers].some((id) => id.endsWith(` ${key}`)));

/** Undefined: it may be there or not. */
function isWanted(
  { end, wasCovered }: Version,
  { retiring }: Pointer,
  current: Version | undefined,
): boolean | undefined {
  if (end === undefined || end === 'removed') return true;
  // Its rows cannot be taken out of files whose other sources may be gone; and what replaced it may be gone as well.
  if (end === 'replaced') return retiring || !current ? undefined : false;
  return wasCovered && end !== 'renamed' ? true : undefined;
}

const rowsOf = (world: World, keys: readonly string[]): string[] =>
  keys.flatMap((key) => (JSON.parse(world.target.text(key)) as Part).records).sort();
