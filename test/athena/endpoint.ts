/** Athena's API on loopback, for the real SDK client: it executes, refuses what Athena refuses, and fails when told to. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ObjectStore } from '../../src/compaction/ports.js';
import {
  failedExecution,
  quotaWords,
  type Refused,
  refusalOf,
  type Sent,
  stoppedFault,
  type WorkgroupSettings,
  workgroupOf,
} from './answers.js';
import { tableMetadata } from './metadata.js';
import { createRunner, type Fault, type Ran, type Runner, type Twist } from './runner.js';

/** How the next statement that begins with `on` goes wrong; each is told once and then forgotten. */
export interface Told {
  readonly on: RegExp;
  readonly how:
    | Exclude<Twist, 'none'>
    | 'answer lost'
    | 'rate limit'
    | 'quota full'
    | 'server error'
    | 'requeued'
    | 'runs for ever'
    | { readonly state: 'FAILED' | 'CANCELLED'; readonly fault: Fault };
}

export interface AthenaEndpoint {
  readonly url: string;
  readonly runner: Runner;
  /** Every accepted call as "Operation". */
  readonly calls: string[];
  /** Statements that really began, in order. */
  readonly statements: string[];
  readonly stopped: string[];
  /** What StartQueryExecution was sent, in order. */
  readonly sent: Sent[];
  tell(told: Told): void;
  /** The nth call from now on gets no answer: not done, or done, or not done like all after it; undefined: as before. */
  cut(at: number | undefined, way?: 'before' | 'after' | 'dead'): void;
  /** Asked of every call instead; undefined: each is whole. */
  judge(of: ((operation: string, sql: string) => 'before' | 'after' | undefined) | undefined): void;
  /** Somebody cancels whatever runs and writes. */
  cancel(): void;
  /** A statement that begins so is shown as running until it is let go. */
  hold(on: RegExp | undefined): void;
  set(workgroup: WorkgroupSettings): void;
  close(): Promise<void>;
}

interface Query {
  readonly id: string;
  readonly token: string;
  readonly parameters: string;
  readonly output: string;
  states: string[];
  /** How many states it had at first. */
  length: number;
  result: Promise<Ran>;
  cancelled?: Fault;
}

