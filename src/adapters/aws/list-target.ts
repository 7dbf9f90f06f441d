/** Where a bucket's LIST goes is what the SDK would do: endpoint, addressing style and Region, whatever set them. */
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { ListBucket } from './list-bucket.js';
import type { Credentials } from './list-signing.js';
import { s3Failed } from './s3-errors.js';

export interface ListTarget {
  readonly protocol: string;
  /** With the port where it is not the usual one. */
  readonly host: string;
  readonly hostname: string;
  readonly port: number | undefined;
  readonly path: string;
  /** What the signature names; the bucket's own once it is known. */
  readonly region: string;
}

interface Built {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
}

interface SdkContext {
  readonly endpointV2?: {
    readonly properties?: { readonly authSchemes?: readonly { readonly signingRegion?: string }[] };
  };
}

/** As the SDK's client is configured. */
export function sdkBucket(name: string, client: S3Client): ListBucket {
  const config = client.config as {
    readonly credentials: (how?: { readonly forceRefresh: boolean }) => Promise<Credentials>;
    readonly followRegionRedirects?: boolean;
  };
  return {
    target: (region) => listTarget(name, client, region),
    credentials: (how) => config.credentials(how),
    followsRedirects: config.followRegionRedirects === true,
    failed: (asked, cause) => s3Failed({ name, client }, asked, cause),
  };
}

/**
 * Has the SDK build a request, and takes it away before it is signed and sent. `region`: where a redirect said that the bucket lies.
 * Errors: those of the SDK, such as a Region that is missing.
 */
async function listTarget(name: string, client: S3Client, region?: string): Promise<ListTarget> {
  const command = new ListObjectsV2Command({ Bucket: name });
  let target: ListTarget | undefined;
  if (region !== undefined)
    command.middlewareStack.add(
      (next, context) => (args) => {
        // As the SDK's own middleware of redirects does.
        (context as { __s3RegionRedirect?: string }).__s3RegionRedirect = region;
        return next(args);
      },
      { step: 'initialize', name: 'listRegion' },
    );
  command.middlewareStack.add(
    (_next, context) =>
      async ({ request }) => {
        const { endpointV2 } = context as SdkContext;
        const signing = endpointV2?.properties?.authSchemes?.[0]?.signingRegion;
        target = targetOf(request as Built, region ?? signing ?? (await client.config.region()));
        return { response: {}, output: { $metadata: {} } };
      },
    { step: 'build', name: 'listTarget', priority: 'low' },
  );
  await client.send(command);
  return target!;
}

function targetOf({ protocol, hostname, port, path }: Built, region: string): ListTarget {
  return {
    protocol,
    hostname,
    port,
    host: port === undefined ? hostname : `${hostname}:${port}`,
    path: path === '' ? '/' : path,
    region,
  };
}
