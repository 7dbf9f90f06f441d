/** The only place that joins the adapters: real stores, the real engine, the real clock. Heavy parts load when first used. */
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { OpenLister, Surroundings } from './app/surroundings.js';
import { isDirectoryBucket, type Location } from './kernel/s3.js';
import { openCompaction } from './world/compaction.js';
import { openStore, reached, type WorldOptions } from './world/stores.js';

export type { WorldOptions } from './world/stores.js';

export function createWorld(options: WorldOptions): Surroundings {
  const { AWS_REGION, AWS_DEFAULT_REGION, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = options.environment;
  // A variable set to nothing is a variable not set.
  const region = options.region ?? (AWS_REGION || AWS_DEFAULT_REGION || undefined);
  const endpoint = options.endpointUrl ?? (AWS_ENDPOINT_URL_S3 || AWS_ENDPOINT_URL || 'AWS');
  return {
    clock: { now: Date.now },
    region,
    files: {
      read: async (path) => (await import('./adapters/files/text-files.js')).readText(path),
      write: async (path, text) => (await import('./adapters/files/text-files.js')).writeText(path, text),
      checkWritable: async (path) => (await import('./adapters/files/text-files.js')).checkWritable(path),
      exists: async (path) => (await import('./adapters/files/text-files.js')).textExists(path),
      md5: async (path) => (await import('./adapters/files/text-files.js')).fileMd5(path),
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
      (await import('./adapters/files/kept-position.js')).openKeptPosition(out, [...names, endpoint]),
    openInventory: async (place) =>
      (await import('./adapters/inventory/open-inventory.js')).openInventory(place, reached(options, region)),
    openQueryEngine: async (settings, asked) =>
      (await import('./adapters/remote/open-query-engine.js')).openQueryEngine(settings, {
        ...{ region: asked, profile: options.profile, environment: options.environment },
        resultsOf: async (location) => (await openStore(location, options, asked, false)).store,
      }),
    fresh: randomUUID,
    openLogs: async (uri) =>
      (await import('./adapters/files/log-files.js')).openLogs(uri, (at) =>
        openStore(at, options, region, false),
      ),
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

/** A bucket is listed by a client of its own; a folder, and a directory bucket, as they are. */
async function openLister(
  location: Location,
  options: WorldOptions,
  region: string | undefined,
  hasVersions: boolean,
): Promise<OpenLister> {
  if (location.scheme === 's3' && !isDirectoryBucket(location.bucket)) {
    const { openBucketLister } = await import('./adapters/aws/bucket-lister.js');
    return openBucketLister(location.bucket, reached(options, region), hasVersions);
  }
  const { store, ...open } = await openStore(location, options, region, false);
  return { ...open, lister: store };
}
