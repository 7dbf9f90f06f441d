/** Every failure leaves as application/problem+json (RFC 9457) with its code; the status comes from the table. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { bytesText } from '../../kernel/bytes.js';
import { BucketwiseError, errorTable } from '../../kernel/errors.js';

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly hint: string;
  readonly instance: string;
}

export const problemSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['type', 'title', 'status', 'code', 'detail', 'hint', 'instance'],
  properties: {
    type: { type: 'string', description: 'about:blank: the code says what kind it is.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'NOUN_STATE, stable.' },
    detail: { type: 'string' },
    hint: { type: 'string', description: 'What to do about it.' },
    instance: { type: 'string' },
  },
} as const;

/** How a problem stands in the description of a route. */
export const problems = {
  default: {
    description: 'What went wrong.',
    content: { 'application/problem+json': { schema: problemSchema } },
  },
} as const;

const mediaType = 'application/problem+json';

/** `told` hears of what nobody expected: the answer itself says nothing of the inside. */
export const problemSender =
  (told: (text: string) => void) =>
  (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const known = asKnown(error as FastifyError, request);
    if (known.code === 'UNEXPECTED') told(`${request.method} ${request.url}: ${traceOf(error)}`);
    const problem = problemOf(known, request.url);
    // Serialised here: the route's own response schemas describe successes.
    return reply
      .code(problem.status)
      .type(mediaType)
      .serializer((value: unknown) => JSON.stringify(value))
      .send(problem);
  };

const traceOf = (error: unknown): string => (error instanceof Error && error.stack) || String(error);

function problemOf(error: BucketwiseError, instance: string): Problem {
  return {
    type: 'about:blank',
    title: error.code,
    status: errorTable[error.code].status,
    code: error.code,
    detail: error.message,
    hint: error.hint,
    instance,
  };
}

/** What fastify itself refuses is the request's fault; anything else unknown is ours. */
function asKnown(error: FastifyError, request: FastifyRequest): BucketwiseError {
  if (error instanceof BucketwiseError) return error;
  if (error.statusCode === 413)
    return new BucketwiseError('BODY_TOO_LARGE', { limit: bytesText(request.routeOptions.bodyLimit ?? 0) });
  if (error.statusCode === 415) {
    const type = request.headers['content-type'];
    return new BucketwiseError('MEDIA_TYPE_UNSUPPORTED', {
      what: type ? `content-type "${type}"` : 'no content-type',
    });
  }
  if (error.code === 'FST_ERR_BAD_URL' || error.code === 'FST_ERR_MAX_PARAM_LENGTH')
    return new BucketwiseError('REQUEST_INVALID', { why: 'its path is too long or wrongly encoded' });
  if (error.statusCode !== undefined && error.statusCode < 500)
    return new BucketwiseError('BODY_INVALID', { why: error.message.replace(/\.$/, '') });
  return new BucketwiseError('UNEXPECTED', { why: 'see the log of the server' }, error);
}

/** A whole answer for what is no HTTP at all, or comes too slowly: there is no request yet to reply to. */
export function rawProblem(code: string | undefined): string {
  const error =
    code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? new BucketwiseError('REQUEST_TIMEOUT', {})
      : code === 'HPE_HEADER_OVERFLOW'
        ? new BucketwiseError('HEADERS_TOO_LARGE', {})
        : new BucketwiseError('REQUEST_INVALID', { why: 'it is not HTTP as this server reads it' });
  const problem = problemOf(error, '');
  const body = JSON.stringify(problem);
  return [
    `HTTP/1.1 ${problem.status} ${error.code}`,
    `Content-Type: ${mediaType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
