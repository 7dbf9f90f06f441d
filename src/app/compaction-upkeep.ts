/** `compact verify` and `compact clean`: whether committed hours still hold, and what dead runs left. */
import { type Cleaned, type CleanPlan, clean, planClean } from '../compaction/clean.js';
import { hoursWanted } from '../compaction/run.js';
import { verifyHours } from '../compaction/verify-again.js';
import type { TableConfig } from '../config.js';
import { raise } from '../kernel/errors.js';
import { type CleaningView, cleaningText, type VerdictView, verdictText } from '../report/upkeep-view.js';
import { type CompactRequest, configOf, hoursOf, tablesOf, withTable } from './compaction-table.js';
import { jsonText, type Shown } from './shown.js';
import type { Surroundings, Watch } from './surroundings.js';

export interface Verdicts {
  readonly schemaVersion: 1;
  readonly tables: readonly VerdictView[];
}

export async function verifyCompaction(
  given: Surroundings,
  request: CompactRequest,
  watch: Watch,
): Promise<Shown<Verdicts>> {
  const config = await configOf(given, request.config);
  const hours = { ...hoursOf(request), withRetired: true };
  const tables: VerdictView[] = [];
  for (const table of tablesOf(config, request))
    tables.push(
      await withTable(given, { table, config, region: request.region }, async ({ ports, settings }) => {
        const wanted = await hoursWanted(ports, settings, hours);
        const verdicts = await verifyHours(ports, settings, wanted, {
          progress: (done, partition) =>
            watch.progress(`${table.name}: ${done} of ${wanted.length} hours, ${partition}`),
          signal: watch.signal,
        });
        return { table: table.name, hours: verdicts };
      }),
    );
  const value: Verdicts = { schemaVersion: 1, tables };
  const text = () => tables.map(verdictText).join('\n');
  return { value, forms: { table: text, json: () => jsonText(value) } };
}

/** Errors: COMMIT_BROKEN. */
export function checkVerdicts({ tables }: Verdicts): void {
  const hours = tables.flatMap((table) => table.hours);
  const broken = hours.filter(({ faults }) => faults.length > 0);
  if (broken.length === 0) return;
  const [first] = broken;
  raise('COMMIT_BROKEN', {
    hours: `${broken.length} of ${hours.length} committed hours`,
    why: `${first!.partition}: ${first!.faults[0]}`,
  });
}

export interface Cleanings {
  readonly schemaVersion: 1;
  readonly tables: readonly CleaningView[];
}

export async function cleanCompaction(
  given: Surroundings,
  request: CompactRequest,
  act: boolean,
  watch: Watch,
): Promise<Shown<Cleanings>> {
  const config = await configOf(given, request.config);
  const tables: CleaningView[] = [];
  for (const table of tablesOf(config, request))
    tables.push(
      await withTable(given, { table, config, region: request.region }, async ({ ports, settings }) => {
        const found = await planClean(ports, settings);
        return viewOf(table, found, act ? await clean(ports, found, watch.signal) : undefined);
      }),
    );
  const value: Cleanings = { schemaVersion: 1, tables };
  const text = () => tables.map(cleaningText).join('\n');
  return { value, forms: { table: text, json: () => jsonText(value) } };
}

const viewOf = ({ name }: TableConfig, found: CleanPlan, done: Cleaned | undefined): CleaningView => ({
  table: name,
  attempts: found.attempts.map(({ partition, attempt, objects }) => ({
    partition,
    attempt,
    objects: objects.length,
    bytes: objects.reduce((sum, { size }) => sum + size, 0),
  })),
  uploads: found.uploads.length,
  kept: found.kept,
  done: done ?? null,
});
