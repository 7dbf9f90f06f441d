/** A server on loopback that answers as told, for the answers a real server cannot be made to give. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';
import { createS3Client } from '../../../src/adapters/aws/client.js';
import { openS3Store } from '../../../src/adapters/aws/object-store.js';

export interface Received {
  /** "PUT /bucket/key?query", as it came over the wire. */
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers one request; `number` counts from 1. */
export type Answer = (request: Received, response: ServerResponse, number: number) => void;

export async function stubbed(t: Test, answer: Answer) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      received.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
      answer(received.at(-1)!, response, received.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  withCredentials(t);
  const client = createS3Client({ region: 'us-east-1', endpointUrl, attempts: 2 });
  t.teardown(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  const store = openS3Store({ bucket: 'bucket', client, pause: async () => undefined });
  return { store, client, endpointUrl, received, lines: () => received.map(({ line }) => line) };
}

export function withCredentials(t: Test, extra: Readonly<Record<string, string | undefined>> = {}): void {
  const wanted: Readonly<Record<string, string | undefined>> = {
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: undefined,
    AWS_PROFILE: undefined,
    AWS_ENDPOINT_URL: undefined,
    AWS_ENDPOINT_URL_S3: undefined,
    AWS_CONFIG_FILE: '/nonexistent/config',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
    AWS_EC2_METADATA_DISABLED: 'true',
    ...extra,
  };
  for (const [name, value] of Object.entries(wanted)) {
    const before = process.env[name];
    t.teardown(() => set(name, before));
    set(name, value);
  }
}

function set(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

/** As S3 words its errors. */
export function refuse(response: ServerResponse, status: number, code: string, message = code): void {
  response.writeHead(status, { 'content-type': 'application/xml', 'x-amz-request-id': 'R1' });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>R1</RequestId></Error>`,
  );
}

export function listing(response: ServerResponse, inner: string): void {
  response.writeHead(200, { 'content-type': 'application/xml' });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</ListBucketResult>`,
  );
}

export const entry = (key: string, size = 1, more = ''): string =>
  `<Contents><Key>${key}</Key><LastModified>2026-11-24T00:00:00.000Z</LastModified><ETag>&quot;e${size}&quot;</ETag><Size>${size}</Size>${more}</Contents>`;
