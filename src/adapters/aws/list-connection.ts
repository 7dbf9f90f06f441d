/** One connection for one GET after another, read into memory of its own: the whole body of an answer, or an error. */
import { connect, isIP, type Socket } from 'node:net';
import { begin, bodyOf, createInflow, ended, endsWith, type Inflow, received, room } from './list-answer.js';
import type { ListTarget } from './list-target.js';

export interface ListAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** In pieces, good only during the call that is given them. */
  readonly body: readonly Buffer[];
}

export interface ListRequest<T> {
  readonly pathAndQuery: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How the body of a good answer ends. Chunks that end so are taken, if the server does not go on soon. */
  readonly end?: string | undefined;
  /** Called once, with the whole body. */
  readonly read: (answer: ListAnswer) => T;
  readonly signal?: AbortSignal | undefined;
}

export interface ListConnection {
  /** One at a time. Errors: of Node's sockets; of a request that `signal` ended; of `read`. */
  send<T>(request: ListRequest<T>): Promise<T>;
  /** Another request may be sent, now or later. */
  isOpen(): boolean;
  /** Now: the server has ended its last answer. */
  isReady(): boolean;
  /** How long it took to be opened, as soon as it is; without what TLS takes. */
  openedAfterMs(): number | undefined;
  close(): void;
}

interface Waiting {
  readonly end: string | undefined;
  readonly take: (answer: ListAnswer) => void;
  readonly fail: (cause: Error) => void;
}

interface Line {
  readonly socket: Socket;
  readonly flow: Inflow;
  waiting: Waiting | undefined;
  /** Runs where only the end of the chunks is missing. */
  patience: NodeJS.Timeout | undefined;
  openedAfterMs: number | undefined;
}

/**
 * A server may hold the end of its chunks back until what went before is acknowledged (Nagle's algorithm), which a system with
 * nothing to send does some 40 ms later: longer than the page itself took. Else it comes with the last of them, or shortly after.
 */
const PATIENCE_MS = 5;

export function openConnection(target: ListTarget, silenceMs: number): ListConnection {
  const flow = createInflow();
  const line: Line = {
    flow,
    waiting: undefined,
    patience: undefined,
    openedAfterMs: undefined,
    socket: opened(target, flow, (bytes) => arrived(line, bytes)),
  };
  const { socket } = line;
  const begun = performance.now();
  socket.once('connect', () => {
    line.openedAfterMs = performance.now() - begun;
  });
  socket.on('timeout', () =>
    socket.destroy(failure('ETIMEDOUT', `no byte came for ${silenceMs / 1000} seconds`)),
  );
  socket.on('error', (cause) => lost(line, cause));
  socket.on('end', () => {
    if (line.waiting && ended(flow)) answered(line);
    socket.destroy();
  });
  socket.on('close', () => lost(line, failure('ECONNRESET', 'the answer broke off')));
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        line.waiting = waitingFor(line, request, resolve, reject);
        socket.ref();
        socket.setTimeout(silenceMs);
        socket.write(textOf(request), 'latin1');
      }),
    isOpen: () => !socket.destroyed && line.waiting === undefined,
    isReady: () => !socket.destroyed && line.waiting === undefined && !flow.isRest,
    openedAfterMs: () => line.openedAfterMs,
    close: () => socket.destroy(),
  };
}

function opened(
  { protocol, hostname, port }: ListTarget,
  flow: Inflow,
  arrived: (bytes: number) => void,
): Socket {
  const isPlain = protocol === 'http:';
  const host = hostname.replace(/^\[|\]$/g, '');
  const options = {
    ...{ host, port: port ?? (isPlain ? 80 : 443), noDelay: true, keepAlive: true },
    onread: {
      buffer: () => room(flow),
      callback: (bytes: number): boolean => {
        arrived(bytes);
        return true;
      },
    },
  };
  if (isPlain) return connect(options);
  // Loaded where it is needed: to a server without it, that is a part of the time to the first answer.
  return process.getBuiltinModule('node:tls').connect({
    ...options,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(host) === 0 && { servername: host }),
  });
}

function waitingFor<T>(
  { socket }: Line,
  { read, signal, end }: ListRequest<T>,
  resolve: (value: T) => void,
  reject: (cause: unknown) => void,
): Waiting {
  const stop = (): void => void socket.destroy(failure('ABORT_ERR', 'the request was given up'));
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  const over = (): void => signal?.removeEventListener('abort', stop);
  return {
    end,
    take: (answer) => {
      over();
      try {
        resolve(read(answer));
      } catch (cause) {
        reject(cause);
      }
    },
    fail: (cause) => {
      over();
      reject(cause);
    },
  };
}

function textOf({ pathAndQuery, headers }: ListRequest<unknown>): string {
  if (/[^!-~]/.test(pathAndQuery))
    throw failure('ERR_UNESCAPED_CHARACTERS', 'the path of a request is not encoded');
  let text = `GET ${pathAndQuery} HTTP/1.1\r\n`;
  for (const [name, value] of Object.entries(headers)) {
    // RFC 9110, "Field Values": what else there is could end the field.
    if (/[^\t -~\x80-\xff]/.test(value))
      throw failure('ERR_INVALID_CHAR', `header ${name} holds what no header may`);
    text += `${name}: ${value}\r\n`;
  }
  return `${text}\r\n`;
}

function arrived(line: Line, bytes: number): void {
  const { socket, flow, waiting } = line;
  clearTimeout(line.patience);
  // Nothing was asked for.
  if (!waiting && !flow.isRest) return void socket.destroy();
  try {
    const isWhole = received(flow, bytes);
    if (!waiting) restCame(line);
    else if (isWhole) answered(line);
    else if (waiting.end !== undefined && endsWith(flow, waiting.end))
      line.patience = setTimeout(() => answered(line), PATIENCE_MS);
  } catch (cause) {
    socket.destroy(cause as Error);
  }
}

function restCame({ socket, flow }: Line): void {
  if (flow.isRest) return;
  if (flow.at < flow.length) socket.destroy();
  else begin(flow);
}

function answered(line: Line): void {
  const { socket, flow, waiting } = line;
  const { status, headers, staysOpen } = flow.head!;
  const isClean = staysOpen && flow.at === flow.length;
  line.waiting = undefined;
  waiting!.take({ status, headers, body: bodyOf(flow) });
  begin(flow);
  socket.setTimeout(0);
  // An idle connection keeps no program running.
  socket.unref();
  if (!isClean) socket.destroy();
}

function lost(line: Line, cause: Error): void {
  const { waiting } = line;
  clearTimeout(line.patience);
  line.waiting = undefined;
  waiting?.fail(cause);
}

const failure = (code: string, message: string): Error => Object.assign(new Error(message), { code });
