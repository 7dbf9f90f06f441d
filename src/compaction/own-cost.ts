/** What a run will cost, by what it is going to do: requests of its own to the stores, and what a billed engine scans. */
import type { Hour } from './hours.js';
import type { CompactionReport, OwnCost } from './plan.js';
import type { Requests } from './ports.js';
import { maxQueryBytes } from './sql/statement.js';
import type { CompactionTable } from './table.js';

export function predictedCost(
  table: CompactionTable,
  due: readonly Hour[],
  engine: CompactionReport['engine'],
  price: (requests: Requests, scans?: readonly number[]) => string,
): OwnCost {
  const requests = predicted(table, due, engine !== 'duckdb');
  if (engine !== 'athena') return { requests, usd: price(requests) };
  const scans = due.flatMap(scansOf);
  return {
    requests,
    scannedBytes: scans.reduce((sum, bytes) => sum + bytes, 0),
    usd: price(requests, scans),
  };
}

/** Each object to be compacted is scanned once; its values are read back by us and by no query. */
function scansOf({ next }: Hour): number[] {
  if (!next || !('runId' in next)) return [];
  const bytes = next.read.reduce((sum, { size }) => sum + size, 0);
  // A query names every object: many long names take several queries, and each has its least charge.
  const named = next.read.reduce((sum, { key }) => sum + key.length + nameBytes, 0);
  const queries = Math.max(1, Math.ceil(named / maxQueryBytes));
  return Array.from({ length: queries }, () => Math.ceil(bytes / queries));
}

/** Quotes, comma, "s3://" and a bucket around a key. */
const nameBytes = 40;

/**
 * Manifest, claim, intent, evidence, mark, pointer, release; file by file an upload and a copy; what is under way elsewhere is
 * written down twice, and looked at once a run.
 */
function predicted(table: CompactionTable, due: readonly Hour[], isElsewhere: boolean): Requests {
  const files = due.map((hour) =>
    Math.max(
      1,
      Math.ceil(hour.objects.reduce((sum, object) => sum + object.size, 0) / 2 / table.targetFileBytes),
    ),
  );
  const all = files.reduce((sum, count) => sum + count, 0);
  const objects = due.reduce((sum, hour) => sum + hour.objects.length, 0);
  const elsewhere = isElsewhere && due.length > 0;
  const { upstream, sourceLayout, layout } = table;
  const above = upstream && sourceLayout ? due.length * (layout.grainMs / sourceLayout.grainMs) : 0;
  return {
    put: due.length * (elsewhere ? 9 : 7) + all * 2,
    // Three records of each hour above are read when the day is claimed and before it is committed, two lists made.
    get: objects + due.length * 9 + all * 3 + above * 6,
    // Each hour is listed when it is claimed and before it is committed; sources and files of an engine elsewhere too.
    list: Math.ceil(objects / 1000) + due.length * (elsewhere || upstream ? 4 : 2) + (elsewhere ? 1 : 0),
  };
}
