/** Every answer of S3 that is not the wanted one has one meaning, whatever server gave it. S3 API Reference, "Error responses". */
import { BucketwiseError, raise } from '../../kernel/errors.js';
import { printable } from '../../kernel/s3.js';

export type Fault =
  | 'archived'
  | 'bucket-missing'
  | 'bucket-name'
  | 'condition'
  | 'conflict'
  | 'credentials'
  | 'credentials-missing'
  | 'denied'
  | 'key'
  | 'missing'
  /** No answer came: whatever was asked for may have been done or not. */
  | 'lost'
  | 'other'
  | 'range'
  | 'region'
  /** The server failed: as with 'lost', it may have been done. */
  | 'server'
  | 'throttled'
  | 'unsupported';

const byCode: Readonly<Record<string, Fault>> = {
  AccessDenied: 'denied',
  AllAccessDisabled: 'denied',
  ConditionalRequestConflict: 'conflict',
  CredentialsProviderError: 'credentials',
  ExpiredToken: 'credentials',
  ExpiredTokenException: 'credentials',
  InvalidAccessKeyId: 'credentials',
  InvalidBucketName: 'bucket-name',
  InvalidObjectState: 'archived',
  InvalidRange: 'range',
  InvalidToken: 'credentials',
  KeyTooLongError: 'key',
  NoSuchBucket: 'bucket-missing',
  NoSuchKey: 'missing',
  NoSuchUpload: 'missing',
  NotFound: 'missing',
  NotImplemented: 'unsupported',
  OperationAborted: 'conflict',
  PreconditionFailed: 'condition',
  RequestLimitExceeded: 'throttled',
  RequestTimeTooSkewed: 'credentials',
  RequestTimeout: 'lost',
  SignatureDoesNotMatch: 'credentials',
  SlowDown: 'throttled',
  Throttling: 'throttled',
  ThrottlingException: 'throttled',
  TokenProviderError: 'credentials',
  TokenRefreshRequired: 'credentials',
};

const byStatus: Readonly<Record<number, Fault>> = {
  401: 'credentials',
  403: 'denied',
  404: 'missing',
  412: 'condition',
  416: 'range',
  429: 'throttled',
  501: 'unsupported',
  503: 'throttled',
};

interface Thrown {
  readonly name?: string;
  readonly code?: string;
  readonly Code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
}

export function faultOf(cause: unknown): Fault {
  const { name, Code, message, $metadata } = cause as Thrown;
  const named = byCode[Code ?? ''] ?? byCode[name ?? ''];
  if (named === 'credentials' && /Could not load credentials/.test(message ?? ''))
    return 'credentials-missing';
  if (named) return named;
  if (/^Region is missing/.test(message ?? '')) return 'region';
  const status = $metadata?.httpStatusCode;
  if (status === undefined) return isNetwork(cause) ? 'lost' : 'other';
  return byStatus[status] ?? (status >= 500 ? 'server' : 'other');
}

/** Errors of Node's sockets and of the SDK's own time limits; a mistake in the program is neither. */
const isNetwork = (cause: unknown): boolean => {
  const { name, code } = cause as Thrown;
  return (
    name === 'TimeoutError' ||
    (typeof code === 'string' && /^(?:E[A-Z]{3,}|ERR_(?:SSL|TLS|STREAM)_)/.test(code))
  );
};

/** How often the SDK sent the request; more than once means that an earlier answer was lost or bad. */
export const attemptsOf = (cause: unknown): number => (cause as Thrown).$metadata?.attempts ?? 1;

export interface Asked {
  /** The permission it takes: "s3:GetObject". */
  readonly action: string;
  /** The key; absent for the bucket itself. */
  readonly key?: string;
}

/** What of a bucket is told, however it is reached. */
interface FailedBucket {
  readonly name: string;
  readonly client: {
    readonly config: {
      readonly profile?: string | undefined;
      readonly endpoint?: (() => Promise<Endpoint>) | undefined;
      readonly region: () => Promise<string>;
    };
  };
}

interface Endpoint {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
}

/** Errors: see the switch; never returns. */
export async function s3Failed(bucket: FailedBucket, { action, key }: Asked, cause: unknown): Promise<never> {
  if (cause instanceof BucketwiseError) throw cause;
  const what = `s3://${bucket.name}${key === undefined ? '' : `/${printable(key)}`}`;
  const shown = printable(key ?? '');
  switch (faultOf(cause)) {
    case 'archived':
      return raise('OBJECT_ARCHIVED', { key: shown }, cause);
    case 'bucket-missing':
      return raise('BUCKET_MISSING', { bucket: bucket.name }, cause);
    case 'bucket-name':
      return raise('BUCKET_INVALID', { bucket: bucket.name }, cause);
    case 'credentials':
      return raise('CREDENTIALS_UNUSABLE', { why: reason(cause) }, cause);
    case 'credentials-missing':
      return credentialsMissing(bucket, cause);
    case 'denied':
      return raise('PERMISSION_DENIED', { action, what }, cause);
    case 'key':
      return raise('KEY_UNSUPPORTED', { key: shown, store: 'S3', why: reason(cause) }, cause);
    case 'lost':
      return raise('STORE_FAILED', { action, what, why: await connectionText(bucket, cause) }, cause);
    case 'missing':
      if (key === undefined) return raise('BUCKET_MISSING', { bucket: bucket.name }, cause);
      return raise('OBJECT_MISSING', { key: shown }, cause);
    case 'region':
      return raise('REGION_MISSING', {}, cause);
    case 'throttled':
      return raise('STORE_THROTTLED', { what }, cause);
    default:
      return raise('STORE_FAILED', { action, what, why: reason(cause) }, cause);
  }
}

/** A profile that gives none is more likely a misspelt name than an empty machine. */
function credentialsMissing({ client }: FailedBucket, cause: unknown): never {
  const profile = client.config.profile ?? process.env.AWS_PROFILE;
  if (!profile) raise('CREDENTIALS_MISSING', {}, cause);
  return raise('CREDENTIALS_UNUSABLE', { why: `profile "${printable(profile)}" gives none` }, cause);
}

function reason(cause: unknown): string {
  const { name, message, $metadata } = cause as Thrown;
  const status = $metadata?.httpStatusCode === undefined ? '' : ` (HTTP ${$metadata.httpStatusCode})`;
  const words = [name, message].filter((word) => word && word !== 'Error' && word !== 'UnknownError');
  return printable(`${words.join(': ') || 'no reason given'}${status}`);
}

async function connectionText(bucket: FailedBucket, cause: unknown): Promise<string> {
  const { code, message } = cause as Thrown;
  return printable(`no answer from ${await endpointText(bucket)}: ${message || code || 'connection lost'}`);
}

async function endpointText({ client }: FailedBucket): Promise<string> {
  const endpoint = await client.config.endpoint?.();
  if (!endpoint) return `S3 in ${await client.config.region()}`;
  const port = endpoint.port === undefined ? '' : `:${endpoint.port}`;
  return `${endpoint.protocol}//${endpoint.hostname}${port}`;
}
