/** A lake on disk with the real engine: each case is a table of one hour, compacted as the program compacts it. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { openDuckdbEngine } from '../../../src/adapters/duckdb/engine.js';
import { openParquetSources } from '../../../src/adapters/duckdb/parquet-sources.js';
import { engineProcess } from '../../../src/adapters/duckdb/process.js';
import { openReadback } from '../../../src/adapters/duckdb/readback.js';
import { openFileStore } from '../../../src/adapters/files/object-store.js';
import { openSpool } from '../../../src/adapters/files/spool.js';
import { openFooterReader } from '../../../src/adapters/parquet-footer.js';
import { exactType } from '../../../src/adapters/parquet-types.js';
import type { Evidence } from '../../../src/compaction/journal.js';
import type { PartitionRow } from '../../../src/compaction/plan.js';
import type { CompactionPorts, Engine } from '../../../src/compaction/ports.js';
import { run } from '../../../src/compaction/run.js';
import type { CompactionTable } from '../../../src/compaction/table.js';
import { parseLayout } from '../../../src/prefixes/partition-keys.js';

export type Files = Readonly<Record<string, string | Uint8Array>>;
export type Row = Record<string, unknown>;

export interface Compacted {
  readonly row: PartitionRow;
  /** As hyparquet reads the published files. */
  readonly rows: readonly Row[];
  readonly evidence: Evidence | undefined;
  /** The lines of the quarantine. */
  readonly aside: readonly Row[];
}

export interface Lake {
  compact(
    files: Files,
    table: Partial<CompactionTable>,
    engine?: (inner: Engine) => Engine,
  ): Promise<Compacted>;
  readonly root: string;
  close(): Promise<void>;
}

const hour = 'year=2026/month=11/day=22/hour=05';

export async function openLake(): Promise<Lake> {
  const root = await mkdtemp(join(tmpdir(), 'bucketwise-lake-'));
  const folder = join(root, 'work');
  const source = openFileStore({ root: join(root, 'source'), create: true });
  const target = openFileStore({ root: join(root, 'target'), create: true });
  const reader = openSpool(source, folder);
  const worker = engineProcess({ folder, memory: '512MiB', threads: 2 });
  const ports: CompactionPorts = {
    source,
    target,
    reader,
    engine: openDuckdbEngine({ target, folder, pathOf: reader.pathOf, worker }),
    footers: openFooterReader(target),
    readback: openReadback({ store: target, folder, worker }),
    parquet: openParquetSources({ pathOf: reader.pathOf, folder, worker }),
    clock: { now: () => Date.UTC(2026, 10, 23) },
    timer: { every: () => () => undefined },
    ids: { owner: 'test', process: 'test', isDead: () => false, fresh: () => String(cases) },
    price: () => '0',
  };
  let cases = 0;
  return {
    root,
    compact: async (files, given, engine) => {
      cases += 1;
      const table = tableOf(`case_${cases}`, given);
      const there = join(root, 'source', table.sourcePrefix, hour);
      await mkdir(there, { recursive: true });
      for (const [name, body] of Object.entries(files)) await writeFile(join(there, name), body);
      const used: CompactionPorts = {
        ...ports,
        ...(engine ? { engine: engine(ports.engine) } : {}),
        ...(table.format ? { footers: openFooterReader(target, exactType) } : {}),
      };
      const signal = new AbortController().signal;
      const report = await run(used, table, {}, { progress: () => undefined, signal });
      return found(join(root, 'target'), table, report.partitions[0]!);
    },
    close: async () => {
      worker.close();
      await rm(root, { recursive: true });
    },
  };
}

const tableOf = (name: string, given: Partial<CompactionTable>): CompactionTable => ({
  name,
  layout: parseLayout('year=YYYY/month=MM/day=DD/hour=HH'),
  source: { uri: `s3://lake/${name}/`, formerly: [], sameBytes: 'hold' },
  sourcePrefix: `${name}/`,
  targetPrefix: `${name}/`,
  columns: 'infer',
  csv: { header: true, delimiter: ',', gzip: 'auto' },
  compression: 'snappy',
  sources: { after: 'keep', graceMs: 14 * 86_400_000 },
  targetFileBytes: 128 << 20,
  verify: 'values',
  settleMs: 0,
  lookbackMs: 7 * 86_400_000,
  onBadRow: 'refuse',
  columnChanges: 'refuse',
  ...given,
});

async function found(target: string, table: CompactionTable, row: PartitionRow): Promise<Compacted> {
  const rows: Row[] = [];
  const published = join(target, table.targetPrefix, hour);
  for (const name of row.state === 'compacted' ? (await readdir(published)).sort() : [])
    rows.push(
      ...((await parquetReadObjects({
        file: Uint8Array.from(await readFile(join(published, name))).buffer,
      })) as Row[]),
    );
  const evidence =
    row.evidence === null
      ? undefined
      : (JSON.parse(await readFile(join(target, row.evidence), 'utf8')) as Evidence);
  const lines = evidence?.quarantine
    ? (await readFile(join(target, evidence.quarantine), 'utf8')).trimEnd().split('\n')
    : [];
  return { row, rows, evidence, aside: lines.map((line) => JSON.parse(line) as Row) };
}
