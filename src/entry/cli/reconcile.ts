/** `reconcile`: a real bill beside the price book on stdout; exit 4 when too much of it is not explained. */
import { raise } from '../../kernel/errors.js';
import { type Door, given, look, watching } from './door.js';

interface ReconcileFlags {
  readonly bill: readonly string[];
  readonly region?: string;
  readonly month?: string;
  readonly tierOffset?: readonly string[];
  readonly failIfErrorOver?: string;
}

export async function run(door: Door, _: readonly string[], flags: ReconcileFlags): Promise<void> {
  const { region, month, failIfErrorOver } = flags;
  // Before a long bill is read, not after.
  if (failIfErrorOver !== undefined && !/^\d+(?:\.\d+)?$/.test(failIfErrorOver))
    raise('ARGUMENT_INVALID', {
      field: '--fail-if-error-over',
      why: `"${failIfErrorOver}" is not a percentage like 0.5`,
    });
  const shown = await door.app.reconcile(
    { bills: flags.bill, tierOffsets: flags.tierOffset ?? [], ...given({ region, month }) },
    watching(door),
  );
  door.terminal.out(door.app.show(shown, door.format, look(door)));
  await door.app.checkError(shown.value, failIfErrorOver);
}
