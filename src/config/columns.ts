/** The columns a table declares, each name once, none that a reader takes from the path; or where they stand instead. */
import type { Column } from '../compaction/schema.js';
import { type Layout, partitionKeys } from '../prefixes/partition-keys.js';

/** The table of a catalog that has them. */
export interface CatalogTable {
  readonly database: string;
  readonly table: string;
}

interface RawNamed {
  readonly database?: string;
  readonly table?: string;
}

/** glue: the table over the sources; target: the table that others query. */
export function columnsPlace(
  { source, target }: { readonly source: RawNamed; readonly target: RawNamed },
  word: 'glue' | 'target',
  wrong: (name: string, why: string) => never,
): CatalogTable {
  const side = word === 'glue' ? 'source' : 'target';
  const { database, table } = word === 'glue' ? source : target;
  if (database === undefined || table === undefined)
    return wrong('source.columns', `${word} needs ${side}.database and ${side}.table`);
  return { database, table };
}

export function columnsOf(
  raw: readonly { name: string; type: string }[],
  layout: Layout,
  wrong: (name: string, why: string) => never,
): Column[] {
  const names = raw.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) wrong('source.columns', `"${twice}" is there twice`);
  const key = names.find((name) => partitionKeys(layout).includes(name));
  if (key !== undefined)
    wrong(
      'source.columns',
      `"${key}" is a partition key of ${layout.template}, which readers take from the path`,
    );
  return raw.map(({ name, type }) => {
    const decimal = /^decimal\((\d+),(\d+)\)$/.exec(type);
    if (!decimal) return { name, type: type as Column['type'] };
    const [precision, scale] = [Number(decimal[1]), Number(decimal[2])];
    if (precision < 1 || precision > 38 || scale > precision)
      wrong('source.columns', `${type} needs a precision of 1 to 38 and a scale no larger`);
    return { name, type: 'decimal', precision, scale };
  });
}
