/** A step that failed for a lasting cause fails again: with the same sources it waits, longer each time, and the hour says so. */
import { BucketwiseError, type ErrorCode } from '../kernel/errors.js';
import { skewMs } from './claim.js';
import type { Hour } from './hours.js';
import type { Setback } from './journal.js';
import type { Step } from './recover.js';

/** What a line that is cut or a store that is busy brings about is not among these: the next run may well succeed. */
const lasting: ReadonlySet<ErrorCode> = new Set([
  'CATALOG_REFUSED',
  'COMMIT_FALLEN',
  'CONDITION_UNSUPPORTED',
  'ENGINE_FAILED',
  'FOOTER_UNREADABLE',
  'LOGIN_REFUSED',
  'OBJECT_ARCHIVED',
  'OBJECT_TOO_LARGE',
  'PERMISSION_DENIED',
] satisfies ErrorCode[]);

export const isLasting = (error: unknown): error is BucketwiseError =>
  error instanceof BucketwiseError && lasting.has(error.code);

const hourMs = 3_600_000;
const longestPauseMs = 24 * hourMs;

/** The next run tries again; from the second time on it pays to wait. */
export const pauseMs = (times: number): number =>
  times < 2 ? 0 : Math.min(hourMs * 2 ** (times - 2), longestPauseMs);

/** What is tried: other sources, or other rules, are another try. */
const subjectOf = (step: Step, { next, pointer, rules }: Hour): string =>
  step === 'compact' && next && 'runId' in next
    ? `${next.runId} ${rules}`
    : `${pointer?.record.runId ?? ''} ${rules}`;

const again =
  ' It is tried again by the next run, then after pauses that grow to a day; at once when named by --partition.';

/** Of an hour that no run tries by itself any more. */
export const outdatedText = ({ why }: Setback): string =>
  `It is older than lookback and is tried only when named by --partition or --from. It failed: ${why.replace(again, '')}`;

export function setbackOf(
  { hour, step, now }: { readonly hour: Hour; readonly step: Step; readonly now: number },
  before: Setback | undefined,
  why: string,
): Setback {
  const of = subjectOf(step, hour);
  const times = before?.step === step && before.of === of ? before.times + 1 : 1;
  return {
    ...{ step, of, times, at: now },
    // The same words every time: news is told once.
    why: `${why}${again}`,
  };
}

export function isPaused(hour: Hour, step: Step, now: number): boolean {
  const setback = hour.claim?.setback;
  return (
    setback !== undefined &&
    setback.step === step &&
    setback.of === subjectOf(step, hour) &&
    setback.at <= now + skewMs &&
    now < setback.at + pauseMs(setback.times)
  );
}
