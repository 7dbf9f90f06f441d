/** An engine in memory that writes several hours by one statement, as Athena and Trino do, behind the knife of its world. */

import type { Test } from 'tap';
import { clean, cleanAfterMs, planClean } from '../../src/compaction/clean.js';
import type { Pointer } from '../../src/compaction/journal.js';
import { attemptsRoot, pointerKey } from '../../src/compaction/partition.js';
import type {
  CompactionPorts,
  GroupAnswer,
  SharedPath,
  WriteJob,
  WrittenFile,
} from '../../src/compaction/ports.js';
import { run } from '../../src/compaction/run.js';
import { raise } from '../../src/kernel/errors.js';
import { fakeWorld, fill, hour, knife, publishedRecords, table, type Way } from './fake-world.js';

export interface Group {
  readonly partitions: readonly string[];
  readonly path: string;
}

/** Told of every group; `twist` changes an answer. */
export function grouping(
  ports: CompactionPorts,
  groups: Group[] = [],
  twist: (job: WriteJob) => GroupAnswer | undefined = () => undefined,
): CompactionPorts {
  const { engine, target } = ports;
  const copied = async (file: WrittenFile, { attemptPath }: WriteJob): Promise<WrittenFile> => {
    const key = `${attemptPath}${file.key.split('/').at(-1)}`;
    const put = await target.copy(file, key);
    return put.outcome === 'written' ? { ...file, key, etag: put.etag } : raise('CONDITION_FAILED', { key });
  };
  const writeGroup = async (jobs: readonly WriteJob[], { path, log }: SharedPath): Promise<GroupAnswer[]> => {
    groups.push({ partitions: jobs.map(({ partition }) => partition), path });
    const made = [];
    for (const job of jobs)
      made.push(await engine.write({ ...job, attemptPath: `${path}${job.partition}/` }));
    const answers: GroupAnswer[] = [];
    for (const [at, job] of jobs.entries()) {
      const result = made[at]!;
      const other = twist(job);
      if (other || result.outcome === 'refused') answers.push(other ?? { outcome: 'alone' });
      else
        answers.push({ ...result, files: await Promise.all(result.files.map((file) => copied(file, job))) });
    }
    for (const result of made)
      if (result.outcome === 'written') for (const file of result.files) await target.remove(file);
    log.gone();
    return answers;
  };
  return { ...ports, engine: { ...engine, sweep: async () => undefined, writeGroup } };
}

export const many = { ...table, backfillHours: 4 };
export const ways: readonly Way[] = ['before', 'after', 'kill'];

const runs = (ports: CompactionPorts) =>
  run(grouping(ports), many, {}, { progress: () => undefined, signal: new AbortController().signal });

/**
 * Two hours in one statement, the run cut at its nth call for every n, then run again and cleaned: every row is there once,
 * and nothing is left under a shared path. Returns how many calls there were.
 */
export async function cutEverywhere(t: Test, waysAt: (at: number) => readonly Way[]): Promise<number> {
  const whole = knife();
  const small = fakeWorld();
  fill(small, [1, 2], 1);
  await runs(small.ports({ knife: whole }));
  for (let at = 1; at <= whole.calls.length; at++)
    for (const way of waysAt(at)) {
      const world = fakeWorld();
      const records = fill(world, [1, 2], 1);
      await runs(world.ports({ knife: knife(at, way) })).catch(() => undefined);
      world.advance(120_001);
      await runs(world.ports());
      const seen = publishedRecords(world);
      if (String(seen) !== String(records)) t.fail(`${way} ${at}: ${seen}`);
      world.advance(2 * cleanAfterMs);
      const ports = world.ports();
      await clean(ports, await planClean(ports, many), new AbortController().signal);
      const keys = world.target.keys();
      const named = [1, 2].flatMap(
        (h) => (JSON.parse(world.target.text(pointerKey(many, hour(h)))) as Pointer).files,
      );
      if (named.some(({ key }) => !keys.includes(key))) t.fail(`${way} ${at}: a committed file is gone`);
      const left = keys.find((key) => key.startsWith(attemptsRoot(many)) && key.includes('-group/'));
      if (left) t.fail(`${way} ${at}: ${left} is left`);
    }
  return whole.calls.length;
}
