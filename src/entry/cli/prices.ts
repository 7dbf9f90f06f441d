/** `prices show|check|import`: an import shows every price that changes, and what that means in dollars, before it writes. */
import { type Door, given, look } from './door.js';

interface PricesFlags {
  readonly region?: string;
  readonly month?: string;
  readonly date?: string;
  readonly dir?: string;
  readonly maxAge?: string;
  readonly yes?: boolean;
}

export async function run(
  door: Door,
  [verb, ...files]: readonly string[],
  flags: PricesFlags,
): Promise<void> {
  if (verb === 'import') return importLists(door, files, flags);
  return verb === 'show' ? show(door, flags) : check(door, flags);
}

async function show(door: Door, { region, month, dir }: PricesFlags): Promise<void> {
  const shown = await door.app.showPrices(given({ region, month, dir }));
  door.terminal.out(door.app.show(shown, door.format, look(door)));
}

async function check(door: Door, { region, dir, maxAge }: PricesFlags): Promise<void> {
  const shown = await door.app.checkPrices(given({ region, dir }));
  door.terminal.out(door.app.show(shown, door.format, look(door)));
  await door.app.checkAge(shown.value, maxAge);
}

async function importLists(door: Door, files: readonly string[], flags: PricesFlags): Promise<void> {
  const { date, dir, yes = false } = flags;
  const regions = flags.region?.split(',') ?? [];
  const planned = await door.app.planImport({ files, regions, ...given({ date, dir }) });
  // An output this command does not have is refused before anything is written.
  const preview = door.app.show(planned.shown, door.format, look(door));
  if (planned.changed === 0) {
    door.terminal.out(preview);
    return door.terminal.note('Nothing to do: these lists were read before.');
  }
  if (!yes) door.terminal.note(door.app.show(planned.shown, 'table', look(door)));
  const what = `Changing ${planned.changed} price file${planned.changed === 1 ? '' : 's'}`;
  await door.terminal.confirm(what, yes);
  const written = await planned.write();
  door.terminal.out(door.app.show(written, door.format, look(door)));
  door.terminal.note(`${planned.changed} price file${planned.changed === 1 ? ' was' : 's were'} written.`);
}
