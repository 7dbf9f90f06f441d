/** A report in a bucket held in memory, scanned by this process or by an engine that executes. */
import { setImmediate } from 'node:timers/promises';
import { createAthenaClient } from '../../src/adapters/aws/athena-client.js';
import { openAthenaQueries } from '../../src/adapters/aws/athena-query-engine.js';
import { fileColumns } from '../../src/adapters/inventory/file-columns.js';
import type { ReportBucket } from '../../src/adapters/inventory/report-bucket.js';
import { scanFile } from '../../src/adapters/inventory/scan-file.js';
import { openTrinoQueries } from '../../src/adapters/trino/query-engine.js';
import { scan } from '../../src/app/scan.js';
import type { ScanRequest } from '../../src/app/scan-request.js';
import { jsonText } from '../../src/app/shown.js';
import type { Surroundings } from '../../src/app/surroundings.js';
import { openTally } from '../../src/inventory/inventory-tally.js';
import type { Key } from '../../src/kernel/s3.js';
import type { Scan } from '../../src/prefixes/scan.js';
import { createWorld } from '../../src/world.js';
import type { AthenaEndpoint } from '../athena/endpoint.js';
import type { MemoryStore } from '../compaction/memory-store.js';
import type { TrinoEndpoint } from '../trino/endpoint.js';
import { manifestKey, md5Of, reportTime } from './report-files.js';

export const bucketName = 'reports';

export interface Scanning {
  readonly store: MemoryStore;
  readonly athena?: AthenaEndpoint;
  readonly trino?: TrinoEndpoint;
  /** Of Athena. */
  readonly output?: string;
}

/** The document, and what was said on the way. */
export async function scanned(
  world: Scanning,
  request: Partial<ScanRequest> = {},
  signal = new AbortController().signal,
): Promise<{ readonly value: Scan; readonly notes: string }> {
  const notes: string[] = [];
  const watch = { progress: () => undefined, note: (text: string) => void notes.push(text), signal };
  const uri = `s3://${bucketName}/${manifestKey}`;
  const { value } = await scan(surroundings(world), { uri, region: 'us-east-1', ...request }, watch);
  return { value, notes: notes.join('\n') };
}

/** The text of the document without what the scan says of itself. */
export function found({ value }: { readonly value: Scan }): string {
  const { ownCost: _, ...document } = value;
  return jsonText(document);
}

function surroundings({ store, athena, trino, output }: Scanning): Surroundings {
  const real = createWorld({ environment: {} });
  const bucket = reportBucket(store);
  return {
    ...real,
    clock: { now: () => reportTime },
    openInventory: async () => ({
      store: {
        manifest: async () => {
          const bytes = (await bucket.read(manifestKey))!;
          const checksum = await bucket.read(manifestKey.replace('.json', '.checksum'));
          return { bytes, md5: md5Of(bytes), ...(checksum && { checksum }) };
        },
        find: async (key) => {
          const there = await bucket.look(key);
          return there && { ...there, root: bucketName, at: key };
        },
      },
      bucketRegion: () => undefined,
      openScanner: async (options) => ({
        parallel: 1,
        scan: async (job) => {
          const tally = openTally(options);
          const read = await scanFile(job, { bucket, folder: undefined, tally, tell: () => undefined });
          return { ...read, bytes: job.file.size, part: tally.part() };
        },
        close: () => undefined,
      }),
      columnsOf: (files, format) => fileColumns(files, format, async () => bucket),
      keptParts: () => Promise.reject(new Error('nothing is kept')),
      requests: () => ({ put: 0, get: 3, list: 0 }),
      close: async () => undefined,
    }),
    openQueryEngine: async (settings) =>
      settings.name === 'trino'
        ? openTrinoQueries({ ...settings, url: trino!.url, pause: () => setImmediate() })
        : openAthenaQueries({
            ...{ ...settings, maxScannedBytes: settings.maxScannedBytes, fresh: real.fresh },
            client: createAthenaClient({ region: 'us-east-1', endpointUrl: athena!.url, attempts: 1 }),
            output: output ?? `s3://${bucketName}/results/`,
            pause: () => setImmediate(),
            jitter: () => 0,
            resultsOf: async () => store,
          }),
  };
}

function reportBucket(store: MemoryStore): ReportBucket {
  return {
    read: async (key) => (await store.read(key))?.body,
    look: async (key: Key) => {
      const there = await store.read(key);
      return there && { etag: there.etag, size: there.body.length };
    },
    stream: (object) => store.stream(object),
    range: (object, from, to) => store.range(object, from, to),
    requests: () => 0,
    region: () => undefined,
  };
}

/** Puts every object of a report. */
export async function place(store: MemoryStore, objects: ReadonlyMap<Key, Uint8Array>): Promise<void> {
  for (const [key, bytes] of objects) await store.write(key, bytes, 'absent');
}
