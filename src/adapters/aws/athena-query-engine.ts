/** Athena tallies an inventory: its answer is read as it lies in S3, by bytes and not by pages of 1,000 rows. */
import type { ObjectStore } from '../../compaction/ports.js';
import type { QueryEngine } from '../../inventory/query-ports.js';
import { athenaInventory } from '../../inventory/sql/dialects.js';
import type { InventoryStatement } from '../../inventory/sql/inventory-statement.js';
import { BucketwiseError, raise } from '../../kernel/errors.js';
import { type Location, parseLocation, printable } from '../../kernel/s3.js';
import { type AthenaService, type Execution, execute } from './athena-execution.js';
import { workgroup } from './athena-workgroup.js';
import { resultReader } from './result-rows.js';

export interface AthenaQueryOptions extends AthenaService {
  readonly fresh: () => string;
  /** The store of the bucket that results go to. */
  resultsOf(location: Location): Promise<ObjectStore>;
}

export function openAthenaQueries(options: AthenaQueryOptions): QueryEngine {
  let service: Promise<AthenaService> | undefined;
  const ran = async (statement: InventoryStatement, signal: AbortSignal): Promise<Execution> => {
    service ??= serviceOf(options);
    const sql = athenaInventory(statement);
    try {
      const execution = await execute(await service, { sql, token: options.fresh() }, signal);
      return execution.state === 'SUCCEEDED' ? execution : failed(execution.error.words);
    } catch (cause) {
      const isOwn = cause instanceof BucketwiseError && cause.code === 'ENGINE_FAILED';
      if (!isOwn) throw cause;
      return failed(cause.details.why ?? '', cause);
    }
  };
  return {
    name: 'athena',
    database: options.database,
    run: async (statement, signal) => void (await ran(statement, signal)),
    ask: async (statement, take, signal) => {
      const { scannedBytes, resultAt } = await ran(statement, signal);
      await readResult(options, resultAt ?? failed('it does not say where its answer lies'), take, signal);
      return { scannedBytes };
    },
    close: () => options.client.destroy(),
  };
}

const failed = (why: string, cause?: unknown): never =>
  raise('QUERY_FAILED', { engine: 'athena', why: printable(why).slice(0, 500) }, cause);

async function serviceOf(options: AthenaQueryOptions): Promise<AthenaService> {
  const { output, isManaged } = await workgroup(options.client, options.workgroup, options.output);
  if (isManaged)
    raise('ENGINE_UNAVAILABLE', {
      engine: 'athena',
      why: `workgroup "${options.workgroup}" manages query results itself, where an answer of many rows cannot be read`,
      hint: 'Name a workgroup whose results go to S3 (engines.athena.workgroup).',
    });
  return { ...options, output };
}

async function readResult(
  { resultsOf }: AthenaQueryOptions,
  at: string,
  take: (row: readonly string[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const [, bucket = '', key = ''] =
    /^s3:\/\/([^/]+)\/(.+)$/s.exec(at) ?? failed(`its answer lies at "${at}"`);
  const store = await resultsOf(parseLocation(`s3://${bucket}/`));
  const object = (await found(store, key)) ?? failed(`its answer is not at ${at}`);
  const reader = resultReader(take);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  for await (const bytes of store.stream(object)) {
    if (signal.aborted) raise('INTERRUPTED', { state: 'Nothing was counted.' });
    reader.take(decoder.decode(bytes, { stream: true }));
  }
  reader.take(decoder.decode());
  if (!reader.end()) failed(`its answer at ${at} is cut off`);
}

async function found(store: ObjectStore, key: string) {
  for await (const { objects } of store.list({ prefix: key })) return objects.find((one) => one.key === key);
  return undefined;
}
