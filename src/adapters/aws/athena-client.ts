/** One Athena client; AWS_ENDPOINT_URL_ATHENA and the default chain are the SDK's own. */
import { AthenaClient } from '@aws-sdk/client-athena';

export interface AthenaClientOptions {
  readonly region?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
  readonly attempts?: number;
}

const quiet = (): void => undefined;
const silence = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };

export function createAthenaClient({
  region,
  profile,
  endpointUrl,
  attempts = 3,
}: AthenaClientOptions): AthenaClient {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  return new AthenaClient({
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    ...(endpointUrl !== undefined && { endpoint: endpointUrl }),
    maxAttempts: attempts,
    logger: silence,
    requestHandler: { connectionTimeout: 10_000, socketTimeout: 60_000 },
  });
}
