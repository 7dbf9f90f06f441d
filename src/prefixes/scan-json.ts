/** A scan on disk is JSON; reading one back either gives the same scan or names the field that does not fit. */
import { raise } from '../kernel/errors.js';
import type { Comparison } from './bucket-metrics.js';
import { upperEdges } from './histogram.js';
import { requestsFromJson } from './request-json.js';
import {
  type Finding,
  findingActions,
  findingCauses,
  type MissingFile,
  type PrefixRow,
  type Scan,
} from './scan.js';
import { contradiction } from './scan-consistency.js';
import {
  at,
  count,
  decimal,
  type Field,
  instant,
  list,
  oneOf,
  optional,
  refuse,
  text,
  whole,
} from './scan-fields.js';
import type { HistogramRow, Tally } from './tally.js';

/** Counts become numbers, or decimal strings beyond 2^53 − 1. */
export const scanToJson = (scan: Scan): unknown => jsonOf(scan);

function jsonOf(value: unknown): unknown {
  if (typeof value === 'bigint')
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value.toString();
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value !== 'object' || value === null) return value;
  // A list of pairs for each of a hundred thousand bars would take half a second.
  const json: Record<string, unknown> = {};
  for (const name of Object.keys(value)) json[name] = jsonOf((value as Record<string, unknown>)[name]);
  return json;
}

/** Fields it does not know are ignored: a later version may add some. Errors: SCAN_INVALID. */
export function scanFromJson(value: unknown, source: string): Scan {
  const scan: Field = { value, path: '', source };
  const version = at(scan, 'schemaVersion');
  if (version.value !== 1) refuse(version, 'is not 1, the version this program reads');
  const folded = at(scan, 'folded');
  const unknown = at(scan, 'unknown');
  const ownCost = at(scan, 'ownCost');
  const requests = at(ownCost, 'requests');
  const read: Scan = {
    schemaVersion: 1,
    source: text(at(scan, 'source')),
    takenAt: instant(at(scan, 'takenAt')),
    region: text(at(scan, 'region')),
    smallBelowBytes: whole(at(scan, 'smallBelowBytes')),
    totals: list(at(scan, 'totals'), tally),
    prefixes: list(at(scan, 'prefixes'), prefixRow),
    folded: { prefixes: whole(at(folded, 'prefixes')), into: whole(at(folded, 'into')) },
    findings: list(at(scan, 'findings'), finding),
    unknown: { classes: list(at(unknown, 'classes'), text), columns: list(at(unknown, 'columns'), text) },
    ...optional(scan, 'missing', (files) => list(files, missingFile)),
    ownCost: {
      requests: {
        put: whole(at(requests, 'put')),
        get: whole(at(requests, 'get')),
        list: whole(at(requests, 'list')),
      },
      usd: decimal(at(ownCost, 'usd')),
    },
    ...optional(scan, 'requests', requestsFromJson),
    ...optional(scan, 'comparison', comparison),
  };
  const why = contradiction(read);
  return why === undefined ? read : raise('SCAN_INVALID', { source, why });
}

const missingFile = (row: Field): MissingFile => ({ file: text(at(row, 'file')), why: text(at(row, 'why')) });

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
    ...optional(row, 'tableDepth', whole),
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

const comparison = (field: Field): Comparison => ({
  checks: list(at(field, 'checks'), (check) => ({
    source: oneOf(at(check, 'source'), ['CloudWatch', 'Storage Lens'] as const),
    name: text(at(check, 'name')),
    ...optional(check, 'prefix', text),
    at: text(at(check, 'at')),
    value: count(at(check, 'value')),
    scanned: count(at(check, 'scanned')),
    ...optional(check, 'percent', decimal),
  })),
  notCompared: list(at(field, 'notCompared'), text),
});

const findingCosts = (costs: Field): NonNullable<Finding['costs']> =>
  Object.assign({}, ...findingCauses.map((cause) => optional(costs, cause, decimal)));

function finding(row: Field): Finding {
  return {
    prefix: text(at(row, 'prefix')),
    kind: text(at(row, 'kind')),
    objects: count(at(row, 'objects')),
    bytes: count(at(row, 'bytes')),
    monthlyUsd: decimal(at(row, 'monthlyUsd')),
    savingUsd: decimal(at(row, 'savingUsd')),
    recommendation: text(at(row, 'recommendation')),
    confidence: oneOf(at(row, 'confidence'), ['high', 'medium', 'low'] as const),
    why: text(at(row, 'why')),
    ...optional(row, 'certainty', text),
    ...optional(row, 'action', (field) => oneOf(field, findingActions)),
    ...optional(row, 'oneOffUsd', decimal),
    ...optional(row, 'costs', findingCosts),
    ...optional(row, 'partitioning', text),
    ...optional(row, 'writer', text),
  };
}
