/**
 * Trino's statement protocol: one POST, then pages by nextUri until there is none; a DELETE there cancels. The page given
 * out last can be asked for again, so an answer that was lost is; 502, 503 and 504 too. Trino documentation, "Client REST
 * API".
 */
import type { Rendered } from '../../compaction/sql/statement.js';
import { raise } from '../../kernel/errors.js';
import { printable } from '../../kernel/s3.js';
import { headersOf } from './headers.js';

export interface TrinoServer {
  /** "http://127.0.0.1:8080" */
  readonly url: string;
  readonly catalog: string;
  readonly schema: string;
  readonly user: string;
  /** For the Authorization header, where the server wants one. */
  readonly password?: string;
  /** The environment variable it stands in, to be named. */
  readonly passwordEnv?: string;
  /** Waits between repeats; a test need not wait. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** How long a statement runs before each of its pages is noted: what is shorter is as soon done again. */
  readonly noteAfterMs?: number;
}

export type Answer =
  | {
      readonly outcome: 'done';
      readonly rows: readonly (readonly unknown[])[];
      /** Rows written, of a statement that writes. */
      readonly updateCount: number | undefined;
      readonly scannedBytes: number;
    }
  | { readonly outcome: 'failed'; readonly name: string; readonly words: string };

interface Page {
  readonly id?: string;
  readonly nextUri?: string;
  readonly data?: readonly (readonly unknown[])[];
  readonly updateCount?: number;
  readonly stats?: { readonly physicalInputBytes?: number; readonly processedBytes?: number };
  readonly error?: { readonly message?: string; readonly errorName?: string };
}

const repeats = 10;
/** Without an answer for so long the server is taken for gone; a page waits a second at most by itself. */
const silenceMs = 60_000;

/** Told where the answer is to be asked for next: at once, then with every page of a statement that takes long. */
export type Note = (query: string, next: string) => Promise<void>;

const noteAfterMs = 5_000;

/** Handed each row as its page comes, where the answer is too long to be held. What it throws ends the reading. */
export type TakeRow = (row: readonly unknown[]) => void;

/**
 * Errors: ENGINE_UNAVAILABLE when the server does not answer or is none, CREDENTIALS_UNUSABLE, INTERRUPTED (after the
 * statement was cancelled). A statement whose first answer was lost may be running: it is never sent twice.
 */
export async function runStatement(
  server: TrinoServer,
  { sql, session }: Rendered,
  signal: AbortSignal,
  note?: Note,
  take?: TakeRow,
): Promise<Answer> {
  const url = new URL('/v1/statement', server.url);
  const first = await pageOf(server, 'POST', url, signal, sql, session);
  const answer = await followed(server, first ?? unavailable(server, 'HTTP 404'), signal, note, take);
  return answer === 'gone' ? unavailable(server, 'it has lost the statement') : answer;
}

/**
 * A statement that another runner submitted, from the page that it had not seen yet. 'gone': the server has it no more, or
 * that runner read on, and no more than its queue knows it. It is told to stop, and may run on for a moment.
 */
export async function goOn(
  server: TrinoServer,
  next: string,
  signal: AbortSignal,
  note?: Note,
): Promise<Answer | 'gone'> {
  const page = await pageOf(server, 'GET', ownUrl(server, next), signal);
  return page ? followed(server, page, signal, note) : 'gone';
}

async function followed(
  server: TrinoServer,
  first: Page,
  signal: AbortSignal,
  note: Note | undefined,
  take?: TakeRow,
): Promise<Answer | 'gone'> {
  const rows: (readonly unknown[])[] = [];
  const startedAt = performance.now();
  for (let page = first; ; ) {
    for (const row of page.data ?? [])
      if (take) take(row);
      else rows.push(row);
    if (page.error)
      return {
        outcome: 'failed',
        name: page.error.errorName ?? 'UNKNOWN',
        words: page.error.message ?? 'no reason given',
      };
    if (page.nextUri === undefined) return ended(rows, page);
    const next = ownUrl(server, page.nextUri);
    // The page that is asked for now can be asked for again.
    if (page === first || performance.now() - startedAt > (server.noteAfterMs ?? noteAfterMs))
      await note?.(page.id ?? '', `${next.pathname}${next.search}`);
    if (signal.aborted) await cancel(server, next);
    const then = await pageOf(server, 'GET', next, signal);
    if (!then) return 'gone';
    page = then;
  }
}

const ended = (rows: readonly (readonly unknown[])[], { updateCount, stats }: Page): Answer => ({
  outcome: 'done',
  rows,
  updateCount,
  scannedBytes: stats?.physicalInputBytes ?? stats?.processedBytes ?? 0,
});

/** What the server names is followed on the server that was configured and nowhere else. */
function ownUrl(server: TrinoServer, nextUri: string | URL): URL {
  const { pathname, search } = new URL(nextUri, server.url);
  return new URL(`${pathname}${search}`, server.url);
}

