/** What a runner does next, from what it has read: the pointer, then the listing. Pure, total, and the whole of recovery. */
import type { Protocol } from './protocol.js';
import { type Attempt, b1, c1, gone, keysOf, names, type Pointer } from './state.js';

export type Due =
  | { readonly what: 'nothing' }
  | {
      readonly what: 'generation';
      readonly sources: number;
      readonly covered: number;
      readonly carried: number;
    }
  | { readonly what: 'mark' | 'retire'; readonly sources: number }
  | { readonly what: 'publish' | 'unpublish' | 'clean'; readonly attempts: readonly number[] };

const nothing: Due = { what: 'nothing' };

/**
 * `listed` is younger than `pointer`: what the pointer covers was there when it was committed. `renamed`: c has the bytes
 * that b has or had.
 */
export function due(
  protocol: Protocol,
  pointer: Pointer,
  listed: number,
  shown: number,
  attempts: readonly Attempt[],
  renamed: number,
): Due {
  if (protocol.placement === 'in-place') return listed === 0 ? nothing : generation(listed, listed, 0);
  const sweeping = cleanDue(protocol, pointer, attempts);
  if (sweeping && protocol.cleaning === 'first') return sweeping;
  const retirement = retirementDue(protocol, pointer, listed);
  if (retirement && protocol.order === 'retire-first') return retirement;
  return (
    generationDue(protocol, pointer, listed, heldOf(protocol, pointer, listed, renamed)) ??
    publishDue(protocol, pointer, shown, attempts) ??
    retirement ??
    sweeping ??
    nothing
  );
}

const generation = (sources: number, covered: number, carried: number): Due => ({
  what: 'generation',
  sources,
  covered,
  carried,
});

/** A late version is one that is there and not covered; the same bytes under the same key are not late. */
function generationDue(protocol: Protocol, pointer: Pointer, listed: number, held: number): Due | undefined {
  const late = listed & ~pointer.covered & ~held;
  if (late === 0) return undefined;
  if (isMarkMissing(protocol, pointer, listed)) return { what: 'mark', sources: 0 };
  return isCarried(protocol, pointer, listed)
    ? generation(late, pointer.covered | late, pointer.files)
    : generation(listed, listed, 0);
}

/** Its rows are in the hour already. */
const heldOf = ({ renames }: Protocol, { covered }: Pointer, listed: number, renamed: number): number =>
  renamed && renames === 'held' && covered & b1 && !(listed & b1) ? c1 & ~covered : 0;

/** Without the mark all compacted sources were there; some are not, so the hour cannot be rebuilt. */
const isMarkMissing = ({ vanished, generations }: Protocol, pointer: Pointer, listed: number): boolean =>
  vanished === 'marked' &&
  generations === 'by-mark' &&
  !pointer.marked &&
  (keysOf(pointer.covered) & ~keysOf(listed)) !== 0;

function isCarried({ generations }: Protocol, pointer: Pointer, listed: number): boolean {
  if (pointer.revision === 0 || generations === 'rebuild') return false;
  if (generations === 'carry') return true;
  if (generations === 'by-mark') return pointer.marked;
  return (keysOf(pointer.covered) & ~keysOf(listed)) !== 0;
}

/** First what lacks in the folder, then what is too many. What a newer pointer published is not this one's to take away. */
function publishDue(
  { publish }: Protocol,
  { files, revision }: Pointer,
  shown: number,
  attempts: readonly Attempt[],
): Due | undefined {
  if (publish === 'none' || revision === 0) return undefined;
  const lacking = where(attempts, (_, at) => names(files & ~shown, at));
  if (lacking.length > 0) return { what: 'publish', attempts: lacking };
  const extra = where(attempts, (one, at) => names(shown & ~files, at) && one.revision < revision);
  return extra.length > 0 ? { what: 'unpublish', attempts: extra } : undefined;
}

function where(attempts: readonly Attempt[], is: (one: Attempt, at: number) => boolean): number[] {
  const found: number[] = [];
  for (let at = 0; at < attempts.length; at++) if (is(attempts[at]!, at)) found.push(at);
  return found;
}

function retirementDue(protocol: Protocol, pointer: Pointer, listed: number): Due | undefined {
  const leftover = listed & pointer.covered;
  if (protocol.sources === 'keep' || leftover === 0) return undefined;
  if (!pointer.old && protocol.grace === 'kept') return undefined;
  const isFree = pointer.marked || protocol.retirement === 'unmarked';
  return { what: isFree ? 'retire' : 'mark', sources: leftover };
}

/** Dead: begun at an earlier revision, so that its commit must fail, and not named by the pointer, so that no commit will name it. */
function cleanDue(protocol: Protocol, pointer: Pointer, attempts: readonly Attempt[]): Due | undefined {
  if (protocol.cleanup !== 'eager' && protocol.sweeping === 'when-old' && !pointer.old) return undefined;
  const dead = where(
    attempts,
    (one, at) =>
      !names(pointer.files, at) && (one.intent || one.status !== gone) && isDead(protocol, pointer, one),
  );
  return dead.length > 0 ? { what: 'clean', attempts: dead } : undefined;
}

const isDead = ({ cleanup }: Protocol, pointer: Pointer, attempt: Attempt): boolean =>
  cleanup === 'eager' || attempt.revision < pointer.revision;
