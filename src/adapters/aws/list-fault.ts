/** What an answer to a LIST asks for that is no page: another try after a while, another Region, hour or credentials, or giving up. */
import type { ListAnswer } from './list-transport.js';
import { faultOf } from './s3-errors.js';

/** In the form of the SDK's errors, so that both are told alike. */
export interface ListFault extends Error {
  readonly Code?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; attempts?: number };
  /** Where a redirect points. */
  readonly region?: string;
  readonly host?: string;
  /** The server's clock, milliseconds since 1970. */
  readonly serverTime?: number;
}

export type Remedy = 'slow-down' | 'wait' | 'redirect' | 'clock' | 'credentials' | 'none';

const text = (body: string, name: string): string | undefined =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1];

/** What a server says instead of a page. S3 API Reference, "REST error responses". */
export function faultIn({ status, headers, body }: ListAnswer): ListFault {
  const said = Buffer.concat(body).toString('utf8', 0, 16_384);
  const code = text(said, 'Code');
  const region = headers['x-amz-bucket-region'] ?? text(said, 'Region');
  const host = hostIn(headers.location) ?? text(said, 'Endpoint');
  const time = Date.parse(text(said, 'ServerTime') ?? headers.date ?? '');
  return Object.assign(new Error(text(said, 'Message') ?? ''), {
    name: code ?? 'UnknownError',
    ...(code !== undefined && { Code: code }),
    $metadata: { httpStatusCode: status },
    ...(typeof region === 'string' && region !== '' && { region }),
    ...(host !== undefined && { host }),
    ...(Number.isNaN(time) ? {} : { serverTime: time }),
  });
}

const hostIn = (location: string | undefined): string | undefined =>
  location !== undefined && URL.canParse(location) ? new URL(location).hostname : undefined;

/** A page that cannot be read: what cut it short may not do so again. */
export const brokenPage = (why: string): ListFault =>
  Object.assign(new Error(`the page cannot be read: ${why}`), {
    name: UNREADABLE,
    $metadata: { httpStatusCode: 200 },
  });

const UNREADABLE = 'ListUnreadable';

export function remedyFor(fault: ListFault): Remedy {
  const status = fault.$metadata?.httpStatusCode;
  if (fault.name === UNREADABLE) return 'wait';
  if (status === 301 || status === 307 || fault.Code === 'AuthorizationHeaderMalformed')
    return fault.region !== undefined || fault.host !== undefined ? 'redirect' : 'none';
  if (fault.Code === 'RequestTimeTooSkewed') return fault.serverTime === undefined ? 'none' : 'clock';
  switch (faultOf(fault)) {
    case 'throttled':
      return 'slow-down';
    case 'lost':
    case 'server':
      return 'wait';
    case 'credentials':
      return isExpired(fault.Code) ? 'credentials' : 'none';
    default:
      return 'none';
  }
}

const isExpired = (code: string | undefined): boolean =>
  code === 'ExpiredToken' || code === 'ExpiredTokenException' || code === 'TokenRefreshRequired';

/** Refused before it was sent: nothing was asked, and nothing is billed. An answer of 5xx is not billed either. */
export function isBilled(fault: ListFault): boolean {
  const status = fault.$metadata?.httpStatusCode;
  if (status !== undefined) return status < 500 && status !== 429;
  return !/^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EMFILE|ABORT_ERR)$/.test(
    fault.code ?? '',
  );
}
