/** Where a bucket's LIST goes is what the SDK would do: endpoint, addressing style and Region, whatever set them. */
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { Bucket } from './bucket.js';

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

/**
 * Has the SDK build a request, and takes it away before it is signed and sent. `region`: where a redirect said that the bucket lies.
 * Errors: those of the SDK, such as a Region that is missing.
 */
export async function listTarget({ client, name }: Bucket, region?: string): Promise<ListTarget> {
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
