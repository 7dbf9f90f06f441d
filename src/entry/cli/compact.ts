/** `compact`: a plan is shown before anything is written or deleted, and doing it needs --yes. */
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
  readonly dryRun?: boolean;
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
  if (verb === 'verify') return verify(door, request);
  if (verb === 'clean') return clean(door, request, flags);
  if (verb === 'run') return act(door, request, flags, runWords);
  if (verb === 'recover') return act(door, request, flags, recoverWords);
  const reports = await door.app.compact(verb === 'plan' ? 'plan' : 'status', request, watching(door));
  door.terminal.out(door.app.show(reports, door.format, look(door)));
  if (failedTables(reports.value) > 0) process.exitCode = partial;
}

const failedTables = (reports: readonly { readonly failure?: object }[]): number =>
  reports.filter(({ failure }) => failure).length;

type Request = Parameters<Door['app']['compact']>[1];
type Reports = Awaited<ReturnType<Door['app']['compact']>>['value'];

interface Words {
  readonly before: 'plan' | 'plan-recovery';
  readonly verb: 'run' | 'recover';
  readonly doing: string;
  readonly nothing: (reports: Reports) => string;
}

const runWords: Words = {
  before: 'plan',
  verb: 'run',
  doing: 'Working on',
  nothing: (reports) => `Nothing to do: ${whyNothing(reports)}.`,
};

const recoverWords: Words = {
  before: 'plan-recovery',
  verb: 'recover',
  doing: 'Finishing',
  nothing: (reports) =>
    reports.some(({ partitions }) => partitions.length > 0)
      ? 'Nothing to recover yet: another run holds what is left; recover again when its claim has ended.'
      : 'Nothing to recover: no run left anything half done.',
};

async function act(door: Door, request: Request, { yes = false }: CompactFlags, words: Words): Promise<void> {
  const plan = await door.app.compact(words.before, request, watching(door));
  // A format this result does not have is refused here, not after the work.
  door.app.show(plan, door.format, look(door));
  const due = plan.value.reduce((sum, report) => sum + report.totals.due, 0);
  if (due > 0 && !yes) door.terminal.note(door.app.show(plan, 'table', look(door)));
  if (due > 0) await door.terminal.confirm(`${words.doing} ${due} hour${due === 1 ? '' : 's'}`, yes);
  const reports = await door.app.compact(words.verb, request, watching(door));
  door.terminal.out(door.app.show(reports, door.format, look(door)));
  if (due === 0) door.terminal.note(words.nothing(reports.value));
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
  if (failedTables(reports.value) > 0) process.exitCode = partial;
}

async function verify(door: Door, request: Request): Promise<void> {
  const verdicts = await door.app.verifyCompaction(request, watching(door));
  door.terminal.out(door.app.show(verdicts, door.format, look(door)));
  await door.app.checkVerdicts(verdicts.value);
}

async function clean(door: Door, request: Request, flags: CompactFlags): Promise<void> {
  const found = await door.app.cleanCompaction(request, false, watching(door));
  const text = door.app.show(found, door.format, look(door));
  const objects = found.value.tables
    .flatMap(({ attempts }) => attempts)
    .reduce((sum, one) => sum + one.objects, 0);
  const uploads = found.value.tables.reduce((sum, one) => sum + one.uploads, 0);
  if (flags.dryRun || objects + uploads === 0) return door.terminal.out(text);
  if (!flags.yes) door.terminal.note(door.app.show(found, 'table', look(door)));
  await door.terminal.confirm(`Deleting ${objects} objects of dead runs`, flags.yes ?? false);
  const cleaned = await door.app.cleanCompaction(request, true, watching(door));
  door.terminal.out(door.app.show(cleaned, door.format, look(door)));
}
