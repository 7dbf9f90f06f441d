/** The HTTP door: closed schemas in, JSON out, every route described by its own schema in /openapi.json. */
import swagger from '@fastify/swagger';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { App, ServedTables } from '../../app.js';
import { explained } from '../../documents.js';
import { BucketwiseError, raise } from '../../kernel/errors.js';
import { problemSender, problems, rawProblem } from './problems.js';

/** A scan document of 100,000 prefixes is some 40 MB. */
const bodyLimitBytes = 64 * 1024 * 1024;
const requestTimeoutMs = 60_000;
/** What is under way when the server is told to stop has this long to end. */
const drainTimeoutMs = 10_000;

/** `told` hears of failures nobody expected. */
export async function buildServer(
  app: App,
  tables: ServedTables,
  version: string,
  told: (text: string) => void,
  drainMs = drainTimeoutMs,
): Promise<FastifyInstance> {
  const sendProblem = problemSender(told);
  const server = Fastify({
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    // A request that still arrives on an open connection is answered like any other; the connection closes after it.
    return503OnClosing: false,
    // A request without Host is refused with a reason, by the hook below.
    http: { requireHostHeader: false },
    frameworkErrors: sendProblem,
    clientErrorHandler: (error, socket) => {
      if (error.code === 'ECONNRESET' || socket.destroyed) return;
      if (socket.writable) socket.end(rawProblem(error.code));
      else socket.destroy();
    },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: true, verbose: true } },
    schemaErrorFormatter: (errors) => {
      const { field, why } = explained(errors[0] as Parameters<typeof explained>[0]);
      return new BucketwiseError('BODY_INVALID', { why: `${field}: ${why}` });
    },
  });
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'bucketwise', version, description: 'S3 cost estimates and verified compaction.' },
    },
  });
  server.setErrorHandler(sendProblem);
  server.setNotFoundHandler((request) =>
    raise('ROUTE_UNKNOWN', { method: request.method, path: request.url.split('?')[0]! }),
  );
  // Exact amounts and big counts keep every digit: the response schemas describe, they do not rewrite.
  server.setSerializerCompiler(() => (value) => app.jsonText(value));
  // A page elsewhere may resolve its own name to 127.0.0.1 and post here: only loopback names are answered.
  server.addHook('onRequest', async (request) => {
    if (!isLoopback(request.hostname)) raise('HOST_REFUSED', { host: request.hostname });
  });
  server.addHook('onRequest', async ({ headers }) => {
    const coding = headers['content-encoding'];
    if (coding !== undefined && coding !== 'identity')
      raise('MEDIA_TYPE_UNSUPPORTED', { what: `content-encoding "${coding}"` });
  });
  server.removeContentTypeParser('text/plain');
  drainOnClose(server, drainMs);
  addRoutes(server, app, tables);
  await server.ready();
  return server;
}

/** Node waits for every connection it does not know to be idle: those that never asked anything would hold the stop up. */
function drainOnClose(server: FastifyInstance, drainMs: number): void {
  const silent = new Set<FastifyRequest['socket']>();
  server.server.on('connection', (socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  server.server.on('request', ({ socket }) => silent.delete(socket));
  let isClosing = false;
  server.addHook('onSend', async (_, reply) => {
    if (isClosing) reply.header('connection', 'close');
  });
  server.addHook('preClose', async () => {
    isClosing = true;
    for (const socket of silent) socket.destroy();
    setTimeout(() => server.server.closeAllConnections(), drainMs).unref();
  });
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function addRoutes(server: FastifyInstance, app: App, tables: ServedTables): void {
  server.get(
    '/livez',
    {
      schema: {
        operationId: 'getLiveness',
        summary: 'Whether the process answers.',
        response: { 200: { type: 'object', properties: { status: { const: 'ok' } } }, ...problems },
      },
    },
    async () => ({ status: 'ok' }),
  );
  server.get(
    '/openapi.json',
    {
      schema: {
        operationId: 'getDescription',
        summary: 'This description.',
        response: { 200: { type: 'object', description: 'An OpenAPI 3.1 document.' }, ...problems },
      },
    },
    async () => server.swagger(),
  );
  server.post(
    '/v1/cost',
    {
      schema: {
        operationId: 'estimateCost',
        summary: 'An itemised month from a usage document.',
        body: app.schemas.usage,
        response: { 200: app.schemas.bill, ...problems },
      },
    },
    async (request) => (await app.cost({ usage: request.body })).value,
  );
  server.post(
    '/v1/what-if',
    {
      schema: {
        operationId: 'estimateWhatIf',
        summary: 'Before, after, one-off cost and break-even of another layout, from a scan document.',
        body: app.schemas.whatIf,
        response: { 200: app.schemas.outcome, ...problems },
      },
    },
    async (request) => (await app.whatIf(request.body as Parameters<App['whatIf']>[0])).value,
  );
  addPrices(server, app);
  server.get<{ Params: { name: string } }>(
    '/v1/tables/:name/partitions',
    {
      schema: {
        operationId: 'listPartitions',
        summary: 'The state of every hour of a configured table, with its evidence.',
        params: {
          type: 'object',
          additionalProperties: false,
          required: ['name'],
          properties: { name: { type: 'string' } },
        },
        response: { 200: app.schemas.compaction, ...problems },
      },
    },
    async (request) => tables.partitions(request.params.name),
  );
}

function addPrices(server: FastifyInstance, app: App): void {
  server.get<{ Params: { region: string }; Querystring: { month?: string } }>(
    '/v1/prices/:region',
    {
      schema: {
        operationId: 'getPrices',
        summary: 'The rate card of a Region: every price with its source, or why there is none.',
        params: {
          type: 'object',
          additionalProperties: false,
          required: ['region'],
          properties: { region: { type: 'string', description: 'AWS Region, as us-east-1.' } },
        },
        querystring: {
          type: 'object',
          additionalProperties: false,
          properties: { month: { type: 'string', description: 'As 2026-11; this month when absent.' } },
        },
        response: { 200: app.schemas.rateCard, ...problems },
      },
    },
    async ({ params, query }) => (await app.showPrices({ ...params, ...query })).value,
  );
}
