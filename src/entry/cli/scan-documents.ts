/** `scan merge` and `scan diff`: saved scans put together, and held against each other. */
import { type Door, given, look, watching, wholeNumber } from './door.js';

interface DocumentFlags {
  readonly top: string;
  readonly month?: string;
  readonly queriesPerMonth?: string;
  readonly out?: string;
}

export async function run(
  door: Door,
  [verb, ...paths]: readonly string[],
  flags: DocumentFlags,
): Promise<void> {
  const { month, queriesPerMonth, out } = flags;
  const top = wholeNumber('--top', flags.top, 1);
  const [older = '', newer = ''] = paths;
  const shown =
    verb === 'merge'
      ? await door.app.mergeScans({ paths, top, ...given({ month, queriesPerMonth, out }) }, watching(door))
      : await door.app.diffScans({ older, newer, top, ...given({ month }) });
  door.terminal.out(door.app.show(shown, door.format, look(door)));
}
