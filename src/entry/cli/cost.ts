/** `cost`: an itemised month on stdout. */
import { raise } from '../../kernel/errors.js';
import { type Door, given, look } from './door.js';

interface CostFlags {
  readonly usage?: string;
  readonly scan?: string;
  readonly region?: string;
  readonly month?: string;
  readonly tierOffset?: readonly string[];
  readonly queriesPerMonth?: string;
  readonly focusVersion?: string;
}

export async function run(door: Door, _: readonly string[], flags: CostFlags): Promise<void> {
  if ((flags.usage === undefined) === (flags.scan === undefined))
    raise('ARGUMENT_INVALID', { field: 'cost', why: 'give either --usage or --scan' });
  const { usage, scan, region, month, queriesPerMonth, focusVersion } = flags;
  if (usage !== undefined && queriesPerMonth !== undefined)
    raise('ARGUMENT_INVALID', {
      field: '--queries-per-month',
      why: 'belongs to --scan; a usage document names its requests itself',
    });
  const shown = await door.app.cost({
    ...given({ usagePath: usage, scanPath: scan, region, month, queriesPerMonth, focusVersion }),
    tierOffsets: flags.tierOffset ?? [],
  });
  door.terminal.out(door.app.show(shown, door.format, look(door)));
}
