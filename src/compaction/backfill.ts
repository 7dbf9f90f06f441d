/**
 * Many due hours are written by few statements: each hour is read and checked by itself, waits at the engine until the
 * others of its group have come as far or have ended, and goes on by itself with its own files. See shared-path.ts.
 */
import type { Engine, GroupAnswer, SharedPath, WriteJob, WriteResult } from './ports.js';

/** A place among the few that work at one time; given up while nothing is to be done but to wait. */
export interface Slots {
  acquire(): Promise<void>;
  release(): void;
}

export function slots(most: number): Slots {
  let free = most;
  const waiting: (() => void)[] = [];
  return {
    acquire: async () => {
      if (free === 0) return new Promise<void>((resolve) => void waiting.push(resolve));
      free -= 1;
      return undefined;
    },
    release: () => {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    },
  };
}

export interface Member {
  /** Of one hour, which holds a slot when it asks. */
  readonly engine: Engine;
  /** It will ask for nothing any more, or nothing that concerns the others. */
  leave(): void;
}

interface Waiting {
  readonly job: WriteJob;
  settle(result: Promise<WriteResult>): void;
}

type GroupEngine = Engine & Required<Pick<Engine, 'writeGroup'>>;

export const writesGroups = (engine: Engine): engine is GroupEngine => engine.writeGroup !== undefined;

/** `size` members, each of which joins once or leaves. */
export function gathering(engine: GroupEngine, size: number, { acquire, release }: Slots): () => Member {
  const waiting: Waiting[] = [];
  let awaited = size;
  const arrived = (): void => {
    awaited -= 1;
    if (awaited === 0) void flush(engine, waiting);
  };
  return () => {
    let isIn = true;
    const leave = (): void => {
      if (isIn) arrived();
      isIn = false;
    };
    const joined = async (job: WriteJob): Promise<WriteResult> => {
      isIn = false;
      release();
      try {
        await job.log?.note({ number: -1, query: 'with other hours' });
        return await new Promise<WriteResult>((resolve) => {
          waiting.push({ job, settle: resolve });
          arrived();
        });
      } finally {
        await acquire();
      }
    };
    const write = (job: WriteJob): Promise<WriteResult> => {
      if (isIn && job.together && !job.cleaned && !job.leftOut && !job.signal.aborted) return joined(job);
      leave();
      return engine.write(job);
    };
    return { engine: { ...engine, write }, leave };
  };
}

/** Effects in order: the shared path is begun under the first; one statement or a few; whoever is left, by itself. */
async function flush(engine: GroupEngine, waiting: readonly Waiting[]): Promise<void> {
  const [first] = waiting;
  if (!first) return;
  if (waiting.length === 1) return first.settle(engine.write(first.job));
  const jobs = waiting.map(({ job }) => job);
  const answers = together(engine, jobs).catch((error: unknown) =>
    jobs.map((): GroupAnswer => ({ outcome: 'failed', error })),
  );
  for (const [at, { job, settle }] of waiting.entries())
    settle(answers.then((all) => answered(engine, job, all[at] ?? { outcome: 'alone' })));
}

async function together(engine: GroupEngine, jobs: readonly WriteJob[]): Promise<readonly GroupAnswer[]> {
  const shared: SharedPath & { end(): Promise<void> } = await jobs[0]!.together!();
  try {
    return await engine.writeGroup(jobs, shared);
  } finally {
    await shared.end();
  }
}

async function answered(engine: Engine, job: WriteJob, answer: GroupAnswer): Promise<WriteResult> {
  if (answer.outcome === 'alone') return engine.write(job);
  // Whatever was with the engine was with it under the shared path.
  job.log?.gone();
  if (answer.outcome === 'failed') throw answer.error;
  return answer;
}
