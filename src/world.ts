/** The only file that joins the adapters: real stores, the real engine, the real clock. Heavy parts load when first used. */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import type { openParquetSources, ParquetSourceOptions } from './adapters/duckdb/parquet-sources.js';
import type { EngineProcess } from './adapters/duckdb/process.js';
import type { openRemoteEngine } from './adapters/remote/open-engine.js';
import type { MeteredStore } from './adapters/wrap/metered.js';
import type { OpenCompaction, OpenLister, Surroundings } from './app/surroundings.js';
import type { KnownTable, TableConfig } from './config.js';
import { isDirectoryBucket, type Location } from './kernel/s3.js';

export interface WorldOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly region?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
}

export function createWorld(options: WorldOptions): Surroundings {
  const { AWS_REGION, AWS_DEFAULT_REGION } = options.environment;
  // A variable set to nothing is a variable not set.
  const region = options.region ?? (AWS_REGION || AWS_DEFAULT_REGION || undefined);
  return {
    clock: { now: Date.now },
    region,
    files: {
      read: async (path) => (await import('./adapters/files/text-files.js')).readText(path),
      write: async (path, text) => (await import('./adapters/files/text-files.js')).writeText(path, text),
      checkWritable: async (path) => (await import('./adapters/files/text-files.js')).checkWritable(path),
      exists: async (path) => (await import('./adapters/files/text-files.js')).textExists(path),
    },
    bills: {
      read: async (path, watch) =>
        (await import('./adapters/files/bill-files.js')).billFiles.read(path, watch),
    },
    rateCards: async (name) => (await import('./adapters/files/price-files.js')).rateCards(name),
    regions: async () => (await import('./adapters/files/price-files.js')).regions(),
    openPriceFolder: async (dir) => (await import('./adapters/files/price-files.js')).openPriceFolder(dir),
    readPriceList: async (path) => (await import('./adapters/files/price-list-files.js')).readPriceList(path),
    openLister: (location, how) => openLister(location, options, region, how?.hasVersions ?? false),
    openPosition: async (out, names) =>
      (await import('./adapters/files/kept-position.js')).openKeptPosition(out, names),
    openCompaction: (table, asked) => openCompaction(table, options, asked ?? region),
    describeTable: async (place, table, asked) =>
      (await import('./adapters/remote/describe-table.js')).describeTable(place, table.engine, {
        ...options,
        region: asked ?? region,
        name: table.name,
      }),
    openNotifiers: async (notify) =>
      (await import('./adapters/notify/open-notifiers.js')).openNotifiers({ ...notify, ...options }),
    makeSampleLake: async (dir) => {
      const root = resolve(dir);
      return { root, ...(await import('./adapters/files/sample-lake.js')).makeSampleLake(root) };
    },
  };
}

/** The store of a target is made by its first write; a source must be there. */
async function openCompaction(
  table: KnownTable,
  options: WorldOptions,
  region: string | undefined,
): Promise<OpenCompaction> {
  const [{ openSpool }, { makeLocalFolder }, { deathWatch, ownerText }] = await Promise.all([
    import('./adapters/files/spool.js'),
    import('./adapters/files/local-folder.js'),
    import('./adapters/files/file-lock.js'),
  ]);
  const [{ openReadback }, { engineProcess }, { openFooterReader }, { exactType }] = await Promise.all([
    import('./adapters/duckdb/readback.js'),
    import('./adapters/duckdb/process.js'),
    import('./adapters/parquet-footer.js'),
    import('./adapters/parquet-types.js'),
  ]);
  // Another table's target may not have been written to yet.
  const source = await openStore(table.source.location, options, region, table.upstream !== undefined);
  const target = await openStore(table.target.location, options, region, true);
  const above = await openAbove(table.upstream, options, region);
  const folder = await makeLocalFolder();
  const keeps = table.engine.name === 'duckdb';
  const spool = openSpool(source.store, folder, jsonColumns(table.source), keeps);
  const worker = engineProcess({ folder, ...engineLimits });
  const leave = async (): Promise<void> => {
    worker.close();
    await rm(folder, { recursive: true, force: true });
  };
  const isParquet = table.source.format === 'parquet';
  const footers = openFooterReader(target.store, ...(isParquet ? [exactType] : []));
  const { engine, reader, catalog, end } = await openEngine(table.engine, options, {
    source: { store: source.store, location: table.source.location },
    target: { store: target.store, location: table.target.location },
    csv: table.source,
    ...{ spool, folder, worker, footers, region, profile: options.profile },
  }).catch(async (cause: unknown) => {
    await leave();
    throw cause;
  });
  return {
    ports: {
      source: source.store,
      target: target.store,
      upstream: above.ports,
      reader,
      engine,
      footers,
      ...(catalog ? { catalog } : {}),
      readback: openReadback({ store: target.store, folder, worker }),
      ...(isParquet ? { parquet: await openParquet({ pathOf: spool.pathOf, folder, worker }) } : {}),
      clock: { now: Date.now },
      timer: { every: (milliseconds, act) => stopper(setInterval(act, milliseconds).unref()) },
      ids: {
        owner: `${hostname()}:${process.pid}`,
        process: ownerText(process.pid),
        isDead: deathWatch(options.environment),
        fresh: randomUUID,
      },
    },
    checkEngine: async () =>
      (await import('./adapters/remote/check-engine.js')).checkEngine(table.engine, {
        ...{ worker, region, profile: options.profile, environment: options.environment },
        ...{ layout: table.target.layout, publish: table.target.publish },
        openStore: (location) => openStore(location, options, region, false),
      }),
    requests: () => added(above.requests(), added(source.requests(), target.requests())),
    close: async () => {
      end();
      await leave();
    },
  };
}

