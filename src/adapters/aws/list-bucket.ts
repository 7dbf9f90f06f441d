/**
 * What a listing needs to know of its bucket: where it is asked for, and as whom. Both are what the SDK would make of it; where nothing
 * but the environment and an endpoint says so, the SDK, whose loading takes longer than some listings, is not asked.
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Reach } from './client.js';
import type { Credentials } from './list-signing.js';
import type { ListTarget } from './list-target.js';
import { type Asked, s3Failed } from './s3-errors.js';

export interface ListBucket {
  /** `region`: where a redirect said that the bucket lies. Errors: those of the SDK, such as a Region that is missing. */
  target(region?: string): Promise<ListTarget>;
  /** `forceRefresh`: anew, though those there are seem good. */
  credentials(how?: { readonly forceRefresh: boolean }): Promise<Credentials>;
  /** Another server's redirects are not S3's. */
  readonly followsRedirects: boolean;
  /** The error that the caller is told; never returns. */
  failed(asked: Asked, cause: unknown): Promise<never>;
}

export async function openListBucket(name: string, reach: Reach): Promise<ListBucket> {
  const { env } = process;
  const plain = hasSharedFiles(env) ? undefined : plainBucket(name, reach, env);
  if (plain) return plain;
  const [{ createS3Client }, { sdkBucket }] = await Promise.all([
    import('./client.js'),
    import('./list-target.js'),
  ]);
  return sdkBucket(name, createS3Client(reach));
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Either may name another endpoint, or forbid one. AWS SDKs and Tools Reference Guide, "Shared config and credentials files". */
const hasSharedFiles = (env: Environment): boolean =>
  existsSync(env.AWS_CONFIG_FILE || join(homedir(), '.aws', 'config')) ||
  existsSync(env.AWS_SHARED_CREDENTIALS_FILE || join(homedir(), '.aws', 'credentials'));

/** Names that are nothing but names: no ARN, no alias, nothing the SDK has a rule for. */
const PLAIN_NAME = /^(?!.*--|.*-s3alias$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PLAIN_REGION = /^(?!aws-global$|fips-|.*-fips$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** Each would change where requests go, or as whom they are signed. */
const OTHERWISE = [
  'AWS_PROFILE',
  'AWS_USE_FIPS_ENDPOINT',
  'AWS_USE_DUALSTACK_ENDPOINT',
  'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
] as const;

/** A bucket at an endpoint that is named, with keys from the environment; undefined where more than that may say where it is. */
export function plainBucket(
  name: string,
  { region, endpointUrl, profile }: Reach,
  env: Environment,
): ListBucket | undefined {
  const keys = keysIn(env);
  const place = endpointUrl ?? (env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || '');
  const where = region ?? env.AWS_REGION ?? '';
  if (!keys || profile !== undefined || OTHERWISE.some((variable) => env[variable])) return undefined;
  if (!PLAIN_NAME.test(name) || !PLAIN_REGION.test(where) || !URL.canParse(place)) return undefined;
  const { protocol, hostname, port, origin, href } = new URL(place);
  if (!/^https?:$/.test(protocol) || href !== `${origin}/`) return undefined;
  const endpoint = { protocol, hostname, port: port === '' ? undefined : Number(port) };
  const host = port === '' ? hostname : `${hostname}:${port}`;
  const target = { ...endpoint, host, path: `/${name}/`, region: where };
  const config = { endpoint: async () => endpoint, region: async () => where };
  return {
    target: async () => target,
    // Who runs the program within his own may have set others.
    credentials: async () => keysIn(env) ?? keys,
    followsRedirects: false,
    failed: (asked, cause) => s3Failed({ name, client: { config } }, asked, cause),
  };
}

function keysIn(env: Environment): Credentials | undefined {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken: env.AWS_SESSION_TOKEN || undefined };
}
