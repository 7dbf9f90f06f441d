/** One table planned, shown or run, with what it costs and who is told of it. */
import type { CompactionReport } from '../compaction/plan.js';
import { type CompactionRequest, plan, run } from '../compaction/run.js';
import { type Config, readConfig, type TableConfig } from '../config.js';
import type { Location } from '../kernel/s3.js';
import { usdFromText } from '../kernel/usd.js';
import type { RateCard } from '../pricing/rate-card.js';
import { runNotices } from '../report/notice.js';
import { counted, money, requestsText } from '../report/view.js';
import { type Telling, tell } from './notices.js';
import { monthFor, rateCard, requestsUsd, withinLimit } from './prices.js';
import type { Surroundings, Watch } from './surroundings.js';

/** Errors: FILE_MISSING, and those of the config. */
export async function configOf(given: Surroundings, path: string): Promise<Config> {
  return readConfig(await given.files.read(path), path);
}

export interface TableWork {
  readonly table: TableConfig;
  readonly config: Config;
  readonly hours: CompactionRequest;
  readonly region: string | undefined;
  readonly maxCost: string | undefined;
  readonly telling: Telling | undefined;
}

/** Before anything is done: who cannot be told is a fault of the config. */
export async function tellingOf(
  given: Surroundings,
  { notify }: Config,
  watch: Watch,
): Promise<Telling | undefined> {
  return notify && { notify, notifiers: await given.openNotifiers(notify), note: watch.note };
}

export async function ofTable(
  given: Surroundings,
  verb: 'plan' | 'run' | 'status',
  { table, config, hours, region: flag, maxCost, telling }: TableWork,
  watch: Watch,
): Promise<CompactionReport> {
  const isBilled = table.source.location.scheme === 's3' || table.target.location.scheme === 's3';
  const asked = flag ?? config.region ?? given.region;
  const card = await rateCard(given, asked ?? 'us-east-1', monthFor(given, undefined));
  const opened = await given.openCompaction(table, asked);
  const price = (requests: { put: number; get: number; list: number }): string =>
    isBilled ? requestsUsd(card, requests).toString() : '0';
  const ports = { ...opened.ports, price };
  const settings = settingsOf(table);
  try {
    if (verb !== 'run') return await plan(ports, settings, hours);
    const report = await run(ports, settings, hours, {
      planned: ({ totals, ownCost: { before } }) => {
        withinLimit(usdFromText(before.usd), maxCost);
        if (isBilled && totals.due > 0)
          watch.note(`${table.name}: ${costText('about', before)} for ${counted(totals.due, 'hour')}.`);
      },
      progress: (done, of, partition) =>
        watch.progress(`${table.name}: ${done} of ${of} hours, ${partition}`),
      signal: watch.signal,
    });
    const whole = withOwnCost(report, opened.requests(), card, isBilled);
    if (isBilled) watch.note(`${table.name}: ${costText('it made', whole.ownCost)}.`);
    if (telling) await tell(ports, settings, runNotices(whole), telling);
    return whole;
  } finally {
    await opened.close();
  }
}

/** What really left for the store, listing and planning included. */
function withOwnCost(
  report: CompactionReport,
  requests: { put: number; get: number; list: number },
  card: RateCard,
  isBilled: boolean,
): CompactionReport {
  const usd = isBilled ? requestsUsd(card, requests).toString() : '0';
  return { ...report, ownCost: { ...report.ownCost, requests, usd } };
}

const costText = (
  lead: string,
  { requests, usd }: { requests: Parameters<typeof requestsText>[0]; usd: string },
): string => `${lead} ${requestsText(requests)}, ${money(usdFromText(usd))}`;

export const settingsOf = ({ name, source, target, ...rest }: TableConfig): Parameters<typeof run>[1] => ({
  name,
  layout: source.layout,
  sourcePrefix: prefixOf(source.location),
  targetPrefix: prefixOf(target.location),
  columns: source.columns,
  csv: { header: source.header, delimiter: source.delimiter, gzip: source.gzip },
  compression: target.compression,
  targetFileBytes: target.fileBytes,
  verify: rest.verify,
  settleMs: rest.settleMs,
  lookbackMs: rest.lookbackMs,
  onBadRow: rest.onBadRow,
});

const prefixOf = (location: Location): string => location.prefix;
