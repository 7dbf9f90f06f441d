/** A scan on disk is JSON; reading one back either gives the same scan or names the field that does not fit. */
import { raise } from '../kernel/errors.js';
import { upperEdges } from './histogram.js';
import type { Finding, PrefixRow, Scan } from './scan.js';
import { contradiction } from './scan-consistency.js';
import type { HistogramRow, Tally } from './tally.js';

/** Counts become numbers, or decimal strings beyond 2^53 − 1. */
export const scanToJson = (scan: Scan): unknown => jsonOf(scan);

function jsonOf(value: unknown): unknown {
  if (typeof value === 'bigint')
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value.toString();
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, jsonOf(part)]));
}

/** One value of the document and where it stands, for the message. */
interface Field {
  readonly value: unknown;
  readonly path: string;
  readonly source: string;
}

/** Fields it does not know are ignored: a later version may add some. Errors: SCAN_INVALID. */
export function scanFromJson(value: unknown, source: string): Scan {
  const scan: Field = { value, path: '', source };
  const version = at(scan, 'schemaVersion');
  if (version.value !== 1) refuse(version, 'is not 1, the version this program reads');
  const takenAt = at(scan, 'takenAt');
  if (Number.isNaN(Date.parse(text(takenAt))))
    refuse(takenAt, 'is not an instant such as 2026-11-24T10:00:00Z');
  const folded = at(scan, 'folded');
  const unknown = at(scan, 'unknown');
  const ownCost = at(scan, 'ownCost');
  const requests = at(ownCost, 'requests');
  const read: Scan = {
    schemaVersion: 1,
    source: text(at(scan, 'source')),
    takenAt: text(takenAt),
    region: text(at(scan, 'region')),
    smallBelowBytes: whole(at(scan, 'smallBelowBytes')),
    totals: list(at(scan, 'totals'), tally),
    prefixes: list(at(scan, 'prefixes'), prefixRow),
    folded: { prefixes: whole(at(folded, 'prefixes')), into: whole(at(folded, 'into')) },
    findings: list(at(scan, 'findings'), finding),
    unknown: { classes: list(at(unknown, 'classes'), text), columns: list(at(unknown, 'columns'), text) },
    ownCost: {
      requests: {
        put: whole(at(requests, 'put')),
        get: whole(at(requests, 'get')),
        list: whole(at(requests, 'list')),
      },
      usd: decimal(at(ownCost, 'usd')),
    },
  };
  const why = contradiction(read);
  return why === undefined ? read : raise('SCAN_INVALID', { source, why });
}

function prefixRow(row: Field): PrefixRow {
  return {
    prefix: text(at(row, 'prefix')),
    depth: whole(at(row, 'depth')),
    tallies: list(at(row, 'tallies'), tally),
    histogram: list(at(row, 'histogram'), bar),
    medianObjectBytes: whole(at(row, 'medianObjectBytes')),
    ...optional(row, 'partitioning', text),
    ...optional(row, 'partitions', whole),
    ...optional(row, 'partitionDays', whole),
    ...optional(row, 'format', text),
    ...optional(row, 'writer', text),
  };
}

const tally = (row: Field): Tally => ({
  class: text(at(row, 'class')),
  ...optional(row, 'accessTier', text),
  objects: count(at(row, 'objects')),
  bytes: count(at(row, 'bytes')),
  smallObjects: count(at(row, 'smallObjects')),
  smallBytes: count(at(row, 'smallBytes')),
  paddingBytes: count(at(row, 'paddingBytes')),
  archiveOverheadBytes: count(at(row, 'archiveOverheadBytes')),
  noncurrentObjects: count(at(row, 'noncurrentObjects')),
  noncurrentBytes: count(at(row, 'noncurrentBytes')),
  deleteMarkers: count(at(row, 'deleteMarkers')),
  ...optional(row, 'unsizedObjects', count),
});

function bar(row: Field): HistogramRow {
  const edge = at(row, 'upToBytes');
  const known = upperEdges.find((upTo) => upTo === edge.value);
  if (known === undefined) refuse(edge, 'is not an edge of the histogram');
  return {
    class: text(at(row, 'class')),
    ...optional(row, 'accessTier', text),
    upToBytes: known,
    objects: count(at(row, 'objects')),
    bytes: count(at(row, 'bytes')),
  };
}

function finding(row: Field): Finding {
  const confidence = at(row, 'confidence');
  const known = (['high', 'medium', 'low'] as const).find((level) => level === confidence.value);
  if (!known) refuse(confidence, 'is not high, medium or low');
  return {
    prefix: text(at(row, 'prefix')),
    kind: text(at(row, 'kind')),
    objects: count(at(row, 'objects')),
    bytes: count(at(row, 'bytes')),
    monthlyUsd: decimal(at(row, 'monthlyUsd')),
    savingUsd: decimal(at(row, 'savingUsd')),
    recommendation: text(at(row, 'recommendation')),
    confidence: known,
    why: text(at(row, 'why')),
  };
}

function at(parent: Field, name: string): Field {
  const { value, path, source } = parent;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(parent, 'is not an object');
  return {
    value: Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined,
    path: path === '' ? name : `${path}.${name}`,
    source,
  };
}

function optional<K extends string, T>(parent: Field, name: K, read: (field: Field) => T): { [P in K]?: T } {
  const field = at(parent, name);
  return field.value === undefined ? {} : ({ [name]: read(field) } as { [P in K]: T });
}

function list<T>({ value, path, source }: Field, read: (item: Field) => T): readonly T[] {
  if (!Array.isArray(value)) refuse({ value, path, source }, 'is not a list');
  return value.map((item: unknown, i) => read({ value: item, path: `${path}[${i}]`, source }));
}

const text = (field: Field): string =>
  typeof field.value === 'string' ? field.value : refuse(field, 'is not a text');

const whole = (field: Field): number =>
  Number.isSafeInteger(field.value) && (field.value as number) >= 0
    ? (field.value as number)
    : refuse(field, 'is not a whole number');

function count(field: Field): bigint {
  const { value } = field;
  if (typeof value === 'string' && /^\d{1,40}$/.test(value)) return BigInt(value);
  return BigInt(whole({ ...field, value }));
}

const decimal = (field: Field): string =>
  /^-?\d{1,40}(\.\d{1,40})?$/.test(text(field)) ? text(field) : refuse(field, 'is not a decimal amount');

function refuse({ path, source, value }: Field, why: string): never {
  const what = value === undefined ? 'is missing' : why;
  return raise('SCAN_INVALID', { source, why: path === '' ? `it ${what}` : `${path} ${what}` });
}
