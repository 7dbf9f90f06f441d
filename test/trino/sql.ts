/** Reads the statements Trino is sent, into what the in-project Athena knows; anything else it calls a syntax error. */
import type { Parsed, TextDefinition } from '../athena/sql.js';

const table = '"hive"\\."([a-z0-9_]+)"\\."([a-z0-9_]+)"';

/** U&'\0001' and plain literals, without their quotes. */
function literalOf(text: string, property: string): string | undefined {
  const [, unicode, inner] = new RegExp(`${property} = (U&)?'((?:''|[^'])*)'`).exec(text) ?? [];
  if (inner === undefined) return undefined;
  const plain = inner.replaceAll("''", "'");
  if (!unicode) return plain;
  return plain.replace(/\\(\\|[0-9a-f]{4})/g, (_, code: string) =>
    code === '\\' ? code : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

export function trinoParsed(sql: string, session: string): Parsed | undefined {
  const is = (pattern: string): RegExpExecArray | null => new RegExp(`^${pattern}$`, 's').exec(sql);
  const at = (match: RegExpExecArray): string => `${match[1]}.${match[2]}`;
  const create = is(`CREATE TABLE IF NOT EXISTS ${table} \\((.*?)\\) WITH \\((.*)\\)`);
  if (create) return { kind: 'create', table: at(create), definition: definitionOf(create[3]!, create[4]!) };
  const ctas = is(`CREATE TABLE ${table} WITH \\((.*?)\\) AS (SELECT .*)`);
  if (ctas) return written(at(ctas), ctas[3]!, ctas[4]!, session);
  const drop = is(`DROP TABLE IF EXISTS ${table}`);
  if (drop) return { kind: 'drop', table: at(drop) };
  const list = is(`SHOW TABLES FROM "hive"\\."([a-z0-9_]+)" LIKE '([a-z0-9_\\\\]+)%' ESCAPE '\\\\'`);
  if (list) return { kind: 'list', pattern: `${list[1]}.${list[2]!.replaceAll('\\', '')}` };
  return sql.startsWith('SELECT ') ? { kind: 'select', query: sql } : undefined;
}

const definitionOf = (columns: string, properties: string): TextDefinition => ({
  columns: [...columns.matchAll(/"([^"]+)" varchar/g)].map((match) => match[1]!),
  keys: [],
  location: literalOf(properties, 'external_location')!,
  serde: {
    separator: literalOf(properties, 'csv_separator') ?? ',',
    quote: literalOf(properties, 'csv_quote') ?? '"',
    escape: literalOf(properties, 'csv_escape') ?? '\\',
  },
  skip: Number(/skip_header_line_count = (\d+)/.exec(properties)?.[1] ?? 0),
});

function written(name: string, properties: string, query: string, session: string): Parsed {
  const codec = /hive\.compression_codec=(\w+)/.exec(session)?.[1] ?? 'GZIP';
  const bucketedBy = /bucketed_by = ARRAY\['([^']*)'\]/.exec(properties)?.[1];
  const keys = /partitioned_by = ARRAY\[([^\]]*)\]/.exec(properties)?.[1];
  const count = /bucket_count = (\d+)/.exec(properties)?.[1];
  return {
    kind: 'ctas',
    table: name,
    query,
    properties: {
      external_location: literalOf(properties, 'external_location')!,
      compression: codec,
      ...(keys ? { partitioned_by: keys.replace(/[' ]/g, '') } : {}),
      ...(bucketedBy && count ? { bucketed_by: bucketedBy, bucket_count: count } : {}),
    },
  };
}
