/** One GET over a connection that is kept: the whole answer, or an error. A server may take its time, but not fall silent for good. */
import * as http from 'node:http';
import * as https from 'node:https';
import type { ListTarget } from './list-target.js';

export interface ListAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** In the pieces it came in. */
  readonly body: readonly Buffer[];
}

export interface ListTransport {
  /** Errors: of Node's sockets; of a request that `signal` ended. */
  send(
    target: ListTarget,
    pathAndQuery: string,
    headers: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<ListAnswer>;
  close(): void;
}

/** A LIST over many delete markers has taken two minutes to its first byte; behind them the connection is lost. */
const SILENCE_MS = 125_000;

export function openTransport(sockets: number, silenceMs = SILENCE_MS): ListTransport {
  const options = { keepAlive: true, maxSockets: sockets, scheduling: 'lifo' } as const;
  const agents = { 'http:': new http.Agent(options), 'https:': new https.Agent(options) };
  return {
    send: (target, path, headers, signal) =>
      new Promise((resolve, reject) => {
        const isPlain = target.protocol === 'http:';
        const request = (isPlain ? http : https).request({
          method: 'GET',
          host: target.hostname.replace(/^\[|\]$/g, ''),
          ...(target.port !== undefined && { port: target.port }),
          path,
          headers,
          agent: agents[isPlain ? 'http:' : 'https:'],
          ...(signal && { signal }),
        });
        request.setTimeout(silenceMs, () =>
          request.destroy(failure('ETIMEDOUT', `no byte came for ${silenceMs / 1000} seconds`)),
        );
        request.on('error', reject);
        request.on('response', (response) => whole(response, resolve, reject));
        request.end();
      }),
    close: () => {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}

function whole(
  response: http.IncomingMessage,
  resolve: (answer: ListAnswer) => void,
  reject: (cause: unknown) => void,
): void {
  const chunks: Buffer[] = [];
  response.on('data', (chunk: Buffer) => chunks.push(chunk));
  response.on('error', reject);
  response.on('aborted', () => reject(failure('ECONNRESET', 'the answer broke off')));
  response.on('end', () =>
    response.complete
      ? resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: chunks,
        })
      : reject(failure('ECONNRESET', 'the answer broke off')),
  );
}

const failure = (code: string, message: string): Error => Object.assign(new Error(message), { code });
