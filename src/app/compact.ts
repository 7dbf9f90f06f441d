/** `compact`: the configured tables, planned or run one after the other. */
import type { CompactionReport } from '../compaction/plan.js';
import type { CompactionRequest } from '../compaction/run.js';
import { tableNamed } from '../config.js';
import { raise } from '../kernel/errors.js';
import { compactionCsv, compactionMarkdown, compactionText } from '../report/compaction-view.js';
import { jsonText, type Shown } from './shown.js';
import type { Surroundings, Watch } from './surroundings.js';
import { configOf, ofTable, tellingOf } from './table-work.js';

export type Reports = readonly CompactionReport[];

export interface CompactRequest {
  /** Path of bucketwise.yaml. */
  readonly config: string;
  readonly table?: string;
  /** "2026-11-22T05"; `to` is not included. */
  readonly from?: string;
  readonly to?: string;
  readonly partition?: string;
  /** Wins over the config. */
  readonly region?: string;
  readonly maxCost?: string;
}

export async function compact(
  given: Surroundings,
  verb: 'plan' | 'run' | 'status',
  request: CompactRequest,
  watch: Watch,
): Promise<Shown<Reports>> {
  const config = await configOf(given, request.config);
  const tables = request.table === undefined ? config.tables : [tableNamed(config, request.table)];
  const hours = hoursOf(request);
  const { region, maxCost } = request;
  const telling = verb === 'run' ? await tellingOf(given, config, watch) : undefined;
  const reports: CompactionReport[] = [];
  for (const table of tables) {
    // What a run has done is shown; half a plan is none.
    if (watch.signal.aborted && verb === 'run' && reports.length > 0) break;
    if (watch.signal.aborted) raise('INTERRUPTED', { state: 'Nothing was written.' });
    reports.push(await ofTable(given, verb, { table, config, hours, region, maxCost, telling }, watch));
  }
  return shown(reports);
}

/** Errors: ARGUMENT_INVALID. */
function hoursOf({ from, to, partition }: CompactRequest): CompactionRequest {
  const range = {
    ...(from === undefined ? {} : { from: instant('--from', from) }),
    ...(to === undefined ? {} : { to: instant('--to', to) }),
  };
  if (range.from !== undefined && range.to !== undefined && range.from >= range.to)
    raise('ARGUMENT_INVALID', { field: '--to', why: `"${to}" does not come after --from "${from}"` });
  return {
    ...range,
    ...(partition === undefined ? {} : { partition: partition.replace(/\/$/, '') }),
  };
}

function instant(field: string, text: string): number {
  const match = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2})(?::00(?::00)?Z?)?)?$/.exec(text);
  const at = match ? Date.parse(`${match[1]}T${match[2] ?? '00'}:00:00Z`) : Number.NaN;
  // Date.parse takes 30 February for 2 March.
  if (Number.isNaN(at) || !new Date(at).toISOString().startsWith(match![1]!))
    raise('ARGUMENT_INVALID', { field, why: `"${text}" is not an hour like 2026-11-22T05` });
  return at;
}

function shown(reports: Reports): Shown<Reports> {
  return {
    value: reports,
    forms: {
      table: ({ width }) => reports.map((report) => compactionText(report, width)).join('\n\n'),
      json: () => jsonText(single(reports)),
      ndjson: () => reports.map((report) => `${JSON.stringify(report)}\n`).join(''),
      csv: () => reports.map((report, at) => withoutHeader(compactionCsv(report), at)).join(''),
      md: () => reports.map(compactionMarkdown).join('\n'),
    },
  };
}

const withoutHeader = (csv: string, at: number): string =>
  at === 0 ? csv : csv.slice(csv.indexOf('\r\n') + 2);

/** One JSON document is one table. */
function single(reports: Reports): CompactionReport {
  const [report] = reports;
  if (reports.length !== 1 || !report)
    return raise('ARGUMENT_INVALID', {
      field: '--table',
      why: `-o json holds one table and the config has ${reports.length}; name one, or use -o ndjson`,
    });
  return report;
}
