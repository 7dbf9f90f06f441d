/** Every failure leaves as application/problem+json (RFC 9457) with its code; the status comes from the table. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
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

export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = asKnown(error as FastifyError);
  const problem: Problem = {
    type: 'about:blank',
    title: known.code,
    status: errorTable[known.code].status,
    code: known.code,
    detail: known.message,
    hint: known.hint,
    instance: request.url,
  };
  // Serialised here: the route's own response schemas describe successes.
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .serializer((value: unknown) => JSON.stringify(value))
    .send(problem);
}

/** What fastify itself refuses (syntax, size, media type) is the body's fault; anything else unknown is ours. */
function asKnown(error: FastifyError): BucketwiseError {
  if (error instanceof BucketwiseError) return error;
  if (error.statusCode !== undefined && error.statusCode < 500)
    return new BucketwiseError('BODY_INVALID', { why: error.message });
  return new BucketwiseError('UNEXPECTED', { why: 'see the log of the server' }, error);
}
