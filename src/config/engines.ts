/** Which engine compacts a table and where it is found: the `engines` part of bucketwise.yaml. */
import { parseBytes } from '../kernel/bytes.js';
import type { Location } from '../kernel/s3.js';
import { closed, identifier, type RawTable } from './table-schema.js';

export interface AthenaSettings {
  readonly name: 'athena';
  readonly workgroup: string;
  /** "s3://bucket/prefix/"; not needed where the workgroup says it. */
  readonly output?: string;
  /** Where temporary tables live while an hour is written. */
  readonly database: string;
  /** The target as others query it: its hours are registered there. */
  readonly catalogTable?: { readonly database: string; readonly table: string };
  readonly maxConcurrent: number;
  /** A query that reads more is stopped. */
  readonly maxScannedBytes?: number;
}

export interface TrinoSettings {
  readonly name: 'trino';
  readonly url: string;
  readonly catalog: string;
  readonly schema: string;
  readonly user: string;
  /** The variable that holds the password, which stands in no file. */
  readonly passwordEnv?: string;
}

export type EngineSettings = { readonly name: 'duckdb' } | AthenaSettings | TrinoSettings;

const named = { type: 'string', pattern: identifier };

export const enginesSchema = {
  ...closed({
    athena: {
      ...closed({
        workgroup: { type: 'string', pattern: '^[a-zA-Z0-9._-]{1,128}$', default: 'primary' },
        output: {
          type: 'string',
          pattern: '^s3://[^/]+/.*$',
          mustBe: 's3://bucket/prefix/',
        },
        maxConcurrent: { type: 'integer', minimum: 1, maximum: 100, default: 5 },
        maxScan: { type: 'string' },
        database: named,
      }),
      default: {},
    },
    trino: closed(
      {
        url: {
          type: 'string',
          pattern: '^https?://[^/@]+/?$',
          mustBe: 'an address such as http://127.0.0.1:8080',
        },
        catalog: { ...named, default: 'hive' },
        schema: { ...named, default: 'default' },
        user: { type: 'string', pattern: '^[!-~]{1,100}$', default: 'bucketwise' },
        passwordEnv: {
          type: 'string',
          pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
          mustBe: 'the name of an environment variable, not the password itself',
        },
      },
      ['url'],
    ),
  }),
  default: {},
};

export interface RawEngines {
  athena: { workgroup: string; output?: string; maxConcurrent: number; maxScan?: string; database?: string };
  trino?: Omit<TrinoSettings, 'name'>;
}

/** Errors: CONFIG_INVALID through `wrong`, which names the field of the table. */
export function enginesOf(
  table: RawTable,
  { athena, trino }: RawEngines,
  places: readonly Location[],
  wrong: (field: string, why: string) => never,
): EngineSettings {
  const { engine } = table;
  if (engine !== 'athena' && table.target.table !== undefined && table.source.columns !== 'target')
    wrong(
      'target.table',
      `${engine} tells no catalog of the hours; leave target.database and target.table out, or use engine: athena`,
    );
  if (engine === 'duckdb') return { name: 'duckdb' };
  if (places.some(({ scheme }) => scheme !== 's3'))
    wrong('engine', `${engine} reads and writes s3:// addresses only; use duckdb for folders`);
  if (table.source.columnChanges !== 'refuse')
    wrong(
      'source.columnChanges',
      `${engine} takes fields by their place, not by the header; use refuse, or duckdb`,
    );
  if (engine === 'trino') return trinoSettings(trino, wrong);
  const database = table.source.database ?? table.target.database;
  return { ...athenaSettings(athena, database, wrong), ...catalogTable(table, wrong) };
}

type Wrong = (field: string, why: string) => never;

export function trinoSettings(trino: RawEngines['trino'], wrong: Wrong): TrinoSettings {
  if (!trino) return wrong('engine', 'engines.trino.url is missing');
  if (trino.passwordEnv !== undefined && !trino.url.startsWith('https://'))
    wrong('engine', 'engines.trino.passwordEnv needs an https:// address');
  return { name: 'trino', ...trino };
}

/** `database`: of the table; else that of the engine. */
export function athenaSettings(
  { maxScan, output, database: own, ...others }: RawEngines['athena'],
  database: string | undefined,
  wrong: Wrong,
): AthenaSettings {
  return {
    name: 'athena',
    ...others,
    database: database ?? own ?? 'default',
    ...(output === undefined ? {} : { output: output.endsWith('/') ? output : `${output}/` }),
    ...(maxScan === undefined ? {} : { maxScannedBytes: bytesOf(maxScan, wrong) }),
  };
}

function catalogTable(
  { target: { database, table } }: RawTable,
  wrong: (field: string, why: string) => never,
): Pick<AthenaSettings, 'catalogTable'> {
  if (table === undefined) return {};
  return {
    catalogTable: {
      table,
      database: database ?? wrong('target.database', 'is missing, and target.table is there'),
    },
  };
}

function bytesOf(text: string, wrong: (field: string, why: string) => never): number {
  try {
    return parseBytes(text);
  } catch {
    return wrong('engine', `engines.athena.maxScan: "${text}" is not a size such as 500GiB`);
  }
}
