/** What every command is handed: the program, the terminal, and how it is stopped. */
import type { App } from '../../app.js';
import { raise } from '../../kernel/errors.js';
import type { Terminal } from './terminal.js';

export interface Door {
  readonly app: App;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** As asked for: a result may not have it. */
  readonly format: string;
}

/** How a use case speaks through this terminal. */
export const watching = (door: Door) => ({
  progress: door.terminal.progress,
  note: door.terminal.note,
  signal: door.signal,
});

export const look = (door: Door) => ({ width: door.terminal.width, colour: door.terminal.colour });

/** A flag that must be a whole number. Errors: ARGUMENT_INVALID. */
export function wholeNumber(flag: string, text: string, least = 0): number {
  if (!/^\d{1,15}$/.test(text) || Number(text) < least)
    raise('ARGUMENT_INVALID', { field: flag, why: `"${text}" is not a whole number of at least ${least}` });
  return Number(text);
}

/** Only the flags that were given: an absent one stays absent. */
export function given<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
