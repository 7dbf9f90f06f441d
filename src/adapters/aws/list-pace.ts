/** How many requests are under way at once: half as many after each word to slow down, one more for each round that went well. */

export interface Pace {
  /** Waits for its turn. */
  enter(): Promise<void>;
  leave(wentWell: boolean): void;
  /** A server asked for less. */
  slower(): void;
  readonly allowed: number;
}

export function createPace(most: number): Pace {
  let allowed = most;
  let active = 0;
  /** Answers since the last word to slow down: those that were under way then say nothing new. */
  let since = 0;
  const waiting: (() => void)[] = [];
  const admit = (): void => {
    while (active < Math.floor(allowed) && waiting.length > 0) {
      active += 1;
      waiting.shift()!();
    }
  };
  return {
    enter: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        admit();
      }),
    leave: (wentWell) => {
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
  };
}
