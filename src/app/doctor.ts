/** `doctor`: what is configured and where it lies, and whether every target does what compaction rests on. */
import { ignoredCondition } from '../compaction/probe.js';
import { deletionRefused } from '../compaction/source-probe.js';
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
    /** Why sources that are to be deleted cannot be as yet; null when nothing speaks against it. */
    readonly sourceReadOnly: string | null;
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
    const [ignored, readOnly] = await withTable(
      given,
      { table, config, region: request.region },
      async (open) => [
        await ignoredCondition(open.ports, open.settings, true),
        await readOnlySource(open, table),
      ],
    );
    tables.push({
      table: table.name,
      source: locationText(table.source.location),
      target: locationText(table.target.location),
      engine: table.engine.name,
      after: table.sources.after,
      ignored: ignored ?? null,
      sourceReadOnly: readOnly ?? null,
    });
  }
  const value: Diagnosis = { schemaVersion: 1, config: request.config, tables };
  return { value, forms: { table: () => textOf(value), json: () => jsonText(value) } };
}

const textOf = ({ config, tables }: Diagnosis): string =>
  [
    `config: ${config}`,
    ...tables.flatMap(({ table, source, target, engine, after, ignored, sourceReadOnly }) => [
      `${table}: ${source} → ${target}, engine ${engine}, sources: ${after}`,
      ignored === null
        ? `  ok: the target honours conditional writes${after === 'delete' ? ' and deletes' : ''}`
        : `  not fit: the target ignored ${ignored}`,
      ...(sourceReadOnly === null ? [] : [`  ${readOnlyText(sourceReadOnly)}`]),
    ]),
  ].join('\n');

/** Errors: CONDITION_UNSUPPORTED. */
export function checkDiagnosis({ tables }: Diagnosis): void {
  const unfit = tables.find(({ ignored }) => ignored !== null);
  if (unfit) unsupported(unfit.target, unfit.ignored!);
}

/** Before a run begins anything. Errors: CONDITION_UNSUPPORTED. */
export async function refuseUnfit(open: OpenTable, table: TableConfig, note: Watch['note']): Promise<void> {
  const { ports, settings } = open;
  const ignored = await ignoredCondition(ports, settings);
  if (ignored !== undefined) unsupported(locationText(table.target.location), ignored);
  const readOnly = await readOnlySource(open, table);
  if (readOnly !== undefined) note(`${table.name}: ${readOnlyText(readOnly)}`);
}

const readOnlySource = async (
  { ports, settings }: OpenTable,
  { sources }: TableConfig,
): Promise<string | undefined> => (sources.after === 'delete' ? deletionRefused(ports, settings) : undefined);

const readOnlyText = (why: string): string =>
  `its sources cannot be deleted as yet: ${why} Hours are compacted; their sources stay until it is granted.`;

const unsupported = (target: string, ignored: string): never =>
  raise('CONDITION_UNSUPPORTED', { store: `${target}, which ignored ${ignored},` });