async function cancel(server: TrinoServer, url: URL): Promise<never> {
  await stop(server, url);
  return raise('INTERRUPTED', { state: 'The statement was cancelled.' });
}

/** The statement ends here for us, whether or not the server hears of it. */
export async function stop(server: TrinoServer, next: string | URL): Promise<void> {
  const signal = AbortSignal.timeout(5_000);
  const headers = headersOf(server, {});
  await fetch(ownUrl(server, next), { method: 'DELETE', headers, signal }).catch(() => undefined);
}

const untold = 'A statement may be running that the server did not name before.';

/** Undefined when the server does not know it, or not any more. What may have begun is cancelled before it is left. */
async function pageOf(
  server: TrinoServer,
  method: 'GET' | 'POST',
  url: URL,
  signal: AbortSignal,
  body?: string,
  session: Readonly<Record<string, string>> = {},
): Promise<Page | undefined> {
  for (let sent = 1; ; sent += 1) {
    const answer = await answered(server, method, url, signal, body, session);
    if (signal.aborted && method === 'GET') await cancel(server, url);
    if (answer instanceof Response && answer.ok)
      return pageIn(server, answer).catch((cause: unknown) => {
        if (!signal.aborted) throw cause;
        // Its words were not read to their end.
        return method === 'GET' ? cancel(server, url) : raise('INTERRUPTED', { state: untold });
      });
    if (answer instanceof Response && (answer.status === 404 || answer.status === 410)) {
      if (method === 'GET') await stop(server, url);
      return undefined;
    }
    if (!isRepeated(method, answer) || sent > repeats) {
      if (method === 'GET') await stop(server, url);
      return answer instanceof Response
        ? refused(server, answer)
        : unavailable(server, answer.why, answer.cause);
    }
    const asked = answer instanceof Response ? Number(answer.headers.get('retry-after')) : 0;
    if (answer instanceof Response) await answer.body?.cancel();
    await server.pause(asked > 0 ? Math.min(asked, 60) * 1000 : 50 * 2 ** Math.min(sent, 7));
    if (signal.aborted && method === 'POST')
      raise('INTERRUPTED', { state: 'The statement was not submitted.' });
  }
}

type Lost = { readonly why: string; readonly cause: unknown };

/** A page can be asked for again whatever happened; a statement only where it is certain that it was not taken. */
const isRepeated = (method: 'GET' | 'POST', answer: Response | Lost): boolean =>
  answer instanceof Response
    ? answer.status === 429 ||
      answer.status === 503 ||
      (method === 'GET' && [502, 504].includes(answer.status))
    : method === 'GET';

async function answered(
  server: TrinoServer,
  method: string,
  url: URL,
  interrupt: AbortSignal,
  body: string | undefined,
  session: Readonly<Record<string, string>>,
): Promise<Response | Lost> {
  const silence = AbortSignal.timeout(silenceMs);
  try {
    return await fetch(url, {
      method,
      headers: headersOf(server, session),
      redirect: 'error',
      // A statement on its way is waited for: whether it was taken must be known.
      signal: method === 'GET' ? AbortSignal.any([silence, interrupt]) : silence,
      ...(body === undefined ? {} : { body }),
    });
  } catch (cause) {
    const { message, cause: inner } = cause as Error & { readonly cause?: Error };
    return { why: inner?.message || message, cause };
  }
}

const unavailable = (server: TrinoServer, why: string, cause?: unknown): never =>
  raise(
    'ENGINE_UNAVAILABLE',
    {
      engine: 'trino',
      why: `${server.url}: ${printable(why).slice(0, 300)}`,
      hint: 'Check engines.trino.url in the config.',
    },
    cause,
  );

async function pageIn(server: TrinoServer, response: Response): Promise<Page> {
  const text = await response.text();
  try {
    return JSON.parse(text) as Page;
  } catch {
    return unavailable(server, 'it does not answer as Trino does');
  }
}

const loginHint = ({ password, passwordEnv }: TrinoServer): string =>
  password === undefined && passwordEnv !== undefined
    ? `Set the environment variable ${passwordEnv}: it is not set, so that no password was sent.`
    : `Check engines.trino.user and ${passwordEnv === undefined ? 'passwordEnv: no password was sent' : `the password in ${passwordEnv}`}.`;

async function refused(server: TrinoServer, response: Response): Promise<never> {
  const words = (await response.text().catch(() => '')).trim().slice(0, 300);
  if (response.status === 401 || response.status === 403)
    return raise('LOGIN_REFUSED', {
      ...{ server: server.url, user: server.user, status: `${response.status}` },
      hint: loginHint(server),
    });
  return unavailable(server, `HTTP ${response.status}${words ? `: ${words}` : ''}`);
}
