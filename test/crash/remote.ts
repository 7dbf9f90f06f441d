/** Whole runs through an engine that is another machine, cut at every call to a store and to the engine, then recovered. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { parquetReadObjects } from 'hyparquet';
import type { Test } from 'tap';
import { createAthenaClient } from '../../src/adapters/aws/athena-client.js';
import { openAthenaEngine } from '../../src/adapters/aws/athena-engine.js';
import { type EngineProcess, engineProcess } from '../../src/adapters/duckdb/process.js';
import { openReadback } from '../../src/adapters/duckdb/readback.js';
import { openFooterReader } from '../../src/adapters/parquet-footer.js';
import { openTraitReader } from '../../src/adapters/remote/trait-reader.js';
import { openTrinoEngine } from '../../src/adapters/trino/engine.js';
import type { Evidence, Pointer } from '../../src/compaction/journal.js';
import { pointerKey } from '../../src/compaction/partition.js';
import type { CompactionPorts, Engine, ObjectStore } from '../../src/compaction/ports.js';
import { publishedKeys } from '../../src/compaction/publish.js';
import { run } from '../../src/compaction/run.js';
import type { CompactionTable } from '../../src/compaction/table.js';
import { BucketwiseError } from '../../src/kernel/errors.js';
import { startAthena } from '../athena/endpoint.js';
import {
  type Call,
  type Cut,
  fakeWorld,
  fill,
  hour,
  isPublished,
  type Knife,
  knife,
  table as plainTable,
  type Way,
  type World,
} from '../compaction/fake-world.js';
import { type Fate, startTrinoEndpoint } from '../trino/endpoint.js';

export const table: CompactionTable = { ...plainTable, verify: 'values' };
export const afterLease = 120_001;
const h = 3;

/** An engine's server, as it goes on while runners come and die. */
export interface Server {
  readonly name: Engine['name'];
  /** As one process has it: over the stores it sees. */
  open(ports: CompactionPorts, traitsOf: Parameters<typeof openTrinoEngine>[0]['traitsOf']): Engine;
  /** Asked of every call to it. */
  judge(of: (action: Call['action'], sql: string) => Fate): void;
  tables(): string[];
  /** Statements that write, in order. */
  writes(): string[];
  readonly statements: readonly string[];
  /** Statements that were told to stop, of a server where that can be seen. */
  readonly cancelled?: readonly string[];
  readonly url: string;
  /** Where they are not those of the world in memory. */
  readonly stores?: { readonly source: ObjectStore; readonly target: ObjectStore };
  /** The next so many statements that begin so fail. */
  refuse(on: RegExp, times: number): void;
  /** A statement that begins so goes on until it is let go. */
  hold(on: RegExp | undefined): void;
  close(): Promise<void>;
}

const placesOf = ({ source, target }: CompactionPorts) => ({
  source: { store: source, bucket: 'raw' },
  target: { store: target, bucket: 'lake' },
  footers: openFooterReader(target),
});

const storesOf = ({ source, target }: World) =>
  new Map([
    ['raw', source],
    ['lake', target],
  ]);

export async function trinoServer(world: World, noteAfterMs = 0): Promise<Server> {
  const trino = await startTrinoEndpoint(storesOf(world));
  const server = { url: trino.url, catalog: 'hive', schema: 'web', user: 'bucketwise', noteAfterMs };
  return {
    name: 'trino',
    open: (ports, traitsOf) =>
      openTrinoEngine({
        server: { ...server, pause: async () => void (await setImmediate()) },
        ...placesOf(ports),
        traitsOf,
      }),
    judge: (of) => trino.judge((method, sql) => of(method as 'POST', sql)),
    tables: () => [...trino.runner.tables.keys()],
    writes: () => trino.statements.filter((sql) => sql.startsWith('CREATE TABLE "')),
    statements: trino.statements,
    cancelled: trino.cancelled,
    url: trino.url,
    refuse: trino.refuse,
    hold: trino.hold,
    close: trino.close,
  };
}

/** Its statements are short, so that of each the page of the queue is noted and no other. */
export const quickTrino = (world: World): Promise<Server> => trinoServer(world, Number.POSITIVE_INFINITY);

