/** `doctor`: what is configured and where it lies, and whether stores and engine let a run do what it will have to do. */
import { ignoredCondition } from '../compaction/probe.js';
import { deletionRefused } from '../compaction/source-probe.js';
import { checkStores } from '../compaction/store-checks.js';
import type { TableConfig } from '../config.js';
import { BucketwiseError, errorTable, raise } from '../kernel/errors.js';
import { type Finding, problem } from '../kernel/finding.js';
import { type Location, locationText } from '../kernel/s3.js';
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
    readonly publish: TableConfig['target']['publish'];
    /** The condition that the target ignored; null when it honours all that is needed. */
    readonly ignored: string | null;
    readonly checks: readonly Finding[];
  }[];
}

/** Every table is looked at, whatever is wrong with another. */
export async function doctor(
  given: Surroundings,
  request: CompactRequest,
  watch: Watch,
): Promise<Shown<Diagnosis>> {
  const config = await configOf(given, request.config);
  const tables: Diagnosis['tables'][number][] = [];
  for (const table of tablesOf(config, request)) {
    watch.progress(`${table.name}: trying its stores and its engine`);
    const { ignored, checks } = await withTable(given, { table, config, region: request.region }, (open) =>
      checked(open, table),
    ).catch(notOpened);
    tables.push({
      table: table.name,
      source: locationText(table.source.location),
      target: locationText(table.target.location),
      engine: table.engine.name,
      after: table.sources.after,
      publish: table.target.publish,
      ...{ ignored, checks },
    });
  }
  const value: Diagnosis = { schemaVersion: 1, config: request.config, tables };
  return { value, forms: { table: () => textOf(value), json: () => jsonText(value) } };
}

type Checked = Pick<Diagnosis['tables'][number], 'ignored' | 'checks'>;

async function checked(
  { ports, settings, checkEngine }: OpenTable,
  { source, target }: TableConfig,
): Promise<Checked> {
  const isOneBucket = bucketOf(source.location) === bucketOf(target.location);
  const { ignored, findings } = await checkStores(ports, settings, isOneBucket);
  return { ignored, checks: [...findings, ...(await checkEngine())] };
}

const bucketOf = (location: Location): string => (location.scheme === 's3' ? location.bucket : location.root);

/** Nothing more can be asked of a table that does not open. */
function notOpened(error: unknown): Checked {
  if (!(error instanceof BucketwiseError) || error.code === 'INTERRUPTED') throw error;
  const what = error.message.replace(/\.$/, '');
  return { ignored: null, checks: [problem('table-open', what, error.hint, error.code)] };
}

const textOf = ({ config, tables }: Diagnosis): string =>
  [
    `config: ${config}`,
    ...tables.flatMap(({ table, source, target, engine, after, publish, checks }) => [
      `${table}: ${source} → ${target}, engine ${engine}, sources: ${after}, publish: ${publish}`,
      ...checks.flatMap(linesOf),
    ]),
  ].join('\n');

const linesOf = ({ outcome, what, todo }: Finding): string[] => [
  `  ${outcome}: ${what}`,
  ...(todo === '' ? [] : [`    ${todo}`]),
];

/** The worst first: what no run may be begun on, what lacks a permission, what else is wrong. Errors: CONDITION_UNSUPPORTED, SETUP_DENIED, SETUP_UNFIT. */
export function checkDiagnosis({ tables }: Diagnosis): void {
  const unfit = tables.find(({ ignored }) => ignored !== null);
  if (unfit) unsupported(unfit.target, unfit.ignored!);
  const problems = tables.flatMap(({ table, checks }) =>
    checks.filter(({ outcome }) => outcome === 'problem').map((one) => ({ table, ...one })),
  );
  const denied = problems.find(({ code }) => code && errorTable[code].exit === 6);
  const first = denied ?? problems[0];
  if (!first) return;
  const { table, what, todo } = first;
  const more = problems.length === 1 ? '' : `; ${problems.length - 1} more above`;
  raise(denied ? 'SETUP_DENIED' : 'SETUP_UNFIT', { table, what: `${what}${more}`, todo });
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
