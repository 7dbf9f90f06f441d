/** `scan`: what lies under an address, tallied and priced; saved with --out for the other commands. */
import { raise } from '../../kernel/errors.js';
import { type Door, given, look, watching, wholeNumber } from './door.js';

interface ScanFlags {
  readonly depth: string;
  readonly top: string;
  readonly smallBelow: string;
  readonly region?: string;
  readonly month?: string;
  readonly queriesPerMonth?: string;
  readonly out?: string;
  readonly maxCost?: string;
  readonly versions?: string;
  readonly accessLogs?: string;
  readonly check?: readonly string[];
  readonly seed?: string;
  readonly partial: boolean;
  readonly engine?: string;
  readonly config?: string;
}

export async function run(door: Door, [uri]: readonly string[], flags: ScanFlags): Promise<void> {
  const { region, month, queriesPerMonth, maxCost, accessLogs, check } = flags;
  const shown = await door.app.scan(
    {
      uri: uri ?? '',
      depth: wholeNumber('--depth', flags.depth, 1),
      top: wholeNumber('--top', flags.top, 1),
      smallBelow: flags.smallBelow,
      partial: flags.partial,
      ...given({ region, month, queriesPerMonth, maxCost, accessLogs, check, out: flags.out }),
      ...given({ versions: versionsOf(flags), seed: flags.seed }),
      ...given({ engine: engineOf(flags), config: flags.config }),
    },
    watching(door),
  );
  door.terminal.out(door.app.show(shown, door.format, look(door)));
  await door.app.checkScan(shown.value);
}

function versionsOf({ versions }: ScanFlags): 'current' | 'all' | undefined {
  if (versions === undefined || versions === 'current' || versions === 'all') return versions;
  return raise('ARGUMENT_INVALID', { field: '--versions', why: `"${versions}" is neither current nor all` });
}

function engineOf({ engine }: ScanFlags): 'athena' | 'trino' | undefined {
  if (engine === undefined || engine === 'local') return undefined;
  if (engine === 'athena' || engine === 'trino') return engine;
  return raise('ARGUMENT_INVALID', { field: '--engine', why: `"${engine}" is not local, athena or trino` });
}
