/**
 * Partitions of a table in Glue, by Athena's DDL: registered once, moved to their folder if they lie elsewhere. A table
 * with partition projection heeds no registered partition and says nothing: there its own template must name our folder.
 * Athena User Guide, "Partition projection".
 */
import type { Catalog } from '../../compaction/ports.js';
import { athena } from '../../compaction/sql/athena.js';
import { rendered } from '../../compaction/sql/dialect.js';
import { attemptToken, partitionValues, type Statement } from '../../compaction/sql/statement.js';
import { BucketwiseError, raise } from '../../kernel/errors.js';
import type { Prefix } from '../../kernel/s3.js';
import type { TableName } from '../../kernel/sql-text.js';
import { type AthenaService, type Execution, execute, resultLines } from './athena-execution.js';

export interface CatalogOptions {
  /** Asked when first needed. */
  readonly service: () => Promise<AthenaService>;
  readonly table: TableName;
  /** Of the target. */
  readonly bucket: string;
  readonly fresh: () => string;
}

interface Shown {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly keys: readonly string[];
  readonly isProjected: boolean;
  readonly template: string | undefined;
  readonly location: string;
  /** Takes what lies in a folder for lists of files. */
  readonly readsLists: boolean;
}

export function openAthenaCatalog(options: CatalogOptions): Catalog {
  let shown: Promise<Shown> | undefined;
  const show = async (partition: string): Promise<Shown> => {
    shown ??= showTable(options, partition);
    // What could not be asked is asked again.
    return shown.catch((cause: unknown) => {
      shown = undefined;
      throw cause;
    });
  };
  return {
    register: async (partition, folder, form) => {
      const table = await show(partition);
      checkForm(options, table, partition, form);
      return register(options, table, partition, folder);
    },
    isProjected: async () => {
      try {
        return (await show('any hour')).isProjected;
      } catch (error) {
        // What is wrong with it is said when an hour is to be registered.
        if (error instanceof BucketwiseError && error.code === 'CATALOG_REFUSED') return false;
        throw error;
      }
    },
  };
}

async function register(
  options: CatalogOptions,
  table: Shown,
  partition: string,
  folder: Prefix,
): Promise<'registered' | 'projected'> {
  const values = partitionValues(partition, []);
  const names = values.map(({ name }) => name);
  if (names.join() !== table.keys.join())
    refused(
      options,
      partition,
      `its keys are ${table.keys.join(', ') || 'none'} and the hour has ${names.join(', ')}`,
    );
  const location = `s3://${options.bucket}/${folder}`;
  if (table.isProjected) return checkProjected(options, table, partition, location);
  const { table: name } = options;
  await ran(options, { kind: 'add partition', table: name, partition: values, location }, partition);
  await ran(options, { kind: 'set location', table: name, partition: values, location }, partition);
  await alignColumns(options, table, partition);
  return 'registered';
}

/** A table for files takes a list for a broken file, one for lists a file for a list of addresses. */
function checkForm(
  options: CatalogOptions,
  { readsLists }: Shown,
  partition: string,
  form: 'files' | 'symlink',
): void {
  if (readsLists === (form === 'symlink')) return;
  refused(
    options,
    partition,
    readsLists
      ? 'it reads symlink lists (SymlinkTextInputFormat), and the config says publish: files'
      : "it reads files, and the config says publish: symlink; make it with INPUTFORMAT 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat'",
  );
}

/** A partition keeps the columns it was registered with; other than the table's, a query of it fails. */
async function alignColumns(options: CatalogOptions, { columns }: Shown, partition: string): Promise<void> {
  const { table } = options;
  const of = { table, partition: partitionValues(partition, []) };
  const execution = await ran(options, { kind: 'describe partition', ...of }, partition);
  const lines = await resultLines(await options.service(), execution.id);
  const keys = of.partition.map(({ name }) => name);
  if (columnsText(described(lines, keys)) === columnsText(columns)) return;
  await ran(options, { kind: 'replace columns', ...of, columns }, partition).catch((cause: unknown) => {
    if (!(cause instanceof BucketwiseError) || cause.code !== 'ENGINE_FAILED') throw cause;
    const why = `its partition has other columns than it (HIVE_PARTITION_SCHEMA_MISMATCH) and they could not be replaced: ${cause.message}`;
    refused(options, partition, why);
  });
}

const columnsText = (columns: Shown['columns']): string =>
  columns.map(({ name, type }) => `${name} ${type.replaceAll(' ', '')}`.toLowerCase()).join();

