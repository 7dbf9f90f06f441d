/** Everything that compaction of one table acts through: its stores, its engine, clock and ids. */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { EngineProcess } from '../adapters/duckdb/process.js';
import type { openRemoteEngine } from '../adapters/remote/open-engine.js';
import type { MeteredStore } from '../adapters/wrap/metered.js';
import type { OpenCompaction } from '../app/surroundings.js';
import type { KnownTable, TableConfig } from '../config.js';
import type { Location } from '../kernel/s3.js';
import { openStore, type WorldOptions } from './stores.js';

export async function openCompaction(
  table: KnownTable,
  options: WorldOptions,
  region: string | undefined,
): Promise<OpenCompaction> {
  const [{ openSpool }, { makeLocalFolder }, { deathWatch, ownerText }] = await Promise.all([
    import('../adapters/files/spool.js'),
    import('../adapters/files/local-folder.js'),
    import('../adapters/files/file-lock.js'),
  ]);
  const [{ openReadback }, { openParquetSources }, { engineProcess }, { openFooterReader }, { exactType }] =
    await Promise.all([
      import('../adapters/duckdb/readback.js'),
      import('../adapters/duckdb/parquet-sources.js'),
      import('../adapters/duckdb/process.js'),
      import('../adapters/parquet-footer.js'),
      import('../adapters/parquet-types.js'),
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
      ...(isParquet ? { parquet: openParquetSources({ pathOf: spool.pathOf, folder, worker }) } : {}),
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
      (await import('../adapters/remote/check-engine.js')).checkEngine(table.engine, {
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
    const { openRemoteEngine: open } = await import('../adapters/remote/open-engine.js');
    const resultsOf = async (location: Location): Promise<MeteredStore['store']> =>
      (await openStore(location, options, parts.region, false)).store;
    return open(settings, { ...parts, environment: options.environment, resultsOf });
  }
  const { openDuckdbEngine } = await import('../adapters/duckdb/engine.js');
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
