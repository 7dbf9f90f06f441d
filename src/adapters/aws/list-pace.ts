/** How many requests are under way at once: half as many after each word to slow down, one more for each round that went well. */

export interface Pace {
  /** Waits for its turn. */
  enter(): Promise<void>;
  /** `tookMs`: how long an answer that went well took, where it is to be compared with others. */
  leave(wentWell: boolean, tookMs?: number): void;
  /** A server asked for less. */
  slower(): void;
  readonly allowed: number;
  /**
   * With one more request, answers would take so much longer than one at a time that they would only wait for each other.
   * `streams`: those that have a request under way, or are about to.
   */
  isFull(streams?: number): boolean;
}

/** Requests one at a time: the soonest answer counts. The first has its connection to open, any may wait for a delayed ACK. */
const ALONE = 3;
/** A server that has room answers many about as soon as one; where it has none, twice as many take twice as long. */
const TIMES_AS_LONG = 6;
/** Of an answer in the mean. */
const WEIGHT = 1 / 8;

export function createPace(most: number): Pace {
  let allowed = most;
  let active = 0;
  /** Answers since the last word to slow down: those that were under way then say nothing new. */
  let since = 0;
  let isAlone = true;
  let alone = 0;
  /** The least of those that were alone, and the mean since. */
  let aloneMs = Number.POSITIVE_INFINITY;
  let meanMs = 0;
  /** Under way when they came. */
  let meanActive = 1;
  const waiting: (() => void)[] = [];
  const admit = (): void => {
    while (active < Math.floor(allowed) && waiting.length > 0) {
      active += 1;
      isAlone = active === 1;
      waiting.shift()!();
    }
  };
  const note = (tookMs: number): void => {
    if (alone === ALONE) {
      meanMs += (tookMs - meanMs) * WEIGHT;
      meanActive += (active - meanActive) * WEIGHT;
    } else if (isAlone) {
      alone += 1;
      aloneMs = Math.min(aloneMs, tookMs);
      meanMs = aloneMs;
    }
  };
  return {
    enter: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        admit();
      }),
    leave: (wentWell, tookMs) => {
      if (wentWell && tookMs !== undefined) note(tookMs);
      active -= 1;
      since += 1;
      if (wentWell) allowed = Math.min(most, allowed + 1 / allowed);
      admit();
    },
    slower: () => {
      if (since < allowed) return;
      since = 0;
      allowed = Math.max(1, allowed / 2);
    },
    get allowed() {
      return allowed;
    },
    isFull: (streams = 0) =>
      meanMs * ((Math.max(active, streams) + 1) / meanActive) > TIMES_AS_LONG * aloneMs,
  };
}
