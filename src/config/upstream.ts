/** A table whose sources are the target of another is made of that one's commits: the daily roll-up of an hourly table. */
import { raise } from '../kernel/errors.js';
import { isOnePlace, type Location } from '../kernel/s3.js';
import type { Layout } from '../prefixes/partition-keys.js';

interface Table {
  readonly name: string;
  readonly source: { readonly location: Location; readonly layout: Layout; readonly format: string };
  readonly target: { readonly location: Location; readonly layout: Layout };
  readonly sources: { readonly after: string };
}

/** Errors: CONFIG_INVALID with the field. */
export function withUpstreams<T extends Table>(
  tables: readonly T[],
  source: string,
): (T & { readonly upstream?: T })[] {
  const found: (T & { readonly upstream?: T })[] = [];
  for (const [at, table] of tables.entries()) {
    const isUpstream = (other: T): boolean =>
      other !== table && isOnePlace(other.target.location, table.source.location);
    const fault = tables.slice(at).some(isUpstream) ? laterFault : undefined;
    const upstream = found.find((other) => isOnePlace(other.target.location, table.source.location));
    const [field, why] = fault ?? (upstream && faultOf(table, upstream)) ?? [];
    if (field) raise('CONFIG_INVALID', { source, field: `tables.${at}.${field}`, why: why ?? '' });
    found.push(upstream ? { ...table, upstream } : table);
  }
  return found;
}

type Fault = readonly [field: string, why: string];

/** In this order one run brings both up to date, and no table is made of itself. */
const laterFault: Fault = [
  'source.uri',
  'is the target of a table that stands further down; put that table first',
];

function faultOf({ source, target, sources }: Table, upstream: Table): Fault | undefined {
  const of = `the target of table "${upstream.name}"`;
  if (source.format !== 'parquet') return ['source.format', `must be parquet: source.uri is ${of}`];
  if (source.layout.template !== upstream.target.layout.template)
    return ['source.partition', `must be ${upstream.target.layout.template}, as ${of} is laid out`];
  if (target.layout === source.layout)
    return ['target.partition', `is missing, such as year=YYYY/month=MM/day=DD: source.uri is ${of}`];
  return sources.after === 'keep' ? undefined : ['sources.after', `must be keep: source.uri is ${of}`];
}
