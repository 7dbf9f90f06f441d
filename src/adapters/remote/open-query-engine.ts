/** The engines that tally an inventory where it lies, each loaded when first used. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ObjectStore } from '../../compaction/ports.js';
import type { QueryEngine } from '../../inventory/query-ports.js';
import type { Location } from '../../kernel/s3.js';
import type { Settings } from './open-engine.js';

export interface QueryWorld {
  readonly region: string | undefined;
  readonly profile: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  resultsOf(location: Location): Promise<ObjectStore>;
}

export async function openQueryEngine(settings: Settings, world: QueryWorld): Promise<QueryEngine> {
  if (settings.name === 'trino') {
    const { openTrinoQueries } = await import('../trino/query-engine.js');
    const password = settings.passwordEnv && world.environment[settings.passwordEnv];
    return openTrinoQueries({ ...settings, ...(password ? { password } : {}), pause: (ms) => sleep(ms) });
  }
  const [{ createAthenaClient }, { openAthenaQueries }] = await Promise.all([
    import('../aws/athena-client.js'),
    import('../aws/athena-query-engine.js'),
  ]);
  const { region, profile, resultsOf } = world;
  const client = createAthenaClient({
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
  });
  return openAthenaQueries({
    ...{ client, resultsOf, fresh: randomUUID, jitter: Math.random },
    ...{ workgroup: settings.workgroup, database: settings.database, output: settings.output },
    maxScannedBytes: settings.maxScannedBytes,
    // A wait that is interrupted is over.
    pause: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
  });
}