/** The sources of the table upstream, and of the one above that; its target is the source of the table itself. */
async function openAbove(
  table: TableConfig | undefined,
  options: WorldOptions,
  region: string | undefined,
): Promise<{ readonly ports: OpenCompaction['ports']['upstream']; readonly requests: () => RequestCount }> {
  if (!table) return { ports: undefined, requests: () => ({ put: 0, get: 0, list: 0 }) };
  const [above, { store, requests }] = await Promise.all([
    openAbove(table.upstream, options, region),
    openStore(table.source.location, options, region, false),
  ]);
  return {
    ports: { source: store, upstream: above.ports },
    requests: () => added(above.requests(), requests()),
  };
}

const openParquet = async (options: ParquetSourceOptions): Promise<ReturnType<typeof openParquetSources>> =>
  (await import('./adapters/duckdb/parquet-sources.js')).openParquetSources(options);

/** A config without columns takes no JSON lines. */
const jsonColumns = ({ format, columns }: KnownTable['source']): readonly string[] | undefined =>
  format === 'jsonl' && columns !== 'infer' ? columns.map(({ name }) => name) : undefined;

type Parts = Omit<Parameters<typeof openRemoteEngine>[1], 'environment' | 'resultsOf'>;
type LocalParts = Parts & { readonly worker: EngineProcess; readonly folder: string };

/** An engine that reads where the objects lie must know beforehand what their texts hold: it brings a reader of its own. */
async function openEngine(
  settings: KnownTable['engine'],
  options: WorldOptions,
  { worker, folder, ...parts }: LocalParts,
): ReturnType<typeof openRemoteEngine> {
  if (settings.name !== 'duckdb') {
    const { openRemoteEngine: open } = await import('./adapters/remote/open-engine.js');
    const resultsOf = async (location: Location): Promise<MeteredStore['store']> =>
      (await openStore(location, options, parts.region, false)).store;
    return open(settings, { ...parts, environment: options.environment, resultsOf });
  }
  const { openDuckdbEngine } = await import('./adapters/duckdb/engine.js');
  const { spool, target } = parts;
  const engine = openDuckdbEngine({ target: target.store, folder, pathOf: spool.pathOf, worker });
  return { engine, reader: spool, end: () => undefined };
}

/** For one hour at a time on a small machine; DuckDB spills to disk beyond it. */
const engineLimits = { memory: '1GiB', threads: 2 } as const;

const stopper = (timer: NodeJS.Timeout) => (): void => clearInterval(timer);

const added = (a: RequestCount, b: RequestCount): RequestCount => ({
  put: a.put + b.put,
  get: a.get + b.get,
  list: a.list + b.list,
});

type RequestCount = ReturnType<MeteredStore['requests']>;

interface OpenStore extends MeteredStore {
  /** Where the bucket lies, once it has said so; another server's Region is a name only. */
  readonly bucketRegion?: () => string | undefined;
  readonly client?: S3Client;
}

/** One folder or bucket, every request counted as S3 would bill it. */
async function openStore(
  location: Location,
  options: WorldOptions,
  region: string | undefined,
  create: boolean,
): Promise<OpenStore> {
  const { metered } = await import('./adapters/wrap/metered.js');
  if (location.scheme === 'file') {
    const { openFileStore } = await import('./adapters/files/object-store.js');
    return metered(openFileStore({ root: location.root, create }));
  }
  const [{ createS3Client }, { openS3Store }] = await Promise.all([
    import('./adapters/aws/client.js'),
    import('./adapters/aws/object-store.js'),
  ]);
  const client = createS3Client({
    ...(region === undefined ? {} : { region }),
    ...(options.endpointUrl === undefined ? {} : { endpointUrl: options.endpointUrl }),
    ...(options.profile === undefined ? {} : { profile: options.profile }),
  });
  const { watchBucketRegion } = await import('./adapters/aws/bucket-region.js');
  return {
    ...metered(openS3Store({ bucket: location.bucket, client })),
    client,
    ...(client.config.forcePathStyle ? {} : { bucketRegion: watchBucketRegion(client) }),
  };
}

/** A bucket is listed by a client of its own; a folder, and a directory bucket, as they are. */
async function openLister(
  location: Location,
  options: WorldOptions,
  region: string | undefined,
  hasVersions: boolean,
): Promise<OpenLister> {
  const { store: lister, client, ...open } = await openStore(location, options, region, false);
  if (!client || location.scheme === 'file' || isDirectoryBucket(location.bucket)) return { lister, ...open };
  const { openBucketLister } = await import('./adapters/aws/bucket-lister.js');
  return { lister, ...openBucketLister(location.bucket, client, hasVersions) };
}
