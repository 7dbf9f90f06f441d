/** Every answer of Athena's API that is not the wanted one has one meaning. Athena API Reference, "Common Errors". */
import { raise } from '../../kernel/errors.js';
import { printable } from '../../kernel/s3.js';
import { faultOf } from './s3-errors.js';

export type AthenaFault =
  | 'quota'
  | 'rate'
  | 'lost'
  | 'token'
  | 'request'
  | 'denied'
  | 'credentials'
  | 'other';

interface Thrown {
  readonly name?: string;
  readonly message?: string;
  readonly Reason?: string;
}

/** TooManyRequestsException with a reason is a full quota of queries; without one, and Throttling, the rate of calls. */
export function athenaFaultOf(cause: unknown): AthenaFault {
  const { name = '', message = '', Reason } = cause as Thrown;
  if (name === 'TooManyRequestsException')
    return Reason === 'CONCURRENT_QUERY_LIMIT_EXCEEDED' || /concurrent/i.test(message) ? 'quota' : 'rate';
  if (name === 'InvalidRequestException')
    return /Idempotent parameters do not match/i.test(message) ? 'token' : 'request';
  switch (faultOf(cause)) {
    case 'throttled':
      return 'rate';
    case 'lost':
    case 'server':
      return 'lost';
    case 'denied':
      return 'denied';
    case 'credentials':
    case 'credentials-missing':
      return 'credentials';
    default:
      return 'other';
  }
}

const notNow: Readonly<Partial<Record<AthenaFault, string>>> = {
  quota: "the account's quota of queries stayed full",
  rate: 'it asked to slow down and did not recover',
  lost: 'its answers were lost',
};

/**
 * Errors: PERMISSION_DENIED, CREDENTIALS_UNUSABLE, CONDITION_FAILED for a token of other words, ENGINE_UNAVAILABLE for what
 * says nothing about the statement, else ENGINE_FAILED.
 */
export function athenaFailed(action: string, cause: unknown): never {
  const { name, message } = cause as Thrown;
  const why = printable([name, message].filter(Boolean).join(': ')).slice(0, 500);
  const fault = athenaFaultOf(cause);
  if (notNow[fault])
    raise(
      'ENGINE_UNAVAILABLE',
      {
        engine: 'athena',
        why: `${notNow[fault]}: ${why}`,
        hint: 'The next run tries again; fewer queries at once (engines.athena.maxConcurrent) leave more room for others.',
      },
      cause,
    );
  switch (fault) {
    case 'denied':
      return raise('PERMISSION_DENIED', { action, what: 'the workgroup' }, cause);
    case 'credentials':
      return raise('CREDENTIALS_UNUSABLE', { why }, cause);
    case 'token':
      return raise('CONDITION_FAILED', { key: 'the attempt' }, cause);
    default:
      return raise('ENGINE_FAILED', { engine: 'athena', partition: 'the hour', why }, cause);
  }
}
