/** The Lambda door: every event is one look at all hours, so that a lost, late or doubled event changes nothing. */
import { createApp } from '../../app.js';
import { BucketwiseError, raise } from '../../kernel/errors.js';
import { createWorld } from '../../world.js';

/** As EventBridge sends it; other fields are not read. */
export interface CompactionEvent {
  /** When the tick was due, ISO 8601. Which hours are due is found in the bucket, never taken from it. */
  readonly time?: string;
  /** Default: every table of the config. */
  readonly tables?: readonly string[];
}

export interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

export interface CompactionAnswer {
  readonly tables: readonly {
    readonly table: string;
    readonly compacted: number;
    readonly refused: number;
    readonly failed: number;
    /** Why the table as a whole could not be worked on. */
    readonly failure?: string;
    /** Left for the next event: the time limit came first. */
    readonly due: number;
  }[];
  readonly isComplete: boolean;
}

/** Long enough to end a child process, to release a claim and to answer. */
const marginMs = 15_000;

/**
 * The config is the file that BUCKETWISE_CONFIG names, bucketwise.yaml beside the code when it names none.
 * Before the time limit it stops as on an interrupt: hours under way stay due and are taken up by the next event.
 * Errors (which Lambda counts, and retries to no harm): those of the config, HOURS_LEFT when an hour or one of several
 * tables failed, those of the stores when nothing else was done; one that is refused is told of by the notices and no error of the run.
 */
export async function handler(event: CompactionEvent, context: LambdaContext): Promise<CompactionAnswer> {
  const tables = tablesOf(event);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), Math.max(0, context.getRemainingTimeInMillis() - marginMs));
  const app = createApp(createWorld({ environment: process.env }));
  const config = process.env.BUCKETWISE_CONFIG || 'bucketwise.yaml';
  const watch = {
    progress: () => undefined,
    note: (text: string) => void process.stderr.write(`${text}\n`),
    signal: stop.signal,
  };
  const answers: CompactionAnswer['tables'][number][] = [];
  try {
    const { value } = await app.compact('run', { config, ...(tables ? { tables } : {}) }, watch);
    answers.push(...value.map(answerOf));
  } catch (error) {
    // The time limit came before a table was begun: it is the next event's.
    if (!(error instanceof BucketwiseError && error.code === 'INTERRUPTED')) throw error;
  } finally {
    clearTimeout(timer);
  }
  return answered(answers, stop.signal.aborted);
}

type Reports = Awaited<ReturnType<ReturnType<typeof createApp>['compact']>>['value'];

function answerOf({ table, partitions, failure }: Reports[number]): CompactionAnswer['tables'][number] {
  const count = (state: string): number => partitions.filter((row) => row.state === state).length;
  return {
    table,
    compacted: partitions.filter((row) => row.state === 'compacted' && row.ownCost !== null).length,
    refused: count('refused'),
    failed: count('failed'),
    due: count('due'),
    ...(failure ? { failure: `${failure.code}: ${failure.message}` } : {}),
  };
}

function answered(tables: CompactionAnswer['tables'], isStopped: boolean): CompactionAnswer {
  const left = tables.flatMap(({ table, failed, failure }) =>
    failure ? [`${table}: ${failure}`] : failed > 0 ? [`${table}: ${failed}`] : [],
  );
  if (left.length > 0) raise('HOURS_LEFT', { tables: left.join(', ') });
  return { tables, isComplete: !isStopped && tables.every(({ due }) => due === 0) };
}

/** Errors: ARGUMENT_INVALID. */
function tablesOf({ time, tables }: CompactionEvent): readonly string[] | undefined {
  if (time !== undefined && (typeof time !== 'string' || Number.isNaN(Date.parse(time))))
    raise('ARGUMENT_INVALID', { field: 'time', why: `"${String(time)}" is no ISO 8601 time` });
  if (tables === undefined) return undefined;
  if (!Array.isArray(tables) || tables.length === 0 || tables.some((name) => typeof name !== 'string'))
    raise('ARGUMENT_INVALID', { field: 'tables', why: 'it is not a list of table names' });
  return tables;
}
