/** What people are told of a run: only what is new in it, in words that no key of a stranger can twist. */
import { bytesText } from '../kernel/bytes.js';
import { digest } from '../kernel/digest.js';
import { printable } from '../kernel/s3.js';
import { type CompactionView, counted, grainWord } from './view.js';

export interface Notice {
  readonly kind: 'failure' | 'refused' | 'digest';
  /** The same news has the same id: it is told once. */
  readonly id: string;
  /** One line of printable ASCII, at most 100 characters, as a mail's subject may be. */
  readonly subject: string;
  readonly text: string;
}

const shownHours = 10;
const reasonLength = 300;

type Row = CompactionView['partitions'][number];

/** One notice for the hours that failed in this run, one for those refused in it. */
export function runNotices(report: CompactionView): Notice[] {
  return (['failure', 'refused'] as const).flatMap((kind) => {
    const state = kind === 'failure' ? 'failed' : 'refused';
    const rows = report.partitions.filter((row) => row.state === state && isNew(row));
    return rows.length === 0 ? [] : [noticeOf(kind, report, state, rows)];
  });
}

/** An hour refused before stands in every report; one refused now has cost something. */
const isNew = ({ state, ownCost }: Row): boolean => state === 'failed' || ownCost !== null;

function noticeOf(
  kind: 'failure' | 'refused',
  { table, grain }: CompactionView,
  state: string,
  rows: readonly Row[],
): Notice {
  const what = `${table}: ${counted(rows.length, grainWord({ grain }))} ${state}`;
  const lines = rows
    .slice(0, shownHours)
    .map(({ partition, reason }) => `- ${printable(partition)}: ${printable(reason).slice(0, reasonLength)}`);
  const more = rows.length > shownHours ? [`and ${rows.length - shownHours} more`] : [];
  return {
    kind,
    id: digest(JSON.stringify([kind, table, rows.map(({ partition, reason }) => [partition, reason])])),
    subject: `bucketwise: ${what}`.slice(0, 100),
    text: [
      `${what}. The sources are as they were.`,
      ...lines,
      ...more,
      `See all: bucketwise compact status --table ${table}`,
    ].join('\n'),
  };
}

/** `day`: the one it is sent on, which it is sent on once. */
export function digestNotice(reports: readonly CompactionView[], day: string): Notice {
  const lines = reports.map((report) => {
    if (report.failure)
      return `- ${report.table}: ${printable(report.failure.message).slice(0, reasonLength)}`;
    const of = (state: string): number => report.partitions.filter((row) => row.state === state).length;
    const { sources, target } = report.totals;
    const left = ['due', 'late', 'running', 'refused', 'failed']
      .map((state) => [of(state), state] as const)
      .filter(([count]) => count > 0)
      .map(([count, state]) => `${count} ${state}`);
    return `- ${report.table}: ${counted(of('compacted'), grainWord(report))} compacted (${counted(sources.objects, 'object')} of ${bytesText(sources.bytes)} into ${counted(target.files, 'file')} of ${bytesText(target.bytes)})${left.length === 0 ? '' : `; ${left.join(', ')}`}`;
  });
  return {
    kind: 'digest',
    id: digest(JSON.stringify(['digest', day, reports.map(({ table }) => table)])),
    subject: `bucketwise: the last 24 hours, ${day}`,
    text: [`The hours of the last 24 as they stand on ${day} (UTC):`, ...lines].join('\n'),
  };
}
