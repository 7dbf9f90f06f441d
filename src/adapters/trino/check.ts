/** Whether a Trino answers, and has the catalog and schema that temporary tables are to live in. */

import { raise } from '../../kernel/errors.js';
import { type Finding, finding } from '../../kernel/finding.js';
import { printable } from '../../kernel/s3.js';
import { checkedName, literal, quoted } from '../../kernel/sql-text.js';
import { runStatement, type TrinoServer } from './protocol.js';

/** Effects: GET /v1/info, one SHOW SCHEMAS. */
export async function checkTrino(server: TrinoServer): Promise<Finding[]> {
  const answers = await finding('trino-server', async () => {
    const { nodeVersion, starting } = await infoOf(server);
    if (starting) unavailable(`${server.url} is still starting`, 'Ask again in a minute.');
    return `Trino ${printable(nodeVersion?.version ?? 'of an unknown release').slice(0, 40)} answers at ${server.url}`;
  });
  return answers.outcome === 'ok' ? [answers, await checkSchema(server)] : [answers];
}

interface Info {
  readonly nodeVersion?: { readonly version?: string };
  readonly starting?: boolean;
}

async function infoOf({ url }: TrinoServer): Promise<Info> {
  try {
    const response = await fetch(new URL('/v1/info', url), {
      redirect: 'error',
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return (await response.json()) as Info;
  } catch (cause) {
    const { message, cause: inner } = cause as Error & { readonly cause?: Error };
    return unavailable(
      `${url}: ${printable(inner?.message || message).slice(0, 300)}`,
      'Check engines.trino.url in the config.',
    );
  }
}

const unavailable = (why: string, hint: string): never =>
  raise('ENGINE_UNAVAILABLE', { engine: 'trino', why, hint });

const checkSchema = (server: TrinoServer): Promise<Finding> =>
  finding('trino-schema', async () => {
    const { catalog, schema, user } = server;
    const like = literal(checkedName(schema).replaceAll('_', '\\_'));
    const sql = `SHOW SCHEMAS FROM ${quoted(checkedName(catalog))} LIKE ${like} ESCAPE '\\'`;
    const answer = await runStatement(server, { sql, session: {} }, AbortSignal.timeout(60_000));
    const hint = 'Check catalog, schema and user of engines.trino in the config.';
    if (answer.outcome === 'failed')
      return unavailable(`${answer.name}: ${printable(answer.words).slice(0, 300)}`, hint);
    if (answer.rows.length === 0)
      return unavailable(
        `catalog "${catalog}" has no schema "${schema}" that "${user}" sees`,
        `CREATE SCHEMA ${catalog}.${schema}, or name another.`,
      );
    return `schema ${catalog}.${schema} is there`;
  });
