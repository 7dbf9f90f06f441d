/** An Athena engine over the in-project endpoint and a bucket in memory. */
import { setImmediate } from 'node:timers/promises';
import type { Test } from 'tap';
import { createAthenaClient } from '../../src/adapters/aws/athena-client.js';
import { type AthenaOptions, openAthenaEngine } from '../../src/adapters/aws/athena-engine.js';
import { openFooterReader } from '../../src/adapters/parquet-footer.js';
import { openTraitReader, type TraitReader } from '../../src/adapters/remote/trait-reader.js';
import { withCredentials } from '../adapters/aws/stub-server.js';
import { type MemoryStore, memoryStore } from '../compaction/memory-store.js';
import { type EngineWorld, plainReader } from '../conformance/engine.js';
import { type AthenaEndpoint, startAthena } from './endpoint.js';

export interface AthenaWorld extends EngineWorld {
  readonly store: MemoryStore;
  readonly reader: TraitReader;
  readonly athena: AthenaEndpoint;
  /** Milliseconds asked to wait, in order. */
  readonly waits: number[];
  /** Another engine over the same everything, as a process started anew has it. */
  again(): EngineWorld['engine'];
}

export async function athenaWorld(t: Test, options: Partial<AthenaOptions> = {}): Promise<AthenaWorld> {
  withCredentials(t);
  const store = memoryStore();
  const athena = await startAthena(new Map([['lake', store]]));
  const client = createAthenaClient({ region: 'us-east-1', endpointUrl: athena.url, attempts: 1 });
  const reader = openTraitReader(plainReader(store), { header: true, delimiter: ',' });
  const waits: number[] = [];
  const place = { store, bucket: 'lake' };
  const fresh: string[] = [];
  const again = () =>
    openAthenaEngine({
      client,
      workgroup: 'primary',
      database: 'web',
      output: 's3://lake/results/',
      maxConcurrent: 2,
      maxScannedBytes: undefined,
      source: place,
      target: place,
      footers: openFooterReader(store),
      traitsOf: reader.traitsOf,
      pause: async (milliseconds) => {
        waits.push(milliseconds);
        await setImmediate();
      },
      jitter: () => 0.5,
      fresh: () => {
        fresh.push(`fresh-${String(fresh.length).padStart(40, '0')}`);
        return fresh.at(-1)!;
      },
      ...options,
    });
  return {
    store,
    source: store,
    target: store,
    reader,
    athena,
    waits,
    engine: again(),
    again,
    close: async () => {
      client.destroy();
      await athena.close();
    },
  };
}
