/** A whole world for compaction in memory: two buckets, a clock and a timer by hand, an engine of a few lines, and a knife. */
import type {
  FooterReader,
  ParquetSources,
  Readback,
  RowTotals,
} from '../../src/compaction/parquet-ports.js';
import type {
  CompactionPorts,
  Engine,
  ObjectStore,
  SourceReader,
  StoredObject,
  WriteJob,
  WrittenFile,
} from '../../src/compaction/ports.js';
import { type Column, columnText } from '../../src/compaction/schema.js';
import type { CompactionTable } from '../../src/compaction/table.js';
import { valueScan } from '../../src/compaction/values/value-scan.js';
import { raise } from '../../src/kernel/errors.js';
import type { Key } from '../../src/kernel/s3.js';
import { parseLayout } from '../../src/prefixes/partition-keys.js';
import { type MemoryStore, memoryStore } from './memory-store.js';

/** What the fake engine writes in place of Parquet. */
export interface Part {
  readonly rows: number;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly codec: string;
  readonly records: readonly string[];
}

export interface Call {
  /** An engine's calls are counted with those of the stores; there `key` is the statement. */
  readonly store: 'source' | 'target' | 'engine';
  readonly action: keyof ObjectStore | 'POST' | 'GET' | 'DELETE' | 'call';
  readonly key: Key;
}

/**
 * How the nth call ends. before: it does not happen and fails. after: it happens and its answer is lost.
 * kill: it does not happen, and neither does any call after it.
 */
export type Way = 'before' | 'after' | 'kill';

export interface Knife {
  readonly calls: readonly Call[];
  /** Registers a call; tells whether its answer is to be lost. Errors: STORE_FAILED when it must not happen. */
  strike(call: Call): boolean;
}

/** Where to cut: at the nth call, or at the first of which this is true of it and all before it. */
export type Cut = number | ((calls: readonly Call[]) => boolean);

export function knife(where: Cut = Number.POSITIVE_INFINITY, way: Way = 'before'): Knife {
  const calls: Call[] = [];
  let at = typeof where === 'number' ? where : Number.POSITIVE_INFINITY;
  return {
    calls,
    strike(call) {
      calls.push(call);
      if (typeof where === 'function' && calls.length < at && where(calls)) at = calls.length;
      if (calls.length === at ? way !== 'after' : way === 'kill' && calls.length > at) lose(call);
      return calls.length === at;
    },
  };
}

const lose = ({ action, key }: Call): never =>
  raise('STORE_FAILED', { action, what: key, why: 'the line is cut' });

/** The store behind a knife; `pause` lets other work go first, before the call and before its answer. */
function cut(
  name: Call['store'],
  store: ObjectStore,
  { strike }: Knife,
  pause: () => Promise<void>,
): ObjectStore {
  const once = async <T>(action: Call['action'], key: Key, act: () => Promise<T>): Promise<T> => {
    const call = { store: name, action, key };
    await pause();
    const isLost = strike(call);
    const answer = await act();
    await pause();
    return isLost ? lose(call) : answer;
  };
  async function* each<T>(action: Call['action'], key: Key, items: AsyncIterable<T>): AsyncIterable<T> {
    const call = { store: name, action, key };
    await pause();
    const isLost = strike(call);
    for await (const item of items) {
      yield item;
      await pause();
    }
    if (isLost) lose(call);
  }
  return {
    list: (request) => each('list', request.prefix, store.list(request)),
    stream: (object) => each('stream', object.key, store.stream(object)),
    read: (key) => once('read', key, () => store.read(key)),
    range: (object, start, end) => once('range', object.key, () => store.range(object, start, end)),
    write: (key, body, condition) => once('write', key, () => store.write(key, body, condition)),
    upload: (key, path) => once('upload', key, () => store.upload(key, path)),
    copy: (from, to, over) => once('copy', to, () => store.copy(from, to, over)),
    remove: (object, how) => once('remove', object.key, () => store.remove(object, how)),
    tag: (object, tag) => once('tag', object.key, () => store.tag(object, tag)),
    uploads: (prefix) => once('uploads', prefix, () => store.uploads(prefix)),
    abort: (upload) => once('abort', upload.key, () => store.abort(upload)),
  };
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of stream) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}

