/** Cron in UTC: a job never overlaps itself, a failed tick is reported and the next one still comes. */
import { Cron } from 'croner';
import { raise } from '../kernel/errors.js';

export interface Job {
  readonly name: string;
  /** Five fields, UTC: "5 * * * *". */
  readonly cron: string;
  readonly run: () => Promise<void>;
}

export interface Scheduler {
  /** Milliseconds since 1970 of each job's next tick, by name; absent when there is none. */
  next(): ReadonlyMap<string, number>;
  /** Ticks these jobs now, as their cron would: what was missed while nobody ran is found by it. */
  catchUp(names: readonly string[]): void;
  /** No tick comes after this; one under way goes on. */
  stop(): void;
}

/**
 * Starts every job. A tick that comes while the last one still runs is dropped: what it would have done
 * is found by the next comparison of listings with pointers.
 * Errors: CONFIG_INVALID for an unreadable cron expression.
 */
export function startScheduler(
  jobs: readonly Job[],
  onError: (job: string, error: unknown) => void,
): Scheduler {
  const crons = jobs.map((job) => [job.name, startJob(job, onError)] as const);
  return {
    next: () =>
      new Map(
        crons.flatMap(([name, cron]) => {
          const at = cron.nextRun();
          return at ? [[name, at.getTime()] as const] : [];
        }),
      ),
    catchUp: (names) => {
      // A failure is reported by the job's own catch.
      for (const [name, cron] of crons) if (names.includes(name)) void cron.trigger();
    },
    stop: () => {
      for (const [, cron] of crons) cron.stop();
    },
  };
}

function startJob(job: Job, onError: (job: string, error: unknown) => void): Cron {
  try {
    return new Cron(
      job.cron,
      { timezone: 'UTC', protect: true, catch: (error) => onError(job.name, error) },
      () => job.run(),
    );
  } catch (cause) {
    return raise(
      'CONFIG_INVALID',
      { source: 'schedule', field: job.name, why: `"${job.cron}" is not a cron expression` },
      cause,
    );
  }
}
