/** Folders and buckets, opened as the options of a world say. */
import type { MeteredStore } from '../adapters/wrap/metered.js';
import type { Location } from '../kernel/s3.js';

export interface WorldOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly region?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
}

export interface OpenStore extends MeteredStore {
  /** Where the bucket lies, once it has said so; another server's Region is a name only. */
  readonly bucketRegion?: () => string | undefined;
}

/** One folder or bucket, every request counted as S3 would bill it. */
export async function openStore(
  location: Location,
  options: WorldOptions,
  region: string | undefined,
  create: boolean,
): Promise<OpenStore> {
  const { metered } = await import('../adapters/wrap/metered.js');
  if (location.scheme === 'file') {
    const { openFileStore } = await import('../adapters/files/object-store.js');
    return metered(openFileStore({ root: location.root, create }));
  }
  const [{ createS3Client }, { openS3Store }] = await Promise.all([
    import('../adapters/aws/client.js'),
    import('../adapters/aws/object-store.js'),
  ]);
  const client = createS3Client(reached(options, region));
  const { watchBucketRegion } = await import('../adapters/aws/bucket-region.js');
  return {
    ...metered(openS3Store({ bucket: location.bucket, client })),
    ...(client.config.forcePathStyle ? {} : { bucketRegion: watchBucketRegion(client) }),
  };
}

export const reached = ({ endpointUrl, profile }: WorldOptions, region: string | undefined) => ({
  ...(region === undefined ? {} : { region }),
  ...(endpointUrl === undefined ? {} : { endpointUrl }),
  ...(profile === undefined ? {} : { profile }),
});
