/** From the files of a report to the statements that tally them, or why an engine cannot: a table for each folder, a query for as many files as one may name. */
import { raise } from '../../kernel/errors.js';
import { printable } from '../../kernel/s3.js';
import { isPlainName } from '../../kernel/sql-text.js';
import { type ColumnRole, columnRoles, roleOf } from '../csv-columns.js';
import type { InventoryFormat } from '../manifest.js';
import type { FoundFile } from '../report-ports.js';
import type { InventoryStatement, InventoryTable, TableColumn, TallyQuery } from './inventory-statement.js';

export interface QueriedReport {
  readonly format: InventoryFormat;
  /** All that the files have, in their order. */
  readonly columns: readonly string[];
  readonly files: readonly FoundFile[];
}

export interface QueryOptions extends Pick<TallyQuery, 'versions' | 'smallBelowBytes' | 'depth'> {
  readonly database: string;
  /** Names of tables begin so; nobody else's do. */
  readonly stem: string;
}

export interface ReportQueries {
  readonly tables: readonly (InventoryTable & { readonly kind: 'create inventory table' })[];
  readonly tallies: readonly (TallyQuery & { readonly kind: 'tally inventory' })[];
  readonly drops: readonly InventoryStatement[];
}

/** Athena takes 262,144 bytes; the rest of the query is a few thousand. */
const MOST_PATH_BYTES = 200_000;

/** Errors: INVENTORY_UNQUERYABLE. */
export function inventoryQueries(report: QueriedReport, options: QueryOptions): ReportQueries {
  const { format } = report;
  const table = tableColumns(report);
  const { database, stem, ...counting } = options;
  const folders = new Map<string, string[]>();
  for (const file of report.files) {
    refuseUnread(file, format);
    const path = `s3://${file.root}/${file.at}`;
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    const paths = folders.get(folder) ?? [];
    paths.push(path);
    folders.set(folder, paths);
  }
  const places = [...folders].map(([location, paths], at) => ({
    ...{ location, paths },
    name: { database, table: `${stem}_${at}` },
  }));
  return {
    tables: places.map(({ name, location }) => ({
      kind: 'create inventory table',
      table: name,
      format,
      columns: table.columns,
      location,
    })),
    tallies: places.flatMap(({ name, paths }) =>
      batches(paths).map((some) => ({
        kind: 'tally inventory' as const,
        ...{ table: name, format, columns: table.roles, paths: some },
        ...(table.ends && { ends: table.ends }),
        ...counting,
      })),
    ),
    drops: places.map(({ name }) => ({ kind: 'drop inventory table', table: name })),
  };
}

const unqueryable = (why: string): never => raise('INVENTORY_UNQUERYABLE', { why });

/** What an engine would pass over, or read as something else, without a word. */
function refuseUnread({ at, root }: FoundFile, format: InventoryFormat): void {
  const shown = `"${printable(at)}"`;
  const name = at.slice(at.lastIndexOf('/') + 1);
  if (/^[_.]/.test(name)) unqueryable(`engines pass over files such as ${shown}, whose names begin so`);
  if (format === 'CSV' && !name.endsWith('.gz'))
    unqueryable(`engines know that ${shown} is compressed only by a name that ends in .gz`);
  if (printable(at) !== at || at.includes('//'))
    unqueryable(`engines cannot be told of the file ${shown} by its name`);
  if (!/^[a-z0-9.-]+$/.test(root)) unqueryable(`it lies in "${printable(root)}", which is no bucket`);
}

interface TableColumns {
  readonly columns: readonly TableColumn[];
  readonly roles: TallyQuery['columns'];
  readonly ends?: NonNullable<TallyQuery['ends']>;
}

const types: Readonly<Record<ColumnRole, TableColumn['type']>> = {
  key: 'text',
  size: 'whole',
  storageClass: 'text',
  accessTier: 'text',
  isLatest: 'truth',
  isDeleteMarker: 'truth',
};

/** CSV goes by place alone; of a columnar file both the names and the places are those of the file. */
function tableColumns({ format, columns }: QueriedReport): TableColumns {
  const roles: Partial<Record<ColumnRole, string>> = {};
  const taken = new Set<string>();
  const all = columns.map((column, at): TableColumn => {
    const own = column.toLowerCase();
    const name = format !== 'CSV' && isPlainName(own) && !taken.has(own) ? own : `field_${at}`;
    taken.add(name);
    const role = roleOf(column);
    const isFirst = role !== undefined && roles[role] === undefined;
    if (isFirst) roles[role] = name;
    return { name, type: isFirst && format !== 'CSV' ? types[role] : 'text' };
  });
  const { key } = roles;
  if (key === undefined) return unqueryable(`it has no column ${columnRoles[0]}`);
  if (format !== 'CSV') return { columns: all, roles: { ...roles, key } };
  const beyond = `field_${columns.length}`;
  return {
    columns: [...all, { name: beyond, type: 'text' }],
    roles: { ...roles, key },
    ends: { last: all.at(-1)!.name, beyond },
  };
}

function batches(paths: readonly string[]): string[][] {
  const all: string[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const path of paths) {
    const own = new TextEncoder().encode(path).length + 4;
    if (bytes + own > MOST_PATH_BYTES) {
      all.push([]);
      bytes = 0;
    }
    all.at(-1)!.push(path);
    bytes += own;
  }
  return all;
}
