/** A look at the engine of a table before anything is asked of it: each engine by harmless calls of its own. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ObjectStore } from '../../compaction/ports.js';
import { partitionValues } from '../../compaction/sql/statement.js';
import { raise } from '../../kernel/errors.js';
import { type Finding, finding } from '../../kernel/finding.js';
import { type Location, parseLocation } from '../../kernel/s3.js';
import { type Layout, partitionPath } from '../../prefixes/partition-keys.js';
import type { EngineProcess } from '../duckdb/process.js';
import type { Settings } from './open-engine.js';

export interface EngineLook {
  readonly worker: EngineProcess;
  readonly region: string | undefined;
  readonly profile: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly layout: Layout;
  readonly publish: 'files' | 'symlink';
  openStore(location: Location): Promise<{
    readonly store: ObjectStore;
    readonly bucketRegion?: () => string | undefined;
  }>;
}

export async function checkEngine(
  settings: Settings | { readonly name: 'duckdb' },
  look: EngineLook,
): Promise<Finding[]> {
  if (settings.name === 'duckdb') return [await checkDuckdb(look.worker)];
  if (settings.name === 'athena') return athenaFindings(settings, look);
  const { checkTrino } = await import('../trino/check.js');
  const password = settings.passwordEnv && look.environment[settings.passwordEnv];
  return checkTrino({ ...settings, ...(password ? { password } : {}), pause: (ms) => sleep(ms) });
}

/** Its process is started, and ends with the table. */
const checkDuckdb = (worker: EngineProcess): Promise<Finding> =>
  finding('duckdb-process', async () => {
    const answer = await worker.run('SELECT version() AS version', AbortSignal.timeout(60_000));
    if (answer.outcome === 'rows')
      return `DuckDB ${(answer.rows[0] as { version?: string }).version ?? ''} runs in a process of its own`;
    const hint = 'Install again with npm ci: the native package of this platform may be missing.';
    return raise('ENGINE_UNAVAILABLE', { engine: 'duckdb', why: answer.why.slice(0, 300), hint });
  });

async function athenaFindings(
  settings: Extract<Settings, { name: 'athena' }>,
  { region, profile, openStore, layout, publish }: EngineLook,
): Promise<Finding[]> {
  const [{ createAthenaClient }, { checkAthena }] = await Promise.all([
    import('../aws/athena-client.js'),
    import('../aws/athena-check.js'),
  ]);
  const client = createAthenaClient({
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
  });
  const { output, maxScannedBytes, catalogTable } = settings;
  const pause = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => undefined);
  const results = async (): Promise<string | undefined> => {
    const location = parseLocation(output!);
    const { store, bucketRegion } = await openStore(location);
    for await (const _ of store.list({ prefix: location.prefix })) break;
    return bucketRegion?.();
  };
  try {
    return await checkAthena({
      client,
      service: { ...settings, client, output, maxScannedBytes, pause, jitter: Math.random },
      fresh: randomUUID,
      ...(output === undefined ? {} : { results }),
      ...(catalogTable ? { catalogTable } : {}),
      keys: partitionValues(partitionPath(layout, 0), []).map(({ name }) => name),
      publish,
    });
  } finally {
    client.destroy();
  }
}
