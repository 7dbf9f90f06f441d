/** The engines that read where the objects lie, each loaded when first used. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FooterReader } from '../../compaction/parquet-ports.js';
import type { Catalog, Engine, ObjectStore, SourceReader } from '../../compaction/ports.js';
import { type Location, parseLocation } from '../../kernel/s3.js';
import type { AthenaOptions, Place } from '../aws/athena-engine.js';
import type { Spool } from '../files/spool.js';
import { openTraitReader } from './trait-reader.js';

interface Located {
  readonly store: ObjectStore;
  readonly location: Location;
}

export interface RemoteParts {
  readonly source: Located;
  readonly target: Located;
  readonly spool: Spool;
  readonly footers: FooterReader;
  readonly csv: { readonly header: boolean; readonly delimiter: string };
  readonly region: string | undefined;
  readonly profile: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The store of the bucket that results and manifests go to. */
  resultsOf(location: Location): Promise<ObjectStore>;
}

export type Settings =
  | {
      readonly name: 'athena';
      readonly workgroup: string;
      readonly output?: string;
      readonly database: string;
      readonly catalogTable?: { readonly database: string; readonly table: string };
      readonly maxConcurrent: number;
      readonly maxScannedBytes?: number;
    }
  | {
      readonly name: 'trino';
      readonly url: string;
      readonly catalog: string;
      readonly schema: string;
      readonly user: string;
      readonly passwordEnv?: string;
    };

export interface OpenEngine {
  readonly engine: Engine;
  readonly reader: SourceReader;
  readonly catalog?: Catalog;
  end(): void;
}

export async function openRemoteEngine(settings: Settings, parts: RemoteParts): Promise<OpenEngine> {
  const reader = openTraitReader(parts.spool, parts.csv);
  const places = {
    source: placeOf(parts.source),
    target: placeOf(parts.target),
    footers: parts.footers,
    traitsOf: reader.traitsOf,
  };
  if (settings.name === 'athena') return { reader, ...(await openAthena(settings, parts, places)) };
  const { openTrinoEngine } = await import('../trino/engine.js');
  const password = settings.passwordEnv && parts.environment[settings.passwordEnv];
  const server = { ...settings, ...(password ? { password } : {}), pause: (ms: number) => sleep(ms) };
  return { engine: openTrinoEngine({ server, ...places }), reader, end: () => undefined };
}

/** The config lets no folder through to such an engine. */
const placeOf = ({ store, location }: Located): Place => ({
  store,
  bucket: location.scheme === 's3' ? location.bucket : '',
});

async function openAthena(
  settings: Extract<Settings, { name: 'athena' }>,
  { region, profile, resultsOf }: RemoteParts,
  places: Pick<AthenaOptions, 'source' | 'target' | 'footers' | 'traitsOf'>,
): Promise<Omit<OpenEngine, 'reader'>> {
  const [{ createAthenaClient }, { openAthenaEngine }] = await Promise.all([
    import('../aws/athena-client.js'),
    import('../aws/athena-engine.js'),
  ]);
  const client = createAthenaClient({
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
  });
  const { output, maxScannedBytes, catalogTable, ...others } = settings;
  const location = output === undefined ? undefined : parseLocation(output);
  const service = {
    ...others,
    client,
    maxScannedBytes,
    // A wait that is interrupted is over.
    pause: (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => undefined),
    jitter: Math.random,
  };
  const engine = openAthenaEngine({
    ...service,
    ...places,
    output,
    ...(location ? { results: placeOf({ store: await resultsOf(location), location }) } : {}),
    fresh: randomUUID,
  });
  const end = (): void => client.destroy();
  if (!catalogTable) return { engine, end };
  const [{ openAthenaCatalog }, { workgroup }] = await Promise.all([
    import('../aws/athena-catalog.js'),
    import('../aws/athena-workgroup.js'),
  ]);
  const catalog = openAthenaCatalog({
    table: catalogTable,
    bucket: places.target.bucket,
    fresh: randomUUID,
    service: async () => ({
      ...service,
      output: (await workgroup(client, settings.workgroup, output)).output,
    }),
  });
  return { engine, catalog, end };
}