/** Lines are records here: the data of these tests has no line breaks in quotes. */
const recordsOf = (text: string, header: boolean): string[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .slice(header ? 1 : 0);

const fakeEngine = (
  source: ObjectStore,
  target: ObjectStore,
  cleaned: ReadonlyMap<string, string>,
): Engine => ({
  name: 'duckdb',
  write: async (job) => {
    const texts = await Promise.all(
      job.sources.map(async (object) => {
        const clean = job.cleaned?.find((one) => one.source.key === object.key);
        return clean ? cleaned.get(clean.path)! : textOf(source.stream(object));
      }),
    );
    const records = texts.flatMap((text) =>
      job.format ? (JSON.parse(text) as Part).records : recordsOf(text, job.csv.header),
    );
    const count = Math.max(1, Math.ceil(job.expected.bytes / job.targetFileBytes));
    const each = Math.ceil(records.length / count);
    const files: WrittenFile[] = [];
    for (let at = 0; at < count; at++)
      files.push(await writePart(target, job, at, records.slice(at * each, (at + 1) * each)));
    return { outcome: 'written', files, requests: { put: count, get: texts.length, list: 0 } };
  },
});

async function writePart(
  target: ObjectStore,
  job: WriteJob,
  at: number,
  records: string[],
): Promise<WrittenFile> {
  const part: Part = {
    rows: records.length,
    columns: job.columns.map((column) => ({ name: column.name, type: columnText(column) })),
    codec: job.compression.toUpperCase(),
    records,
  };
  const body = new TextEncoder().encode(JSON.stringify(part));
  const key = `${job.attemptPath}part-${at}.parquet`;
  const put = await target.write(key, body, 'absent');
  if (put.outcome !== 'written')
    return raise('ENGINE_FAILED', { engine: 'fake', partition: job.partition, why: `${key} is there` });
  return { key, size: body.length, etag: put.etag, rows: records.length };
}

const footerReader = (target: ObjectStore): FooterReader => ({
  read: async (file) => {
    const part = JSON.parse(await textOf(target.stream(file))) as Part;
    return { rows: part.rows, codecs: [part.codec], columns: part.columns, gets: 1 };
  },
});

/** Plain records of plain values, as these tests have them. */
const fakeReadback = (target: ObjectStore): Readback => ({
  read: async ({ files, columns }) => ({
    ...totalsOf(await Promise.all(files.map((file) => partOf(target, file))), columns),
    requests: { put: 0, get: files.length, list: 0 },
  }),
});

const fakeParquet = (source: ObjectStore): ParquetSources => ({
  inspect: async (file) => partOf(source, file),
  totals: async ({ sources, columns }) =>
    Promise.all(sources.map(async (file) => totalsOf([await partOf(source, file)], columns))),
});

const partOf = async (store: ObjectStore, file: StoredObject): Promise<Part> =>
  JSON.parse(await textOf(store.stream(file))) as Part;

function totalsOf(parts: readonly Part[], columns: readonly Column[]): RowTotals {
  const values = valueScan({
    columns,
    textRule: 'exact',
    fractionDigits: 6,
    digests: true,
    delimiter: ',',
    arrange: null,
    aside: { mostRecords: 0, room: 0 },
  });
  for (const record of parts.flatMap(({ records }) => records))
    values.take(new TextEncoder().encode(`${record}\n`));
  const read = values.end();
  if (!read.ok) throw new Error(read.why);
  const { rows, digest, columns: totals } = read.file;
  return { rows, digest, columns: totals };
}

export interface Hooks {
  readonly knife?: Knife;
  readonly pause?: () => Promise<void>;
  /** Around the fake engine. */
  readonly engine?: (inner: Engine) => Engine;
  readonly reader?: (inner: SourceReader) => SourceReader;
  readonly readback?: (inner: Readback) => Readback;
  /** Other buckets than those in memory. */
  readonly stores?: { readonly source: ObjectStore; readonly target: ObjectStore };
}

export interface World {
  readonly source: MemoryStore;
  readonly target: MemoryStore;
  advance(milliseconds: number): void;
  /** The timers that run now. */
  tick(): void;
  timers(): number;
  /** That process has ended, and everybody on its machine can see it. */
  dies(process: string): void;
  /** The world as one process sees it. */
  ports(hooks?: Hooks): CompactionPorts;
}

export const midnight = Date.UTC(2026, 10, 22);
export const hour = (h: number): string => `year=2026/month=11/day=22/hour=${String(h).padStart(2, '0')}`;

export const table: CompactionTable = {
  name: 'trips',
  layout: parseLayout('year=YYYY/month=MM/day=DD/hour=HH'),
  source: { uri: 's3://raw/raw/', formerly: [], sameBytes: 'hold' },
  sourcePrefix: 'raw/',
  targetPrefix: 'lake/',
  columns: [
    { name: 'id', type: 'bigint' },
    { name: 'town', type: 'string' },
  ],
  csv: { header: true, delimiter: ',', gzip: 'auto' },
  compression: 'snappy',
  targetFileBytes: 128 << 20,
  verify: 'counts',
  settleMs: 600_000,
  lookbackMs: 7 * 86_400_000,
  onBadRow: 'refuse',
  sources: { after: 'keep', graceMs: 14 * 86_400_000 },
  columnChanges: 'refuse',
};

export const sourceKey = (h: number, name: string): Key => `${table.sourcePrefix}${hour(h)}/${name}`;

/** At noon of the day of `midnight`, with empty buckets. */
export function fakeWorld(): World {
  const source = memoryStore();
  const target = memoryStore();
  const timers = new Set<() => void>();
  const dead = new Set<string>();
  let now = midnight + 12 * 3_600_000;
  let processes = 0;
  let nonces = 0;
  return {
    source,
    target,
    advance: (milliseconds) => {
      now += milliseconds;
    },
    tick: () => {
      for (const act of timers) act();
    },
    timers: () => timers.size,
    dies: (process) => void dead.add(process),
    ports({
      knife: blade = knife(),
      pause = () => Promise.resolve(),
      engine,
      reader,
      readback,
      stores,
    } = {}) {
      processes += 1;
      const owner = `process ${processes}`;
      const from = cut('source', stores?.source ?? source, blade, pause);
      const to = cut('target', stores?.target ?? target, blade, pause);
      const cleaned = new Map<string, string>();
      const plainReader: SourceReader = {
        stream: (object) => from.stream(object),
        rewritten: async (object, change) => {
          cleaned.set(`clean ${object.key}`, await textOf(change(from.stream(object))));
          return `clean ${object.key}`;
        },
        release: () => Promise.resolve(),
      };
      const written = fakeEngine(from, to, cleaned);
      return {
        source: from,
        target: to,
        reader: reader?.(plainReader) ?? plainReader,
        engine: engine?.(written) ?? written,
        footers: footerReader(to),
        parquet: fakeParquet(from),
        readback: readback?.(fakeReadback(to)) ?? fakeReadback(to),
        clock: { now: () => now },
        timer: {
          every: (_, act) => {
            timers.add(act);
            return () => void timers.delete(act);
          },
        },
        ids: {
          owner,
          process: owner,
          isDead: (process) => dead.has(process),
          fresh: () => {
            nonces += 1;
            return `nonce ${nonces}`;
          },
        },
        price: ({ put, get, list }) => String(put + get + list),
      };
    },
  };
}

/** `files` source files of two rows each in every given hour; returns all records, sorted. */
export function fill(world: World, hours: readonly number[], files = 3): string[] {
  const records: string[] = [];
  for (const h of hours)
    for (let file = 0; file < files; file++) {
      const lines = [`${h * 100 + file * 10},Ulm`, `${h * 100 + file * 10 + 1},Bern`];
      world.source.put(sourceKey(h, `${file}.csv`), `id,town\n${lines.join('\n')}\n`);
      records.push(...lines);
    }
  return records.sort();
}

export const isPublished = (key: Key): boolean => key.endsWith('.parquet') && !key.includes('_bucketwise/');

/** The records of every file under a final name, sorted. */
export const publishedRecords = ({ target }: World): string[] =>
  target
    .keys()
    .filter(isPublished)
    .flatMap((key) => (JSON.parse(target.text(key)) as Part).records)
    .sort();

/** Opens when it is told to. */
export function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), opened };
}
