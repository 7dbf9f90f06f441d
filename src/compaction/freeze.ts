/** What a generation is made of is written down before anything is read of it. */
import type { Generation } from './generation.js';
import { type Manifest, putRecord } from './journal.js';
import { manifestKey } from './partition.js';
import type { CompactionPorts } from './ports.js';
import type { CompactionTable } from './table.js';

/** A run id has one manifest, so whoever writes it writes the same. */
export async function freeze(
  ports: CompactionPorts,
  table: CompactionTable,
  partition: string,
  { runId, sources, read, kind }: Generation,
): Promise<void> {
  const manifest: Manifest = {
    schemaVersion: 1,
    table: table.name,
    partition,
    runId,
    source: { uri: table.source.uri, prefix: table.sourcePrefix },
    sources,
    ...(kind === 'added' ? { added: read } : {}),
  };
  await putRecord(ports.target, manifestKey(table, partition, runId), manifest, 'absent');
}
