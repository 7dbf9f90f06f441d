import type { MeteredStore } from './adapters/wrap/metered.js';
import type { OpenLister, Surroundings } from './app/surroundings.js';
import type { Location } from './kernel/s3.js';

export interface WorldOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly region?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
}

export function createWorld(options: WorldOptions): Surroundings {
  const region = options.region ?? options.environment.AWS_REGION ?? options.environment.AWS_DEFAULT_REGION;
  return {
    clock: { now: Date.now },
    region,
    files: {
      read: async (path) => (await import('./adapters/files/text-files.js')).readText(path),
      write: async (path, text) => (await import('./adapters/files/text-files.js')).writeText(path, text),
      exists: async (path) => (await import('./adapters/files/text-files.js')).textExists(path),
    },
    rateCards: async (name) => (await import('./adapters/files/price-files.js')).rateCards(name),
    regions: async () => (await import('./adapters/files/price-files.js')).regions(),
    openLister: (location) => openLister(location, options, region),
    openCompaction: (table) => openCompaction(table, options, region),
    makeSampleLake: async (root) => (await import('./adapters/files/sample-lake.js')).makeSampleLake(root),
  };
}

/** One folder or bucket, every request counted as S3 would bill it. */
async function openStore(
  location: Location,
  options: WorldOptions,
  region: string | undefined,
): Promise<MeteredStore> {
  const { metered } = await import('./adapters/wrap/metered.js');
  if (location.scheme === 'file') {
    const { openFileStore } = await import('./adapters/files/object-store.js');
    return metered(openFileStore({ root: location.root }));
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
  return metered(openS3Store({ bucket: location.bucket, client }));
}

async function openLister(
  location: Location,
  options: WorldOptions,
  region: string | undefined,
): Promise<OpenLister> {
  const { store, requests } = await openStore(location, options, region);
  return { lister: store, requests };
}