export async function athenaServer(world: World): Promise<Server> {
  const athena = await startAthena(storesOf(world));
  const client = createAthenaClient({ region: 'us-east-1', endpointUrl: athena.url, attempts: 1 });
  let fresh = 0;
  return {
    name: 'athena',
    open: (ports, traitsOf) =>
      openAthenaEngine({
        client,
        workgroup: 'primary',
        database: 'web',
        output: 's3://lake/results/',
        maxConcurrent: 2,
        maxScannedBytes: undefined,
        ...placesOf(ports),
        traitsOf,
        pause: async () => void (await setImmediate()),
        jitter: () => 0,
        fresh: () => `fresh-${String(fresh++).padStart(40, '0')}`,
      }),
    judge: (of) => athena.judge((_, sql) => of('call', sql) as 'before' | 'after' | undefined),
    tables: () => [...athena.runner.tables.keys()],
    writes: () => athena.statements.filter((sql) => sql.startsWith('CREATE TABLE "')),
    statements: athena.statements,
    url: athena.url,
    refuse: (on, times) => {
      const fault = { category: 1, type: 204, retryable: false, words: 'HIVE_METASTORE_ERROR' } as const;
      for (let n = 0; n < times; n += 1) athena.tell({ on, how: { state: 'FAILED', fault } });
    },
    hold: athena.hold,
    close: async () => {
      client.destroy();
      await athena.close();
    },
  };
}

let worker: EngineProcess | undefined;
let folder: string | undefined;

/** One process reads back for all. */
export function withReadback(t: Test): void {
  folder = mkdtempSync(join(tmpdir(), 'bucketwise-cuts-'));
  worker = engineProcess({ folder, memory: '512MiB', threads: 1 });
  t.teardown(() => {
    worker?.close();
    rmSync(folder!, { recursive: true, force: true });
  });
}

/** `bad gateway`: a call to the engine is done, and its answer is that of a proxy which gave up. */
export type EngineWay = Way | 'bad gateway';

export function portsOf(world: World, server: Server, blade: Knife, way: EngineWay): CompactionPorts {
  const inner = world.ports({ knife: blade, ...(server.stores ? { stores: server.stores } : {}) });
  const reader = openTraitReader(inner.reader, { header: true, delimiter: ',' });
  server.judge((action, key) => {
    try {
      const isLost = blade.strike({ store: 'engine', action, key });
      return isLost ? (way === 'bad gateway' ? way : 'after') : undefined;
    } catch (error) {
      if (error instanceof BucketwiseError) return 'before';
      throw error;
    }
  });
  return {
    ...inner,
    reader,
    engine: server.open(inner, reader.traitsOf),
    footers: openFooterReader(inner.target),
    ...(worker ? { readback: openReadback({ store: inner.target, folder: folder!, worker }) } : {}),
  };
}

const watch = () => ({ progress: () => undefined, signal: new AbortController().signal });

export async function runOnce(
  world: World,
  server: Server,
  at?: Cut,
  way: EngineWay = 'before',
  of: CompactionTable = table,
) {
  const blade = knife(at, way === 'bad gateway' ? 'after' : way);
  const report = await run(portsOf(world, server, blade, way), of, {}, watch()).catch((error: Error) => {
    if (!error.message.includes('the line is cut')) throw error;
    return undefined;
  });
  return { report, calls: blade.calls };
}

async function keysOf(store: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const { objects } of store.list({ prefix: '' })) keys.push(...objects.map(({ key }) => key));
  return keys;
}

async function read<T>(store: ObjectStore, key: string): Promise<T> {
  const { body } = (await store.read(key)) ?? { body: new TextEncoder().encode('{}') };
  return JSON.parse(new TextDecoder().decode(body)) as T;
}

async function recordsAt(store: ObjectStore, key: string): Promise<string[]> {
  const { body } = (await store.read(key))!;
  const rows = await parquetReadObjects({ file: Uint8Array.from(body).buffer });
  return rows.map(({ id, town }) => `${id},${town}`);
}

/** Of every object whose key is wanted, sorted. */
export async function recordsBelow(
  store: ObjectStore,
  isWanted: (key: string) => boolean,
): Promise<string[]> {
  const keys = (await keysOf(store)).filter(isWanted);
  return (await Promise.all(keys.map((key) => recordsAt(store, key)))).flat().sort();
}

