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

/** Errors: PERMISSION_DENIED, CREDENTIALS_UNUSABLE, CONDITION_FAILED for a token of other words, else ENGINE_FAILED. */
export function athenaFailed(action: string, cause: unknown): never {
  const { name, message } = cause as Thrown;
  const why = printable([name, message].filter(Boolean).join(': ')).slice(0, 500);
  switch (athenaFaultOf(cause)) {
    case 'denied':
      return raise('PERMISSION_DENIED', { action, what: 'the workgroup' }, cause);
    case 'credentials':
      return raise('CREDENTIALS_UNUSABLE', { why }, cause);
    case 'token':
      return raise('CONDITION_FAILED', { key: 'the attempt' }, cause);
    case 'quota':
      return raise(
        'ENGINE_FAILED',
        {
          engine: 'athena',
          partition: 'the hour',
          why: `the account's quota of queries stayed full: ${why}`,
        },
        cause,
      );
    default:
      return raise('ENGINE_FAILED', { engine: 'athena', partition: 'the hour', why }, cause);
  }
}
