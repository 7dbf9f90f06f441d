/** `compact plan|run|status`: a plan is shown before anything is written, and writing needs --yes. */
import { raise } from '../../kernel/errors.js';
import { type Door, given, look, watching } from './door.js';

interface CompactFlags {
  readonly config?: string;
  readonly table?: string;
  readonly from?: string;
  readonly to?: string;
  readonly partition?: string;
  readonly region?: string;
  readonly yes?: boolean;
  readonly maxCost?: string;
}

const partial = 3;

function whyNothing(
  reports: readonly { readonly partitions: readonly { readonly state: string }[] }[],
): string {
  const states = new Set(reports.flatMap(({ partitions }) => partitions.map(({ state }) => state)));
  if (states.size === 0) return 'no hour lies there';
  if (states.has('running')) return 'another run holds the rest; run again when its claim has ended';
  const left = ['refused', 'failed', 'late'].filter((state) => states.has(state));
  return left.length === 0
    ? 'every closed hour is compacted'
    : `what is left is ${left.join(' or ')}; see the reasons`;
}

export async function run(door: Door, [verb]: readonly string[], flags: CompactFlags): Promise<void> {
  const { table, from, to, partition, region, maxCost } = flags;
  const request = {
    config: flags.config ?? 'bucketwise.yaml',
    ...given({ table, from, to, partition, region, maxCost }),
  };
  if (verb !== 'run') {
    const reports = await door.app.compact(verb === 'plan' ? 'plan' : 'status', request, watching(door));
    return door.terminal.out(door.app.show(reports, door.format, look(door)));
  }
  const plan = await door.app.compact('plan', request, watching(door));
  // A format this result does not have is refused here, not after the work.
  door.app.show(plan, door.format, look(door));
  const due = plan.value.reduce((sum, report) => sum + report.totals.due, 0);
  if (due > 0 && !flags.yes) door.terminal.note(door.app.show(plan, 'table', look(door)));
  if (due > 0)
    await door.terminal.confirm(`Compacting ${due} hour${due === 1 ? '' : 's'}`, flags.yes ?? false);
  const reports = await door.app.compact('run', request, watching(door));
  door.terminal.out(door.app.show(reports, door.format, look(door)));
  if (due === 0) door.terminal.note(`Nothing to do: ${whyNothing(reports.value)}.`);
  if (door.signal.aborted) raise('INTERRUPTED', { state: 'Sources and committed hours are as they were.' });
  const left = reports.value
    .flatMap((report) => report.partitions)
    .filter(({ state }) => state === 'refused' || state === 'failed');
  if (left.length > 0) {
    door.terminal.note(
      `${left.length} hour${left.length === 1 ? ' was' : 's were'} left as found; see the reasons above.`,
    );
    process.exitCode = partial;
  }
}
