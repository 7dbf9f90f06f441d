/**
 * One statement of Athena from its submission to its end. The token names the statement of the attempt: sent again after
 * a lost answer, or by another process, it leads to the same execution. Athena API Reference, "StartQueryExecution".
 */
import {
  type AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import type { Scan } from '../../compaction/ports.js';
import { BucketwiseError, raise } from '../../kernel/errors.js';
import { printable } from '../../kernel/s3.js';
import { athenaFailed, athenaFaultOf } from './athena-errors.js';

export interface AthenaService {
  readonly client: AthenaClient;
  readonly workgroup: string;
  readonly database: string;
  /** "s3://bucket/prefix/"; absent where the workgroup says it itself. */
  readonly output: string | undefined;
  /** Above this a running statement is stopped. */
  readonly maxScannedBytes: number | undefined;
  /** Ends early when the signal does. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** From 0 to 1, so that many who wait do not come back at once. */
  readonly jitter: () => number;
}

export interface Submitted {
  readonly sql: string;
  /** 32 to 128 characters. */
  readonly token: string;
  /** Told the id once there is one. */
  readonly taken?: (id: string) => Promise<void>;
  /** Told what it read, however it ended. Pricing page: failed queries are free, cancelled ones are not. */
  readonly scanned?: (scan: Scan) => void;
  /** Told when it may be at work and is not waited for, for the line has failed. */
  readonly unsure?: () => void;
}

export interface Execution {
  readonly id: string;
  readonly state: 'SUCCEEDED' | 'FAILED' | 'CANCELLED';
  readonly scannedBytes: number;
  /** "s3://bucket/prefix/id.csv" of a query that answers rows; absent where the workgroup manages them itself. */
  readonly resultAt: string | undefined;
  /** Where the list of its files lies; after a failure of those it meant to write. */
  readonly manifestAt: string | undefined;
  readonly error: {
    readonly type: number | undefined;
    readonly retryable: boolean;
    readonly words: string;
  };
}

const minute = 60_000;
/** A full quota empties as queries end: minutes, not seconds. */
const quotaWaits = 30;
const rateWaits = 8;
const resends = 4;

/**
 * Errors: INTERRUPTED after the statement was stopped, ENGINE_FAILED, and those of `athenaFailed`; a statement that is not
 * waited for any more is stopped, unless only the line has failed.
 */
export async function execute(
  service: AthenaService,
  statement: Submitted,
  signal: AbortSignal,
): Promise<Execution> {
  const id = await submitted(service, statement, signal);
  await statement.taken?.(id);
  try {
    const execution = await atItsEnd(service, id, signal);
    statement.scanned?.({ bytes: execution.scannedBytes, isFree: execution.state === 'FAILED' });
    return execution;
  } catch (error) {
    // It does its work whether or not it is heard of: another run goes on with it.
    if (error instanceof BucketwiseError && error.code === 'ENGINE_UNAVAILABLE') {
      statement.unsure?.();
      throw error;
    }
    const bytes = await stopped(service, id);
    statement.scanned?.({ bytes, isFree: false });
    throw error;
  }
}

async function atItsEnd(service: AthenaService, id: string, signal: AbortSignal): Promise<Execution> {
  for (let polls = 0; ; polls += 1) {
    const execution = await polled(service, id, signal);
    const state = execution?.Status?.State;
    // RUNNING may go back to QUEUED: only the three ends are ends.
    if (state === 'SUCCEEDED' || state === 'FAILED' || state === 'CANCELLED')
      return ended(id, state, execution!);
    if (signal.aborted) interrupted('The query was stopped.');
    const scanned = execution?.Statistics?.DataScannedInBytes ?? 0;
    if (service.maxScannedBytes !== undefined && scanned > service.maxScannedBytes)
      raise('ENGINE_FAILED', {
        engine: 'athena',
        partition: 'the hour',
        why: `it had read ${scanned} bytes, more than the ${service.maxScannedBytes} allowed`,
      });
    await service.pause(Math.min(200 * 1.5 ** polls, 5_000), signal);
  }
}

const interrupted = (state: string): never => raise('INTERRUPTED', { state });

/** Waits for a place: a full quota for minutes, a rate limit for seconds; a lost answer is asked for again. */
async function submitted(service: AthenaService, statement: Submitted, signal: AbortSignal): Promise<string> {
  const left = { quota: quotaWaits, rate: rateWaits, lost: resends };
  let mayRun = false;
  for (;;) {
    if (signal.aborted && !mayRun) interrupted('The statement was not submitted.');
    try {
      return await sent(service, statement);
    } catch (cause) {
      const fault = athenaFaultOf(cause);
      // Under the same token it is the same query: its id is needed to stop it.
      mayRun ||= fault === 'lost';
      const isOver = (fault !== 'quota' && fault !== 'rate' && fault !== 'lost') || left[fault] === 0;
      if (mayRun && (isOver || signal.aborted)) statement.unsure?.();
      if (signal.aborted) interrupted('The statement was not waited for.');
      if (isOver) athenaFailed('athena:StartQueryExecution', cause);
      left[fault as keyof typeof left] -= 1;
      await service.pause((fault === 'quota' ? minute : 1_000) * (1 + service.jitter()), signal);
    }
  }
}

async function sent(
  { client, workgroup, database, output }: AthenaService,
  { sql, token }: Submitted,
): Promise<string> {
  const { QueryExecutionId } = await client.send(
    new StartQueryExecutionCommand({
      QueryString: sql,
      ClientRequestToken: token,
      WorkGroup: workgroup,
      QueryExecutionContext: { Database: database },
      ...(output === undefined ? {} : { ResultConfiguration: { OutputLocation: output } }),
    }),
  );
  return (
    QueryExecutionId ?? raise('ENGINE_FAILED', { engine: 'athena', partition: '', why: 'it gave no id' })
  );
}

async function polled(
  service: AthenaService,
  id: string,
  signal: AbortSignal,
): Promise<QueryExecution | undefined> {
  for (let sent = 1; ; sent += 1)
    try {
      const { QueryExecution } = await service.client.send(
        new GetQueryExecutionCommand({ QueryExecutionId: id }),
      );
      return QueryExecution;
    } catch (cause) {
      const fault = athenaFaultOf(cause);
      if (sent > rateWaits || (fault !== 'rate' && fault !== 'lost' && fault !== 'quota'))
        athenaFailed('athena:GetQueryExecution', cause);
      await service.pause(1_000 * (1 + service.jitter()), signal);
      if (signal.aborted) interrupted('The query was stopped.');
    }
}

const ended = (
  id: string,
  state: Execution['state'],
  { Status, Statistics, ResultConfiguration }: QueryExecution,
): Execution => ({
  id,
  state,
  scannedBytes: Statistics?.DataScannedInBytes ?? 0,
  resultAt: ResultConfiguration?.OutputLocation,
  manifestAt: Statistics?.DataManifestLocation,
  error: {
    type: Status?.AthenaError?.ErrorType,
    retryable: Status?.AthenaError?.Retryable ?? false,
    words: printable(Status?.AthenaError?.ErrorMessage ?? Status?.StateChangeReason ?? 'no reason given'),
  },
});

/** Stopped or not, nobody waits for it any more and nothing it writes is published. Gives what it had read by then. */
async function stopped({ client }: AthenaService, id: string): Promise<number> {
  const of = { QueryExecutionId: id };
  await client.send(new StopQueryExecutionCommand(of)).catch(() => undefined);
  const last = await client.send(new GetQueryExecutionCommand(of)).catch(() => undefined);
  return last?.QueryExecution?.Statistics?.DataScannedInBytes ?? 0;
}

/** The first row of a query's result after its header. */
export async function firstRow(service: AthenaService, id: string): Promise<readonly unknown[] | undefined> {
  const { ResultSet } = await service.client.send(
    new GetQueryResultsCommand({ QueryExecutionId: id, MaxResults: 2 }),
  );
  return ResultSet?.Rows?.[1]?.Data?.map(({ VarCharValue }) => VarCharValue);
}

/** What a statement that shows something answers, a line each. */
export async function resultLines(service: AthenaService, id: string): Promise<string[]> {
  const { ResultSet } = await service.client.send(new GetQueryResultsCommand({ QueryExecutionId: id }));
  return (ResultSet?.Rows ?? []).map(({ Data }) => Data?.[0]?.VarCharValue ?? '');
}
