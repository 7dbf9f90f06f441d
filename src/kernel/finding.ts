/** What a look at one part of a set-up came to: fit, or what is wrong and what to do about it. */
import { BucketwiseError, type ErrorCode } from './errors.js';

export interface Finding {
  /** In kebab-case, for programs. */
  readonly check: string;
  /** untried: it could only be found out by changing something of the user's. */
  readonly outcome: 'ok' | 'problem' | 'untried';
  /** A sentence without its full stop. */
  readonly what: string;
  /** "" where nothing is to be done. */
  readonly todo: string;
  /** Of the error that showed it. */
  readonly code?: ErrorCode;
}

/** What `look` says when it went well; its error, told as a problem, when it did not. */
export async function finding(check: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { check, outcome: 'ok', what: await look(), todo: '' };
  } catch (error) {
    if (!(error instanceof BucketwiseError)) throw error;
    return problem(check, error.message.replace(/\.$/, ''), error.hint, error.code);
  }
}

export const problem = (check: string, what: string, todo: string, code?: ErrorCode): Finding => ({
  ...{ check, outcome: 'problem', what, todo },
  ...(code === undefined ? {} : { code }),
});
