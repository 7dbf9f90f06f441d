/**
 * Trino's statement protocol: one POST, then pages by nextUri until there is none; a DELETE there cancels. 502, 503 and
 * 504 are repeated. Trino documentation, "Client REST API".
 */

import type { Rendered } from '../../compaction/sql/statement.js';
import { raise } from '../../kernel/errors.js';
import { printable } from '../../kernel/s3.js';

export interface TrinoServer {
  /** "http://127.0.0.1:8080" */
  readonly url: string;
  readonly catalog: string;
  readonly schema: string;
  readonly user: string;
  /** For the Authorization header, where the server wants one. */
  readonly password?: string;
  /** Waits between repeats; a test need not wait. */
  readonly pause: (milliseconds: number) => Promise<void>;
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

/**
 * Errors: ENGINE_UNAVAILABLE when the server does not answer or is none, CREDENTIALS_UNUSABLE, INTERRUPTED (after the
 * statement was cancelled). A statement whose first answer was lost may be running: it is never sent twice.
 */
export async function runStatement(
  server: TrinoServer,
  { sql, session }: Rendered,
  signal: AbortSignal,
): Promise<Answer> {
  const rows: (readonly unknown[])[] = [];
  let page = await pageOf(server, 'POST', new URL('/v1/statement', server.url), signal, sql, session);
  for (;;) {
    rows.push(...(page.data ?? []));
    if (page.error)
      return {
        outcome: 'failed',
        name: page.error.errorName ?? 'UNKNOWN',
        words: page.error.message ?? 'no reason given',
      };
    if (page.nextUri === undefined) return ended(rows, page);
    const next = ownUrl(server, page.nextUri);
    if (signal.aborted) await cancel(server, next);
    page = await pageOf(server, 'GET', next, signal);
  }
}

const ended = (rows: readonly (readonly unknown[])[], { updateCount, stats }: Page): Answer => ({
  outcome: 'done',
  rows,
  updateCount,
  scannedBytes: stats?.physicalInputBytes ?? stats?.processedBytes ?? 0,
});

/** What the server names is followed on the server that was configured and nowhere else. */
function ownUrl(server: TrinoServer, nextUri: string): URL {
  const { pathname, search } = new URL(nextUri, server.url);
  return new URL(`${pathname}${search}`, server.url);
}

/** The statement ends here for us, whether or not the server hears of it. */
async function cancel(server: TrinoServer, url: URL): Promise<never> {
  const signal = AbortSignal.timeout(5_000);
  await fetch(url, { method: 'DELETE', headers: headersOf(server, {}), signal }).catch(() => undefined);
  return raise('INTERRUPTED', { state: 'The statement was cancelled.' });
}

async function pageOf(
  server: TrinoServer,
  method: 'GET' | 'POST',
  url: URL,
  signal: AbortSignal,
  body?: string,
  session: Readonly<Record<string, string>> = {},
): Promise<Page> {
  for (let sent = 1; ; sent += 1) {
    const response = await answered(server, method, url, body, session);
    if (response.ok) return pageIn(server, response);
    const isBusy = [429, 502, 503, 504].includes(response.status);
    if (!isBusy || sent > repeats) return refused(server, response);
    await response.body?.cancel();
    const asked = Number(response.headers.get('retry-after'));
    await server.pause(asked > 0 ? Math.min(asked, 60) * 1000 : 50 * 2 ** Math.min(sent, 7));
    if (signal.aborted) raise('INTERRUPTED', { state: 'The statement was not waited for.' });
  }
}

async function answered(
  server: TrinoServer,
  method: string,
  url: URL,
  body: string | undefined,
  session: Readonly<Record<string, string>>,
): Promise<Response> {
  try {
    return await fetch(url, {
      method,
      headers: headersOf(server, session),
      redirect: 'error',
      signal: AbortSignal.timeout(silenceMs),
      ...(body === undefined ? {} : { body }),
    });
  } catch (cause) {
    const { message, cause: inner } = cause as Error & { readonly cause?: Error };
    return unavailable(server, inner?.message || message, cause);
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

async function refused(server: TrinoServer, response: Response): Promise<never> {
  const words = (await response.text().catch(() => '')).trim().slice(0, 300);
  if (response.status === 401 || response.status === 403)
    return raise('PERMISSION_DENIED', {
      action: `HTTP ${response.status}`,
      what: `${server.url} as ${server.user}`,
    });
  return unavailable(server, `HTTP ${response.status}${words ? `: ${words}` : ''}`);
}

function headersOf(
  { catalog, schema, user, password }: TrinoServer,
  session: Readonly<Record<string, string>>,
): Record<string, string> {
  const settings = Object.entries(session).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return {
    'X-Trino-User': user,
    'X-Trino-Source': 'bucketwise',
    'X-Trino-Catalog': catalog,
    'X-Trino-Schema': schema,
    'X-Trino-Time-Zone': 'UTC',
    ...(settings.length > 0 ? { 'X-Trino-Session': settings.join(',') } : {}),
    ...(password === undefined
      ? {}
      : { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }),
  };
}
