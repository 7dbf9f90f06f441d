/** The columns of a table as its catalog names them: Trino is asked where it is the engine, else Glue. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DescribedTable } from '../../compaction/schema.js';
import { trino } from '../../compaction/sql/trino.js';
import { raise } from '../../kernel/errors.js';
import { printable } from '../../kernel/s3.js';
import type { TableName } from '../../kernel/sql-text.js';
import { runStatement } from '../trino/protocol.js';
import type { Settings } from './open-engine.js';

export interface DescribeOptions {
  /** Of the table in the config, for errors. */
  readonly name: string;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Errors: COLUMNS_UNKNOWN, PERMISSION_DENIED, CREDENTIALS_UNUSABLE, ENGINE_UNAVAILABLE. */
export const describeTable = (
  place: TableName,
  engine: Settings | { readonly name: 'duckdb' },
  options: DescribeOptions,
): Promise<DescribedTable> =>
  engine.name === 'trino' ? inTrino(place, engine, options) : inGlue(place, engine, options);

async function inGlue(
  place: TableName,
  engine: { readonly name: string; readonly workgroup?: string },
  { region, profile, name }: DescribeOptions,
): Promise<DescribedTable> {
  const [{ createAthenaClient }, { glueTable }] = await Promise.all([
    import('../aws/athena-client.js'),
    import('../aws/glue-table.js'),
  ]);
  const client = createAthenaClient({
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
  });
  try {
    const found = (await glueTable(client, place, engine.workgroup)) ?? unknown(place, name, missing);
    // Partition keys stand apart in Glue.
    return { columns: (found.Columns ?? []).map(({ Name = '', Type = '' }) => ({ name: Name, type: Type })) };
  } finally {
    client.destroy();
  }
}

const missing = 'it is not there';

const unknown = ({ database, table }: TableName, name: string, why: string): never =>
  raise('COLUMNS_UNKNOWN', {
    ...{ table: `${database}.${table}`, name, why },
    hint: 'Check database and table in the config, or list source.columns there.',
  });

async function inTrino(
  place: TableName,
  engine: Extract<Settings, { name: 'trino' }>,
  { environment, name }: DescribeOptions,
): Promise<DescribedTable> {
  const password = engine.passwordEnv && environment[engine.passwordEnv];
  const server = { ...engine, ...(password ? { password } : {}), pause: (ms: number) => sleep(ms) };
  const sql = `SHOW COLUMNS FROM ${trino(engine.catalog).table(place)}`;
  const answer = await runStatement(server, { sql, session: {} }, new AbortController().signal);
  if (answer.outcome === 'failed') {
    const isMissing = /^(?:TABLE|SCHEMA|CATALOG)_NOT_FOUND$/.test(answer.name);
    return unknown(
      place,
      name,
      isMissing ? missing : printable(`${answer.name}: ${answer.words}`).slice(0, 300),
    );
  }
  const rows = answer.rows.map((row) => row.map((one) => String(one ?? '')));
  return {
    columns: rows
      .filter(([, , extra]) => extra !== 'partition key')
      .map(([column = '', type = '']) => ({ name: column, type })),
  };
}