/** Columns, then keys, each with its type and padding; what follows after a line of "#" says the keys again. */
function described(lines: readonly string[], keys: readonly string[]): Shown['columns'] {
  const end = lines.findIndex((line) => line.trim() === '' || line.startsWith('#'));
  const columns = (end < 0 ? lines : lines.slice(0, end)).map((line) => {
    const [name = '', type = ''] = line.split('\t').map((part) => part.trim());
    return { name, type };
  });
  return columns.filter(({ name }) => !keys.includes(name));
}

/** The folder such a table looks into: its template with the values put in, or key=value below its location. */
function checkProjected(
  options: CatalogOptions,
  table: Shown,
  partition: string,
  location: string,
): 'projected' {
  const values = partitionValues(partition, []);
  const template =
    table.template ?? `${asFolder(table.location)}${table.keys.map((key) => `${key}=\${${key}}`).join('/')}/`;
  const there = values.reduce((text, { name, value }) => text.replaceAll(`\${${name}}`, value), template);
  if (asFolder(there) !== location)
    refused(
      options,
      partition,
      `it has partition projection and looks into ${there}, where the hour lies in ${location}; a registered location would be ignored without a word`,
    );
  return 'projected';
}

const asFolder = (location: string): string => (location.endsWith('/') ? location : `${location}/`);

const refused = ({ table }: CatalogOptions, partition: string, why: string): never =>
  raise('CATALOG_REFUSED', {
    table: `${table.database}.${table.table}`,
    partition,
    why,
    hint: 'The hour is committed and its files are published. Correct the table, or leave target.table out of the config, and run again.',
  });

async function showTable(options: CatalogOptions, partition: string): Promise<Shown> {
  const execution = await ran(options, { kind: 'show table', table: options.table }, partition);
  const text = (await resultLines(await options.service(), execution.id)).join('\n');
  const keys = /PARTITIONED BY \(([^)]*)\)/.exec(text)?.[1] ?? '';
  const property = (name: string): string | undefined =>
    new RegExp(`'${name.replaceAll('.', '\\.')}'\\s*=\\s*'([^']*)'`).exec(text)?.[1];
  const [, columns = ''] =
    /\(\n([\s\S]*?)\)\s*(?:COMMENT|PARTITIONED BY|ROW FORMAT|STORED|WITH|LOCATION)/.exec(text) ?? [];
  return {
    columns: columns.split('\n').flatMap((line) => {
      const [, name, type] = /^\s*`([^`]+)` (.+?)(?: COMMENT '.*')?,?\s*$/.exec(line) ?? [];
      return name && type ? [{ name, type }] : [];
    }),
    keys: [...keys.matchAll(/`([^`]+)`/g)].map((match) => match[1]!),
    isProjected: property('projection.enabled')?.toLowerCase() === 'true',
    template: property('storage.location.template'),
    readsLists: /INPUTFORMAT\s+'org\.apache\.hadoop\.hive\.ql\.io\.SymlinkTextInputFormat'/.test(text),
    location: /LOCATION\s+'([^']*)'/.exec(text)?.[1] ?? '',
  };
}

const maxTries = 4;

/** DDL repeats no work of an attempt: each has a token of its own. What the catalog is too busy for is tried again. */
async function ran(options: CatalogOptions, statement: Statement, partition: string): Promise<Execution> {
  const { signal } = new AbortController();
  for (let tries = 1; ; tries += 1) {
    const service = await options.service();
    const submitted = { sql: rendered(athena, statement).sql, token: attemptToken(options.fresh(), 0) };
    const execution = await execute(service, submitted, signal);
    if (execution.state === 'SUCCEEDED') return execution;
    if (tries === maxTries || !isBusy(execution)) return ddlFailed(options, execution, partition);
    await service.pause(1_000 * 2 ** tries * (1 + service.jitter()), signal);
  }
}

const isBusy = ({ error }: Execution): boolean =>
  error.retryable ||
  error.type === 1401 ||
  /ConcurrentModificationException|ResourceNotReady|Rate exceeded/i.test(error.words);

function ddlFailed(options: CatalogOptions, { error: { words } }: Execution, partition: string): never {
  if (/Table not found|EntityNotFoundException|does not exist/i.test(words))
    refused(options, partition, 'it is not there');
  return raise('ENGINE_FAILED', { engine: 'athena', partition, why: words.slice(0, 500) });
}
