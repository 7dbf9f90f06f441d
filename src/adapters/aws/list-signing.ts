/** A GET without a body is signed by Signature Version 4 (AWS General Reference, "Create a signed AWS API request"). */
import { createHash, createHmac } from 'node:crypto';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface Unsigned {
  /** With the port where it is not the usual one. */
  readonly host: string;
  /** As it goes over the wire, encoded. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

export interface Signer {
  readonly credentials: Credentials;
  readonly region: string;
  readonly now: Date;
}

export interface Signed {
  readonly pathAndQuery: string;
  readonly headers: Readonly<Record<string, string>>;
}

const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** RFC 3986: encodeURIComponent leaves five characters that are to be encoded. */
export const percentEncoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

export function signedGet({ host, path, query }: Unsigned, { credentials, region, now }: Signer): Signed {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${stamp.slice(0, 8)}/${region}/s3/aws4_request`;
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const headers: Record<string, string> = {
    host,
    'x-amz-content-sha256': EMPTY_SHA256,
    'x-amz-date': stamp,
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
  };
  const queryText = Object.keys(query)
    .sort()
    .map((name) => `${percentEncoded(name)}=${percentEncoded(query[name]!)}`)
    .join('&');
  const names = Object.keys(headers).sort();
  const headerText = names.map((name) => `${name}:${headers[name]}\n`).join('');
  const canonical = `GET\n${path}\n${queryText}\n${headerText}\n${names.join(';')}\n${EMPTY_SHA256}`;
  const digest = createHash('sha256').update(canonical).digest('hex');
  const signature = hmac(
    signingKey(secretAccessKey, scope),
    `AWS4-HMAC-SHA256\n${stamp}\n${scope}\n${digest}`,
  ).toString('hex');
  headers.authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { pathAndQuery: queryText === '' ? path : `${path}?${queryText}`, headers };
}

/** The last one: it holds for a day, and for all requests of a listing. */
let known: { readonly secret: string; readonly scope: string; readonly key: Buffer } | undefined;

function signingKey(secret: string, scope: string): Buffer {
  if (known?.secret !== secret || known.scope !== scope) {
    const parts = scope.split('/');
    const key = parts.reduce<string | Buffer>((from, part) => hmac(from, part), `AWS4${secret}`) as Buffer;
    known = { secret, scope, key };
  }
  return known.key;
}