/** The first sentence that must hold of a committed hour and does not. */
export async function hourFault(
  target: ObjectStore,
  records: readonly string[],
  of: CompactionTable = table,
): Promise<string | undefined> {
  const pointer = await read<Pointer>(target, pointerKey(of, hour(h)));
  if (pointer.revision !== 1) return `its pointer is of revision ${pointer.revision}`;
  const evidence = await read<Evidence>(target, pointer.evidence);
  const { rowsIn, rowsOut } = evidence.digests;
  if (rowsIn !== rowsOut || (of.verify === 'values' && rowsIn === null)) return 'its digests are not equal';
  const names = publishedKeys(of, pointer);
  if ((await keysOf(target)).filter(isPublished).join() !== [...names].sort().join())
    return 'other files are published';
  const rows = (await Promise.all(names.map((name) => recordsAt(target, name)))).flat().sort();
  return rows.join() === records.join() ? undefined : `its rows are ${rows}`;
}

/** What a run does wrong that has nothing to do. */
async function restFault(world: World, server: Server): Promise<string | undefined> {
  const before = JSON.stringify(world.target.etags());
  const said = server.statements.length;
  const { report, calls } = await runOnce(world, server);
  const state = report?.partitions[0]?.state;
  if (state !== 'compacted') return `the third run says ${state}`;
  const other = calls.find(({ store, action }) => store === 'source' && action !== 'list');
  if (other) return `the third run: ${other.action} ${other.key}`;
  if (server.statements.length > said) return `the third run asks ${server.statements.at(-1)}`;
  return JSON.stringify(world.target.etags()) === before ? undefined : 'the third run changed something';
}

/** Cut once, recovered, and run once more; the first thing that is wrong, or undefined. */
async function cutFault(
  start: typeof trinoServer,
  at: number,
  way: EngineWay,
  isReattached: boolean,
): Promise<string | undefined> {
  const world = fakeWorld();
  const records = fill(world, [h], 2);
  const sources = JSON.stringify(world.source.etags());
  const server = await start(world);
  try {
    await runOnce(world, server, at, way);
    world.advance(afterLease);
    const { report } = await runOnce(world, server);
    const row = report?.partitions[0];
    if (row?.state !== 'compacted') return `${row?.state}: ${row?.reason}`;
    const wrong = (await hourFault(world.target, records)) ?? (await restFault(world, server));
    if (wrong) return wrong;
    const left = [...server.tables(), ...underWay(world)];
    if (left.length > 0) return `${left} are left`;
    if (isReattached && way === 'kill' && server.writes().length !== 1)
      return `${server.writes().length} statements wrote`;
    if (world.timers() > 0) return 'a timer goes on';
    const isTouched = JSON.stringify(world.source.etags()) !== sources || world.source.writes.length > 0;
    return isTouched ? 'sources were touched' : undefined;
  } finally {
    await server.close();
  }
}

/** What is written down as under way at the engine. */
export const underWay = ({ target }: World): string[] =>
  target.keys().filter((key) => key.includes('/under-way/'));

/** Every `stride`th call of a whole run, each in every way that it can be cut. */
export async function cutEverywhere(t: Test, start: typeof trinoServer, stride = 1): Promise<void> {
  const world = fakeWorld();
  const records = fill(world, [h], 2);
  const server = await start(world);
  const { calls } = await runOnce(world, server);
  t.equal(await hourFault(world.target, records), undefined, 'an undisturbed run is whole');
  t.same(server.tables(), []);
  await server.close();
  // A token leads to the same query from the first moment on; a page of Trino only once it was noted.
  const isReattached = server.name === 'athena';
  const count = { points: 0, engine: 0 };
  for (let at = 1; at <= calls.length; at += stride) {
    const { store, action, key } = calls[at - 1]!;
    const ways: EngineWay[] = [
      'before',
      'after',
      'kill',
      ...(action === 'POST' || action === 'GET' ? (['bad gateway'] as const) : []),
    ];
    for (const way of ways) {
      const wrong = await cutFault(start, at, way, isReattached);
      if (wrong) t.fail(`call ${at} (${action} at the ${store}: ${key.slice(0, 60)}), ${way}: ${wrong}`);
      count.points += 1;
      if (store === 'engine') count.engine += 1;
    }
  }
  t.comment(`${server.name}: ${count.points} cut points, ${count.engine} of them calls to the engine`);
  t.ok(count.engine > 20 / stride, `${count.engine} cuts of calls to the engine`);
}
