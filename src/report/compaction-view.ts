/** What compaction did or would do, hour by hour; long runs of hours that went alike are told in one line. */
import { bytesText } from '../kernel/bytes.js';
import { csvTable, left, markdownTable, right, type Table, textTable } from './table.js';
import { type CompactionView, grainWord, number } from './view.js';

export function hourTable(report: CompactionView): Table {
  return {
    columns: [
      left(`${grainWord(report)[0]!.toUpperCase()}${grainWord(report).slice(1)}`),
      left('State'),
      right('Sources'),
      right('Bytes'),
      right('Files'),
      right('Bytes after'),
      right('Rows verified'),
      left('Why'),
    ],
    rows: report.partitions.map((row) => [
      row.partition,
      row.state,
      number(row.sources.objects),
      bytesText(row.sources.bytes),
      row.target.files === 0 ? '–' : number(row.target.files),
      row.target.files === 0 ? '–' : bytesText(row.target.bytes),
      row.target.files === 0 ? '–' : number(row.target.rows),
      row.reason,
    ]),
  };
}

/** States and how many hours are in each: "46 compacted, 1 refused". */
export function stateText(report: CompactionView): string {
  const { partitions, failure } = report;
  if (failure) return `failed: ${failure.message}`;
  const counts = new Map<string, number>();
  for (const { state } of partitions) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ') || `no ${grainWord(report)}s`;
}

const shownHours = 12;

export function compactionText(report: CompactionView, width: number): string {
  const { totals } = report;
  if (report.failure) return `${report.table} (${report.engine}): ${stateText(report)}`;
  const shown = report.partitions.filter(({ state }) => ['refused', 'failed', 'late'].includes(state));
  // What is to become of an hour that is committed already is told in full, for it may be a deletion.
  const said = report.partitions.filter((row) => row.state === 'due' && row.reason !== '');
  const rest = report.partitions
    .filter((row) => !shown.includes(row))
    .slice(0, shownHours - Math.min(shown.length, 6));
  const hidden = report.partitions.length - shown.length - rest.length;
  const order = new Map(report.partitions.map((row, at) => [row, at]));
  const rows = [...shown, ...rest].sort((a, b) => order.get(a)! - order.get(b)!);
  return [
    `${report.table} (${report.engine}): ${stateText(report)}`,
    `  ${number(totals.sources.objects)} source objects, ${bytesText(totals.sources.bytes)}` +
      (totals.target.files > 0
        ? ` → ${number(totals.target.files)} files, ${bytesText(totals.target.bytes)}, ${number(totals.target.rows)} rows verified`
        : ''),
    '',
    textTable(hourTable({ ...report, partitions: rows }), width),
    ...(hidden > 0 ? [`… and ${number(hidden)} ${grainWord(report)}s more (-o json tells all)`] : []),
    ...[...shown, ...said.slice(0, shownHours)].map((row) => `${row.partition}: ${row.reason}`),
    ...(said.length > shownHours
      ? [`… and ${number(said.length - shownHours)} ${grainWord(report)}s more like these`]
      : []),
  ].join('\n');
}

export const compactionMarkdown = (report: CompactionView): string =>
  [
    `**${report.table}** (${report.engine}): ${stateText(report)}`,
    '',
    markdownTable(hourTable(report)),
    '',
  ].join('\n');

export const compactionCsv = (report: CompactionView): string =>
  csvTable({
    columns: [
      'table',
      'partition',
      'state',
      'sourceObjects',
      'sourceBytes',
      'files',
      'bytes',
      'rows',
      'evidence',
      'reason',
    ].map(left),
    rows: [...report.partitions, ...failedRow(report)].map((row) => [
      report.table,
      row.partition,
      row.state,
      ...[row.sources.objects, row.sources.bytes, row.target.files, row.target.bytes, row.target.rows].map(
        String,
      ),
      row.evidence ?? '',
      row.reason,
    ]),
  });

/** A table that failed as a whole is a line like an hour that failed. */
const failedRow = ({ failure }: CompactionView): CompactionView['partitions'] =>
  failure
    ? [
        {
          ...{ partition: '', state: 'failed', reason: failure.message, evidence: null, ownCost: null },
          sources: { objects: 0, bytes: 0 },
          target: { files: 0, bytes: 0, rows: 0 },
        },
      ]
    : [];
