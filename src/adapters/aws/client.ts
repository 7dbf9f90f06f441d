/** One S3 client for one Region or endpoint; credentials come from the default chain or the named profile. */
import { S3Client } from '@aws-sdk/client-s3';
import { raise } from '../../kernel/errors.js';

/** How a store is reached. */
export interface Reach {
  /** Default: what the SDK finds in the environment or the profile. */
  readonly region?: string;
  readonly endpointUrl?: string;
  readonly profile?: string;
}

export interface S3ClientOptions extends Reach {
  /** How often one request is sent at most; the SDK waits in between. */
  readonly attempts?: number;
}

const CONNECT_MS = 10_000;
/** Without a byte in either direction for so long a connection is lost. */
const SILENCE_MS = 120_000;
const SOCKETS = 128;
/** The SDK would write to the console of whoever runs the program; what matters is in the error. */
const quiet = (): void => undefined;
const silence = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };

function checkEndpoint(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    raise('ARGUMENT_INVALID', {
      field: '--endpoint-url or AWS_ENDPOINT_URL',
      why: `"${text}" is not an address such as http://127.0.0.1:9000`,
    });
}

/** Errors: ARGUMENT_INVALID for an endpoint that is no address. */
export function createS3Client({ region, endpointUrl, profile, attempts = 5 }: S3ClientOptions): S3Client {
  const { env } = process;
  // A person who runs a data tool cannot act on it.
  env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const elsewhere = endpointUrl ?? (env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL);
  if (elsewhere !== undefined && elsewhere !== '') checkEndpoint(elsewhere);
  return new S3Client({
    ...(region !== undefined && { region }),
    ...(endpointUrl !== undefined && { endpoint: endpointUrl }),
    ...(profile !== undefined && { profile }),
    // Other servers rarely answer under bucket.host, and loopback cannot.
    forcePathStyle: Boolean(elsewhere),
    followRegionRedirects: !elsewhere,
    maxAttempts: attempts,
    logger: silence,
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
      httpAgent: { maxSockets: SOCKETS, keepAlive: true },
      httpsAgent: { maxSockets: SOCKETS, keepAlive: true },
    },
  });
}
