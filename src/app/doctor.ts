/** `doctor`: what is configured and where it lies, and whether every target does what compaction rests on. */
import { ignoredCondition } from '../compaction/probe.js';
import type { TableConfig } from '../config.js';
import { raise } from '../kernel/errors.js';
import { locationText } from '../kernel/s3.js';
import { type CompactRequest, configOf, type OpenTable, tablesOf, withTable } from './compaction-table.js';
import { jsonText, type Shown } from './shown.js';
import type { Surroundings, Watch } from './surroundings.js';

export interface Diagnosis {
  readonly schemaVersion: 1;
  readonly config: string;
  readonly tables: readonly {
    readonly table: string;
    readonly source: string;
    readonly target: string;
    readonly engine: string;
    readonly after: TableConfig['sources']['after'];
    /** The condition that the target ignored; null when it honours all that is needed. */
    readonly ignored: string | null;
  }[];
}

export async function doctor(
  given: Surroundings,
  request: CompactRequest,
  watch: Watch,
): Promise<Shown<Diagnosis>> {
  const config = await configOf(given, request.config);
  const tables: Diagnosis['tables'][number][] = [];
  for (const table of tablesOf(config, request)) {
    watch.progress(`${table.name}: trying conditional writes`);
    const ignored = await withTable(given, { table, config, region: request.region }, (open) =>
      ignoredCondition(open.ports, open.settings, true),
    );
    tables.push({
      table: table.name,
      source: locationText(table.source.location),
      target: locationText(table.target.location),
      engine: table.engine.name,
      after: table.sources.after,
      ignored: ignored ?? null,
    });
  }
  const value: Diagnosis = { schemaVersion: 1, config: request.config, tables };
  return { value, forms: { table: () => textOf(value), json: () => jsonText(value) } };
}

const textOf = ({ config, tables }: Diagnosis): string =>
  [
    `config: ${config}`,
    ...tables.flatMap(({ table, source, target, engine, after, ignored }) => [
      `${table}: ${source} → ${target}, engine ${engine}, sources: ${after}`,
      ignored === null
        ? `  ok: the target honours conditional writes${after === 'delete' ? ' and deletes' : ''}`
        : `  not fit: the target ignored ${ignored}`,
    ]),
  ].join('\n');

/** Errors: CONDITION_UNSUPPORTED. */
export function checkDiagnosis({ tables }: Diagnosis): void {
  const unfit = tables.find(({ ignored }) => ignored !== null);
  if (unfit) unsupported(unfit.target, unfit.ignored!);
}

/** Before a run begins anything. Errors: CONDITION_UNSUPPORTED. */
export async function refuseUnfit({ ports, settings }: OpenTable, { target }: TableConfig): Promise<void> {
  const ignored = await ignoredCondition(ports, settings);
  if (ignored !== undefined) unsupported(locationText(target.location), ignored);
}

const unsupported = (target: string, ignored: string): never =>
  raise('CONDITION_UNSUPPORTED', { store: `${target}, which ignored ${ignored},` });
