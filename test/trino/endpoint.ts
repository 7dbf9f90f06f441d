/** Trino's statement protocol on loopback: it executes what it is sent, forgets pages as Trino does, and is cut when told to. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ObjectStore } from '../../src/compaction/ports.js';
import { createRunner, type Fault, type Ran, type Runner } from '../athena/runner.js';
import { trinoParsed } from './sql.js';

/** before: not done, the line goes. after: done, the line goes. bad gateway: done, and a proxy says that it was not. */
export type Fate = 'before' | 'after' | 'bad gateway' | undefined;

export interface TrinoEndpoint {
  readonly url: string;
  readonly runner: Runner;
  /** Statements that really began, in order. */
  readonly statements: string[];
  /** Queries that were cancelled by a DELETE, by their statement. */
  readonly cancelled: string[];
  /** Asked of every call, with its method and the statement it is about; undefined: each is whole. */
  judge(of: ((method: string, sql: string) => Fate) | undefined): void;
  /** The next so many statements that begin so fail. */
  refuse(on: RegExp, times: number): void;
  /** A statement that begins so is shown as running until it is let go. */
  hold(on: RegExp | undefined): void;
  close(): Promise<void>;
}

interface Query {
  readonly id: string;
  readonly sql: string;
  readonly result: Promise<Ran>;
  /** The page that was given out last, and its number: besides the queue's, it alone can be asked for again. */
  token: number;
  page: object;
  isLast: boolean;
}

const metastoreFault: Fault = {
  category: 1,
  type: 204,
  retryable: false,
  words: 'HIVE_METASTORE_ERROR: it does not answer',
};

export async function startTrinoEndpoint(stores: ReadonlyMap<string, ObjectStore>): Promise<TrinoEndpoint> {
  let session = '';
  const runner = await createRunner(stores, (sql) => trinoParsed(sql, session));
  const queries = new Map<string, Query>();
  const statements: string[] = [];
  const cancelled: string[] = [];
  let judge: ((method: string, sql: string) => Fate) | undefined;
  let refused = { on: /^/, times: 0 };
  let held: RegExp | undefined;
  let work: Promise<unknown> = Promise.resolve();
  let url = '';

  const uriOf = ({ id }: Query, token: number): string => `${url}/v1/statement/executing/${id}/slug/${token}`;

  const runningPage = (query: Query, token: number): object => ({
    id: query.id,
    nextUri: uriOf(query, token + 1),
    stats: { state: 'RUNNING' },
  });

  /** One after the other: DuckDB has one connection here. */
  function begin(sql: string, of: string): Query {
    const id = `20261122_000000_${String(queries.size).padStart(5, '0')}_stub0`;
    statements.push(sql);
    const isRefused = refused.times > 0 && refused.on.test(sql);
    if (isRefused) refused.times -= 1;
    const result = work.then((): Ran | Promise<Ran> => {
      if (isRefused) return { ok: false, files: [], fault: metastoreFault };
      session = of;
      return runner.run(sql, id.slice(16), 'none');
    });
    work = result.catch(() => undefined);
    const query: Query = { id, sql, result, token: 0, page: {}, isLast: false };
    query.page = { id, nextUri: uriOf(query, 1), stats: { state: 'QUEUED' } };
    queries.set(id, query);
    return query;
  }

  async function pageOf(query: Query, token: number): Promise<{ status: number; body: object }> {
    if (token === query.token) return { status: 200, body: query.page };
    // The queue knows it after its pages were read, and names one that is forgotten.
    if (token === 1 && query.token > 1) return { status: 200, body: runningPage(query, 1) };
    if (token < query.token) return { status: 410, body: {} };
    if (token > query.token + 1 || query.isLast) return { status: 404, body: {} };
    query.token = token;
    // The queue's page, and one to be seen on the way, as of a query that takes its time.
    if (token <= 2 || held?.test(query.sql)) {
      await new Promise((resolve) => setTimeout(resolve, held ? 20 : 0));
      query.page = runningPage(query, token);
    } else {
      query.page = finalPage(query, await query.result);
      query.isLast = true;
    }
    return { status: 200, body: query.page };
  }

  async function answer(request: IncomingMessage, body: string): Promise<{ status: number; body: object }> {
    if (request.method === 'POST')
      return { status: 200, body: begin(body, String(request.headers['x-trino-session'] ?? '')).page };
    const [, id = '', token = ''] =
      /^\/v1\/statement\/executing\/([^/]+)\/slug\/(\d+)$/.exec(request.url!) ?? [];
    const query = queries.get(id);
    if (!query) return { status: 404, body: {} };
    if (request.method === 'GET') return pageOf(query, Number(token));
    cancelled.push(query.sql);
    query.page = { id, error: { errorName: 'USER_CANCELED', message: 'Query was canceled' } };
    query.isLast = true;
    return { status: 204, body: {} };
  }

  const sqlOf = (request: IncomingMessage, body: string): string =>
    body || queries.get(request.url!.split('/')[4] ?? '')?.sql || '';

  const server = createServer((request, response) => {
    received(request)
      .then(async (body) => {
        const fate = judge?.(request.method!, sqlOf(request, body));
        if (fate === 'before') return void request.socket.destroy();
        const { status, body: page } = await answer(request, body);
        if (fate === 'after') request.socket.destroy();
        else if (fate === 'bad gateway') send(response, 502, {});
        else send(response, status, page);
      })
      .catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    runner,
    statements,
    cancelled,
    judge: (of) => {
      judge = of;
    },
    refuse: (on, times) => {
      refused = { on, times };
    },
    hold: (on) => {
      held = on;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await work;
      await runner.close();
    },
  };
}

function finalPage({ id }: Query, ran: Ran): object {
  if (!ran.ok) return { id, error: { errorName: nameOf(ran.fault), message: ran.fault.words } };
  return {
    id,
    data: ran.rows,
    ...(ran.updateCount > 0 ? { updateCount: ran.updateCount } : {}),
    stats: { state: 'FINISHED', physicalInputBytes: ran.scannedBytes },
  };
}

/** Trino's messages have no names before them, its errors have. */
const nameOf = ({ words }: Fault): string => /^[A-Z_]+(?=:)/.exec(words)?.[0] ?? 'GENERIC_USER_ERROR';

async function received(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(status === 204 ? undefined : JSON.stringify(body));
}