export async function startAthena(stores: ReadonlyMap<string, ObjectStore>): Promise<AthenaEndpoint> {
  const runner = await createRunner(stores);
  const told: Told[] = [];
  const queries = new Map<string, Query>();
  let group: WorkgroupSettings = {};
  let next = 1;
  let work: Promise<unknown> = Promise.resolve();
  const calls: string[] = [];
  const statements: string[] = [];
  const stopped: string[] = [];
  const received: Sent[] = [];
  let knife: { left: number; way: 'before' | 'after' | 'dead' } | undefined;

  let held: RegExp | undefined;
  let judge: Parameters<AthenaEndpoint['judge']>[0];

  /** What becomes of the call at hand. */
  const struck = (operation: string, sent: Sent): 'before' | 'after' | undefined => {
    const parameters = sent.QueryExecutionId && queries.get(sent.QueryExecutionId)?.parameters;
    if (judge) return judge(operation, sent.QueryString ?? parameters ?? '');
    if (!knife) return undefined;
    knife.left -= 1;
    if (knife.way === 'dead') return knife.left <= 0 ? 'before' : undefined;
    return knife.left === 0 ? knife.way : undefined;
  };

  const take = (sql: string): Told['how'] | undefined => {
    const at = told.findIndex(({ on }) => on.test(sql));
    return at < 0 ? undefined : told.splice(at, 1)[0]!.how;
  };
  const invalid = (message: string): Refused => ({ status: 400, name: 'InvalidRequestException', message });

  function start(sent: Sent): { answer: object } | Refused | 'lost' {
    const { QueryString: sql, ClientRequestToken: token = '' } = sent;
    received.push(sent);
    const refused = refusalOf(sent, group, invalid);
    if (refused) return refused;
    const parameters = JSON.stringify([sql, sent.WorkGroup, sent.ResultConfiguration]);
    const before = [...queries.values()].find((query) => query.token === token);
    if (before)
      return before.parameters === parameters
        ? { answer: { QueryExecutionId: before.id } }
        : invalid('Idempotent parameters do not match');
    const how = take(sql);
    if (how === 'rate limit') return { status: 400, name: 'ThrottlingException', message: 'Rate exceeded' };
    if (how === 'server error')
      return { status: 500, name: 'InternalServerException', message: 'Internal error' };
    if (how === 'quota full')
      return {
        status: 400,
        name: 'TooManyRequestsException',
        message: quotaWords,
        extra: { Reason: 'CONCURRENT_QUERY_LIMIT_EXCEEDED' },
      };
    const id = `${String(next++).padStart(8, '0')}-0000-4000-8000-000000000000`;
    statements.push(sql);
    const query: Query = {
      id,
      token,
      parameters,
      output: sent.ResultConfiguration?.OutputLocation ?? group.output ?? 's3://lake/results/',
      // Seen before the end; most queries here end at once.
      states: how === 'requeued' ? ['QUEUED', 'RUNNING', 'QUEUED', 'RUNNING'] : [],
      length: 0,
      result: Promise.resolve({ ok: true, rows: [], files: [], updateCount: 0, scannedBytes: 0 }),
    };
    queries.set(id, query);
    if (how === 'runs for ever') query.states = Array.from({ length: 1000 }, () => 'RUNNING');
    else if (typeof how === 'object') {
      if (how.state === 'CANCELLED') query.cancelled = how.fault;
      query.result = Promise.resolve({ ok: false, fault: how.fault, files: [] });
    } else query.result = executed(query, sql, how);
    query.length = query.states.length;
    return how === 'answer lost' ? 'lost' : { answer: { QueryExecutionId: id } };
  }

  /** One after the other: DuckDB has one connection here. */
  function executed(query: Query, sql: string, how: Told['how'] | undefined): Promise<Ran> {
    const twists = ['partial', 'zero rows', 'straggler'];
    const twist = how === 'requeued' ? 'twice' : twists.includes(how as string) ? (how as Twist) : 'none';
    const ran = work.then(async () => {
      const result = await runner.run(sql, query.id, twist);
      if (result.files.length > 0 && !group.managed) await putManifest(stores, query, result.files);
      if (result.ok && sql.startsWith('SELECT ') && !group.managed)
        await putResult(stores, query, result.rows);
      return result;
    });
    work = ran.catch(() => undefined);
    return ran;
  }

  async function execution({ QueryExecutionId: id }: Sent): Promise<object> {
    const query = queries.get(id)!;
    const state = query.states.shift();
    const scanned = 1_000_000 * (query.length - query.states.length);
    if (state !== undefined && !query.cancelled)
      return {
        QueryExecution: {
          QueryExecutionId: id,
          Status: { State: state },
          Statistics: { DataScannedInBytes: scanned },
        },
      };
    if (held?.test(JSON.parse(query.parameters)[0]) && !query.cancelled)
      return { QueryExecution: { QueryExecutionId: id, Status: { State: 'RUNNING' } } };
    const result = await query.result;
    const manifest = result.files.length > 0 ? { DataManifestLocation: manifestOf(query) } : {};
    if (query.cancelled || !result.ok)
      return failedExecution(
        id,
        query.cancelled ? 'CANCELLED' : 'FAILED',
        query.cancelled ?? (result as { fault: Fault }).fault,
        { DataScannedInBytes: scanned || (result.scannedBytes ?? 0), ...manifest },
      );
    return {
      QueryExecution: {
        QueryExecutionId: id,
        Status: { State: 'SUCCEEDED' },
        Statistics: { DataScannedInBytes: result.scannedBytes, ...manifest },
        ...(group.managed ? {} : { ResultConfiguration: { OutputLocation: resultOf(query) } }),
      },
    };
  }

  async function answerTo(operation: string, sent: Sent): Promise<{ answer: object } | Refused | 'lost'> {
    switch (operation) {
      case 'StartQueryExecution':
        return start(sent);
      case 'GetQueryExecution': {
        const how = told.some(({ on }) => on.test('GetQueryExecution'))
          ? take('GetQueryExecution')
          : undefined;
        if (how === 'rate limit')
          return { status: 400, name: 'ThrottlingException', message: 'Rate exceeded' };
        return { answer: await execution(sent) };
      }
      case 'StopQueryExecution':
        stopped.push(sent.QueryExecutionId);
        queries.get(sent.QueryExecutionId)!.cancelled = stoppedFault;
        return { answer: {} };
      case 'GetQueryResults': {
        const result = await queries.get(sent.QueryExecutionId)!.result;
        const rows = result.ok ? result.rows : [];
        // Only what a SELECT answers has its names above it.
        const isSelect = queries.get(sent.QueryExecutionId)!.parameters.startsWith('["SELECT');
        const data = isSelect ? [rows[0]?.map((_, at) => `_col${at}`) ?? [], ...rows] : rows;
        return {
          answer: {
            UpdateCount: result.ok ? result.updateCount : 0,
            ResultSet: {
              Rows: data.map((row) => ({
                Data: row.map((one) => (one === null ? {} : { VarCharValue: one })),
              })),
            },
          },
        };
      }
      case 'GetTableMetadata': {
        const name = `${sent.DatabaseName}.${sent.TableName}`;
        return tableMetadata(name, runner.ddlOf(name));
      }
      case 'GetWorkGroup':
        return { answer: { WorkGroup: workgroupOf(sent.WorkGroup, group) } };
      default:
        return { status: 400, name: 'UnknownOperationException', message: operation };
    }
  }

  const server = createServer((request, response) => {
    receive(request)
      .then(async ({ operation, body }) => {
        calls.push(operation);
        const lost = struck(operation, body);
        if (lost === 'before') {
          request.socket.destroy();
          return;
        }
        const answer = await answerTo(operation, body);
        if (answer === 'lost' || lost) request.socket.destroy();
        else if ('answer' in answer) send(response, 200, answer.answer);
        else
          send(response, answer.status, {
            __type: answer.name,
            Message: answer.message,
            message: answer.message,
            ...answer.extra,
          });
      })
      .catch((error: Error) =>
        send(response, 500, { __type: 'InternalServerException', message: error.message }),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    runner,
    calls,
    statements,
    stopped,
    sent: received,
    tell: (one) => void told.push(one),
    cut: (at, way = 'before') => {
      knife = at === undefined ? undefined : { left: at, way };
    },
    cancel: () => {
      for (const query of queries.values())
        if (query.states.length > 0 && query.states.length < query.length) query.cancelled = stoppedFault;
    },
    hold: (on) => {
      held = on;
    },
    judge: (of) => {
      judge = of;
    },
    set: (settings) => {
      group = settings;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await work;
      await runner.close();
    },
  };
}

const resultOf = ({ output, id }: Query): string => `${output}${id}.csv`;

/** Fields in quotes, NULL as nothing. */
async function putResult(
  stores: ReadonlyMap<string, ObjectStore>,
  query: Query,
  rows: readonly (readonly (string | null)[])[],
): Promise<void> {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(resultOf(query)) ?? [];
  const line = (fields: readonly (string | null)[]): string =>
    `${fields.map((one) => (one === null ? '' : `"${one.replaceAll('"', '""')}"`)).join(',')}\n`;
  const head = (rows[0] ?? []).map((_, at) => `_col${at}`);
  const text = [head, ...rows].map(line).join('');
  await stores.get(bucket)?.write(key, new TextEncoder().encode(text), 'absent');
}

const manifestOf = ({ output, id }: Query): string => `${output}${id}-manifest.csv`;

async function putManifest(
  stores: ReadonlyMap<string, ObjectStore>,
  query: Query,
  files: readonly string[],
): Promise<void> {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(manifestOf(query)) ?? [];
  await stores.get(bucket)?.write(key, new TextEncoder().encode(`${files.join('\n')}\n`), 'absent');
}

async function receive(request: IncomingMessage): Promise<{ operation: string; body: Sent }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const operation = String(request.headers['x-amz-target']).split('.').at(-1)!;
  return { operation, body: JSON.parse(Buffer.concat(chunks).toString() || '{}') as Sent };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(body));
}
