/** One S3 client for one Region or endpoint; credentials come from the default chain or the named profile. */
import { S3Client } from '@aws-sdk/client-s3';

export interface S3ClientOptions {
  /** Default: what the SDK finds in the environment or the profile. */
  readonly region?: string;
  readonly endpointUrl?: string;
  readonly profile?: string;
}

const CONNECT_MS = 10_000;
/** Without a byte in either direction for so long a connection is lost. */
const SILENCE_MS = 120_000;
const SOCKETS = 128;

export function createS3Client({ region, endpointUrl, profile }: S3ClientOptions): S3Client {
  const { env } = process;
  // A person who runs a data tool cannot act on it.
  env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const elsewhere = endpointUrl ?? env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL;
  return new S3Client({
    ...(region !== undefined && { region }),
    ...(endpointUrl !== undefined && { endpoint: endpointUrl }),
    ...(profile !== undefined && { profile }),
    // Other servers rarely answer under bucket.host, and loopback cannot.
    forcePathStyle: Boolean(elsewhere),
    followRegionRedirects: !elsewhere,
    maxAttempts: 5,
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
      httpAgent: { maxSockets: SOCKETS, keepAlive: true },
      httpsAgent: { maxSockets: SOCKETS, keepAlive: true },
    },
  });
}
