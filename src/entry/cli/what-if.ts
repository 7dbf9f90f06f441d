/** `what-if`: another layout, priced before anything is changed; thresholds turn into exit code 4 for pipelines. */
import { raise } from '../../kernel/errors.js';
import { type Door, given, look } from './door.js';

interface WhatIfFlags {
  readonly scan?: string;
  readonly scenario: string;
  readonly targetSize: string;
  readonly compressionRatio?: string;
  readonly queriesPerMonth?: string;
  readonly region?: string;
  readonly month?: string;
  readonly failIfMonthlyOver?: string;
  readonly failIfSavingsUnder?: string;
}

export async function run(door: Door, _: readonly string[], flags: WhatIfFlags): Promise<void> {
  const scanPath =
    flags.scan ??
    raise('ARGUMENT_MISSING', {
      field: '--scan',
      hint: 'Make a scan with: bucketwise scan <uri> --out scan.json',
    });
  const { region, month, compressionRatio, queriesPerMonth } = flags;
  const shown = await door.app.whatIf({
    scanPath,
    scenario: flags.scenario,
    options: { targetFileBytes: flags.targetSize, ...given({ compressionRatio, queriesPerMonth }) },
    ...given({ region, month }),
  });
  door.terminal.out(door.app.show(shown, door.format, look(door)));
  const { failIfMonthlyOver, failIfSavingsUnder } = flags;
  await door.app.checkThresholds(shown.value, given({ failIfMonthlyOver, failIfSavingsUnder }));
}
