/** `compact plan|run|status|recover`: the configured tables, one after the other. */
import { forbiddenChange } from '../compaction/lasting.js';
import type { CompactionReport, OwnCost } from '../compaction/plan.js';
import { type CompactionRequest, plan, run } from '../compaction/run.js';
import { columnText } from '../compaction/schema.js';
import type { TableConfig } from '../config.js';
import { bytesText } from '../kernel/bytes.js';
import { BucketwiseError, type ErrorCode, raise } from '../kernel/errors.js';
import { usdFromText } from '../kernel/usd.js';
import { compactionCsv, compactionMarkdown, compactionText } from '../report/compaction-view.js';
import { runNotices } from '../report/notice.js';
import { counted, grainWord, money, requestsText } from '../report/view.js';
import {
  type CompactRequest,
  configOf,
  hoursOf,
  type OpenTable,
  type TableWork,
  tablesOf,
  tellingOf,
  withTable,
} from './compaction-table.js';
import { refuseUnfit } from './doctor.js';
import { tell } from './notices.js';
import { withinLimit } from './prices.js';
import { jsonText, type Shown } from './shown.js';
import type { Surroundings, Watch } from './surroundings.js';

export type { CompactRequest } from './compaction-table.js';

export type Reports = readonly CompactionReport[];

/** plan-recovery and recover: only what an earlier run left behind. */
export type CompactVerb = 'plan' | 'run' | 'status' | 'plan-recovery' | 'recover';

const shapes: Readonly<Record<CompactVerb, { readonly acts: boolean } & Partial<CompactionRequest>>> = {
  plan: { acts: false },
  run: { acts: true },
  status: { acts: false, withRetired: true },
  'plan-recovery': { acts: false, leftBehind: true, withRetired: true },
  recover: { acts: true, leftBehind: true, withRetired: true },
};

export async function compact(
  given: Surroundings,
  verb: CompactVerb,
  request: CompactRequest,
  watch: Watch,
): Promise<Shown<Reports>> {
  const config = await configOf(given, request.config);
  const { acts, ...only } = shapes[verb];
  const hours = { ...hoursOf(request), ...only };
  const { region, maxCost } = request;
  const telling = acts ? await tellingOf(given, config, watch) : undefined;
  const reports: CompactionReport[] = [];
  const failures: unknown[] = [];
  const tables = tablesOf(config, request);
  for (const table of tables) {
    // What a run has done is shown; half a plan is none.
    if (watch.signal.aborted && acts && reports.length > 0) break;
    if (watch.signal.aborted) raise('INTERRUPTED', { state: 'Nothing was written.' });
    const work = { table, config, hours, region, maxCost, telling };
    reports.push(await reported(given, acts, work, watch, { errors: failures, isOnly: tables.length === 1 }));
    if (verb === 'plan') noteCost(reports.at(-1)!, watch);
  }
  // Where no table could be worked on there is nothing to show.
  if (failures.length > 0 && failures.length === reports.length) throw failures[0];
  return shown(reports);
}

/** Said where S3 or Athena bills it. */
function noteCost({ table, totals, ownCost: { before } }: CompactionReport, { note }: Watch): void {
  if (totals.due > 0 && before.usd !== '0')
    note(`${table}: ${costText('a run makes about', before)} for ${counted(totals.due, 'hour')}.`);
}

/** A table that cannot be opened or listed keeps no other from its work. */
export async function reported(
  given: Surroundings,
  acts: boolean,
  work: TableWork,
  watch: Watch,
  failures?: { readonly errors: unknown[]; readonly isOnly: boolean },
): Promise<CompactionReport> {
  try {
    return await ofTable(given, acts, work, watch);
  } catch (error) {
    const code = error instanceof BucketwiseError ? error.code : 'UNEXPECTED';
    if (endsAll.has(code)) throw error;
    failures?.errors.push(error);
    const message =
      error instanceof BucketwiseError
        ? `${error.message} ${error.hint}`
        : `unexpected: ${(error as Error).message}`;
    // The only one ends the command, which says it.
    if (!failures?.isOnly) watch.note(`${work.table.name}: ${code}: ${message}`);
    return { ...emptyReport(work.table), failure: { code, message } };
  }
}

/** What the user said ends the command, not only a table. */
const endsAll: ReadonlySet<string> = new Set([
  'INTERRUPTED',
  'COST_ABOVE_LIMIT',
  'UNCONFIRMED',
] satisfies ErrorCode[]);

function emptyReport({ name, engine, target }: TableConfig): CompactionReport {
  const none = { requests: { put: 0, get: 0, list: 0 }, usd: '0' } as const;
  return {
    ...{ schemaVersion: 1, planId: '', table: name, engine: engine.name },
    ...{ grain: target.layout.grain, partitions: [] },
    totals: {
      ...{ partitions: 0, due: 0 },
      sources: { objects: 0, bytes: 0 },
      target: { files: 0, bytes: 0, rows: 0 },
    },
    ownCost: { ...none, before: none },
  };
}

export const ofTable = (
  given: Surroundings,
  acts: boolean,
  work: TableWork,
  watch: Watch,
): Promise<CompactionReport> =>
  withTable(given, work, (open) => {
    const { columns, columnsFrom } = open.settings;
    if (columnsFrom !== undefined && columns !== 'infer') {
      const shown = columns.map((column) => `${column.name} ${columnText(column)}`).join(', ');
      watch.note(`${work.table.name}: columns of ${columnsFrom}: ${shown}.`);
    }
    return acts ? runTable(open, work, watch) : plan(open.ports, open.settings, work.hours);
  });

async function runTable(
  open: OpenTable,
  { table, config, hours, maxCost, telling }: TableWork,
  watch: Watch,
): Promise<CompactionReport> {
  const { isBilled } = open;
  const report = await run(open.ports, open.settings, hours, {
    planned: async ({ partitions, totals, ownCost: { before } }) => {
      withinLimit(usdFromText(before.usd), maxCost);
      if (totals.due === 0) return;
      await refuseUnfit(open, table, watch.note);
      const hasCommits = partitions.some(({ generation }) => generation > 0);
      const change = await forbiddenChange(open.ports.target, open.settings, hasCommits);
      if (change) {
        const field = `${table.name}: ${change.field}`;
        raise('CONFIG_INVALID', { source: config.source, field, why: change.why });
      }
      if (isBilled)
        watch.note(
          `${table.name}: ${costText('about', before)} for ${counted(totals.due, grainWord(open.settings.layout))}.`,
        );
    },
    progress: (done, of, partition) =>
      watch.progress(`${table.name}: ${done} of ${of} ${grainWord(open.settings.layout)}s, ${partition}`),
    note: (line) => watch.note(`${table.name}: ${line}`),
    signal: watch.signal,
  });
  if (telling) await tell(open.ports, open.settings, runNotices(report), telling);
  const whole = withOwnCost(report, open);
  if (isBilled) watch.note(`${table.name}: ${costText('it made', whole.ownCost)}.`);
  return whole;
}

/** What really left for the store, listing and planning included. */
function withOwnCost(report: CompactionReport, open: OpenTable): CompactionReport {
  const requests = open.requests();
  return { ...report, ownCost: { ...report.ownCost, requests, usd: open.usd() } };
}

const costText = (lead: string, { requests, scannedBytes, usd }: OwnCost): string =>
  `${lead} ${requestsText(requests)}${scannedBytes === undefined ? '' : `, ${bytesText(scannedBytes)} scanned by Athena`}, ${money(usdFromText(usd))}`;

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
