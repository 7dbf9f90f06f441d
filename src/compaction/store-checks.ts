/** Whether the stores let a run do what it will have to do, found out by calls that leave nothing of the user's changed. */
import { raise } from '../kernel/errors.js';
import { type Finding, finding, problem } from '../kernel/finding.js';
import { type ObjectRecord, printable } from '../kernel/s3.js';
import { probeKey } from './partition.js';
import type { CompactionPorts, ObjectStore } from './ports.js';
import { ignoredCondition } from './probe.js';
import { removeNothing } from './source-probe.js';
import type { CompactionTable } from './table.js';

type Ports = Pick<CompactionPorts, 'source' | 'target' | 'clock' | 'ids'>;

export interface StoreFindings {
  /** The condition that the target ignored; null when it honours all that is needed, or could not be asked. */
  readonly ignored: string | null;
  readonly findings: readonly Finding[];
}

/**
 * Effects in order: the source is listed and one byte of it read; the target is tried for conditions, an object of ours put
 * below its control prefix, read, tagged where that tells something of the sources, and deleted; the source is asked to
 * delete an object that is not there. `isOneBucket`: what holds for one store holds for the other.
 */
export async function checkStores(
  ports: Ports,
  table: CompactionTable,
  isOneBucket: boolean,
): Promise<StoreFindings> {
  const { after } = table.sources;
  const first: { object: ObjectRecord | undefined } = { object: undefined };
  const listed = await finding('source-list', async () => {
    first.object = await firstObject(ports.source, table);
    return first.object ? 'the source can be listed' : 'the source can be listed; nothing lies there yet';
  });
  const { object } = first;
  const read = object && (await finding('source-read', () => readOne(ports.source, object)));
  const { ignored, findings } = await checkConditions(ports, table);
  const own = await checkOwn(ports, table, after === 'tag' && isOneBucket);
  return {
    ignored,
    findings: [
      listed,
      ...(read ? [read] : []),
      ...findings,
      ...own,
      ...(after === 'tag' && !isOneBucket ? [untriedTag] : []),
      ...(after === 'delete' ? [await checkSourceDelete(ports, table)] : []),
    ],
  };
}

async function firstObject(
  source: ObjectStore,
  { sourcePrefix }: CompactionTable,
): Promise<ObjectRecord | undefined> {
  for await (const { objects } of source.list({ prefix: sourcePrefix }))
    return objects.find(({ size }) => size > 0) ?? objects[0];
  return undefined;
}

async function readOne(source: ObjectStore, object: ObjectRecord): Promise<string> {
  if (object.size > 0) await source.range(object, 0, 1);
  return `objects of the source can be read ("${printable(object.key)}")`;
}

async function checkConditions(ports: Ports, table: CompactionTable): Promise<StoreFindings> {
  let ignored: string | undefined;
  const asked = await finding('target-conditions', async () => {
    ignored = await ignoredCondition(ports, table, true);
    return `the target honours conditional writes${table.sources.after === 'delete' ? ' and deletes' : ''}`;
  });
  if (ignored === undefined) return { ignored: null, findings: [asked] };
  const what = `not fit: the target ignored ${ignored}`;
  const todo = 'Use another endpoint: compaction rests on If-None-Match and If-Match.';
  return { ignored, findings: [problem('target-conditions', what, todo, 'CONDITION_UNSUPPORTED')] };
}

/** On an object of our own, which is gone afterwards whatever was found. */
async function checkOwn(ports: Ports, table: CompactionTable, tags: boolean): Promise<Finding[]> {
  const { target } = ports;
  const key = probeKey(table, ports.ids.fresh());
  let etag = '';
  const written = await finding('target-write', async () => {
    const put = await target.write(key, new TextEncoder().encode('{}\n'), 'absent');
    etag = put.outcome === 'written' ? put.etag : raise('CONDITION_FAILED', { key });
    if (!(await target.read(key))) raise('OBJECT_MISSING', { key });
    return 'objects can be written to the target and read there';
  });
  if (written.outcome === 'problem') return [written];
  const tagged = tags
    ? await finding('source-tag', async () => {
        await target.tag({ key, etag }, { name: 'bucketwise', value: 'probe' });
        return 'objects can be tagged (tried on one of ours in the same bucket)';
      })
    : undefined;
  const removed = await finding('target-delete', async () => {
    await target.remove({ key, etag });
    return 'objects of ours can be deleted in the target';
  });
  return [written, ...(tagged ? [tagged] : []), removed];
}

const untriedTag: Finding = {
  check: 'source-tag',
  outcome: 'untried',
  what: 'tagging was not tried: it would change a source',
  todo: 'Grant s3:GetObjectTagging and s3:PutObjectTagging on the source for sources.after: tag.',
};

const checkSourceDelete = (ports: Ports, table: CompactionTable): Promise<Finding> =>
  finding('source-delete', async () => {
    await removeNothing(ports, table);
    return 'sources can be deleted (tried on a name that is not there)';
  });
