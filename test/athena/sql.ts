/** Reads the statements Athena is sent; what it does not know it calls a syntax error, as Athena does. */

export type Parsed =
  | { readonly kind: 'create'; readonly table: string; readonly definition: TextDefinition }
  | {
      readonly kind: 'partition';
      readonly table: string;
      readonly values: readonly string[];
      readonly location: string;
    }
  | {
      readonly kind: 'move';
      readonly table: string;
      readonly values: readonly string[];
      readonly location: string;
    }
  | { readonly kind: 'ctas'; readonly table: string; readonly properties: Properties; readonly query: string }
  | {
      readonly kind: 'unload';
      readonly location: string;
      readonly properties: Properties;
      readonly query: string;
    }
  | { readonly kind: 'drop'; readonly table: string }
  | { readonly kind: 'list'; readonly pattern: string }
  | { readonly kind: 'show'; readonly table: string }
  | { readonly kind: 'describe'; readonly table: string; readonly values: readonly string[] }
  | {
      readonly kind: 'replace';
      readonly table: string;
      readonly values: readonly string[];
      readonly columns: string;
    }
  | { readonly kind: 'select'; readonly query: string };

type Properties = Readonly<Record<string, string>>;

export interface TextDefinition {
  readonly columns: readonly string[];
  readonly keys: readonly string[];
  readonly location: string;
  readonly serde: { readonly separator: string; readonly quote: string; readonly escape: string };
  readonly skip: number;
  /** Files of an inventory, with types of Hive. */
  readonly form?: 'ORC' | 'Parquet';
  readonly types?: readonly string[];
}

/** A Hive literal without its quotes. */
const hive = (text: string): string =>
  text.replace(/\\(?:u([0-9a-f]{4})|(.))/gis, (_, code: string | undefined, char: string) =>
    code === undefined ? char : String.fromCharCode(Number.parseInt(code, 16)),
  );

const literals = (text: string): string[] =>
  [...text.matchAll(/'((?:\\.|[^'\\])*)'/gs)].map((match) => hive(match[1]!));
const names = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
const hiveTable = '`([a-z0-9_]+)`\\.`([a-z0-9_]+)`';
const trinoTable = '"([a-z0-9_]+)"\\."([a-z0-9_]+)"';

function propertiesOf(text: string): Properties {
  const found: Record<string, string> = {};
  for (const match of text.matchAll(/(\w+) = (?:'((?:''|[^'])*)'|ARRAY\[((?:'[^']*'(?:, )?)+)\]|(\d+))/g))
    found[match[1]!] = (
      match[2] ??
      match[3]?.replaceAll(/'(, )?/g, (_, more) => (more ? ',' : '')) ??
      match[4]!
    ).replaceAll("''", "'");
  return found;
}

const columnarOf = (columns: string, form: string, location: string): TextDefinition => ({
  columns: names(columns),
  keys: [],
  location: literals(location)[0]!,
  serde: { separator: ',', quote: '"', escape: '' },
  skip: 0,
  form: form === 'ORC' ? 'ORC' : 'Parquet',
  types: [...columns.matchAll(/` (\w+)/g)].map((match) => match[1]!),
});

export function parsed(sql: string): Parsed | undefined {
  const is = (pattern: string): RegExpExecArray | null => new RegExp(`^${pattern}$`, 's').exec(sql);
  const at = (match: RegExpExecArray): string => `${match[1]}.${match[2]}`;
  const create = is(
    `CREATE EXTERNAL TABLE IF NOT EXISTS ${hiveTable} \\((.*?)\\)(?: PARTITIONED BY \\((.*?)\\))? ROW FORMAT SERDE 'org\\.apache\\.hadoop\\.hive\\.serde2\\.OpenCSVSerde' WITH SERDEPROPERTIES \\((.*?)\\) STORED AS TEXTFILE LOCATION ('.*?')(?: TBLPROPERTIES \\('skip\\.header\\.line\\.count' = '(\\d+)'\\))?`,
  );
  if (create) {
    const [, separator = ',', , quote = '"', , escaper = '\\'] = literals(create[5]!);
    const definition: TextDefinition = {
      columns: names(create[3]!),
      keys: names(create[4] ?? ''),
      location: literals(create[6]!)[0]!,
      serde: { separator, quote, escape: escaper },
      skip: Number(create[7] ?? 0),
    };
    return { kind: 'create', table: at(create), definition };
  }
  const columnar = is(
    `CREATE EXTERNAL TABLE IF NOT EXISTS ${hiveTable} \\((.*?)\\) STORED AS (ORC|PARQUET) LOCATION ('.*?')`,
  );
  if (columnar)
    return {
      kind: 'create',
      table: at(columnar),
      definition: columnarOf(columnar[3]!, columnar[4]!, columnar[5]!),
    };
  const added = is(`ALTER TABLE ${hiveTable} ADD IF NOT EXISTS PARTITION \\((.*)\\) LOCATION ('.*')`);
  if (added)
    return {
      kind: 'partition',
      table: at(added),
      values: literals(added[3]!),
      location: literals(added[4]!)[0]!,
    };
  const moved = is(`ALTER TABLE ${hiveTable} PARTITION \\((.*)\\) SET LOCATION ('.*')`);
  if (moved)
    return { kind: 'move', table: at(moved), values: literals(moved[3]!), location: literals(moved[4]!)[0]! };
  const described = is(`DESCRIBE ${hiveTable} PARTITION \\((.*)\\)`);
  if (described) return { kind: 'describe', table: at(described), values: literals(described[3]!) };
  const replaced = is(`ALTER TABLE ${hiveTable} PARTITION \\((.*?)\\) REPLACE COLUMNS \\((.*)\\)`);
  if (replaced)
    return { kind: 'replace', table: at(replaced), values: literals(replaced[3]!), columns: replaced[4]! };
  const ctas = is(`CREATE TABLE ${trinoTable} WITH \\((.*?)\\) AS (SELECT .*)`);
  if (ctas) return { kind: 'ctas', table: at(ctas), properties: propertiesOf(ctas[3]!), query: ctas[4]! };
  const unload = is(`UNLOAD \\((SELECT .*)\\) TO '((?:''|[^'])*)' WITH \\((.*?)\\)`);
  if (unload)
    return {
      kind: 'unload',
      query: unload[1]!,
      location: unload[2]!.replaceAll("''", "'"),
      properties: propertiesOf(unload[3]!),
    };
  const drop = is(`DROP TABLE IF EXISTS ${hiveTable}`);
  if (drop) return { kind: 'drop', table: at(drop) };
  const list = is("SHOW TABLES IN `([a-z0-9_]+)` '([a-z0-9_]+)\\*'");
  if (list) return { kind: 'list', pattern: at(list) };
  const show = is(`SHOW CREATE TABLE ${hiveTable}`);
  if (show) return { kind: 'show', table: at(show) };
  return sql.startsWith('SELECT ') ? { kind: 'select', query: sql } : undefined;
}
