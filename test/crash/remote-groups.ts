/** Hours written together through an engine that is another machine, cut at every call to a store and to the engine. */
import { parquetReadObjects } from 'hyparquet';
import type { Test } from 'tap';
import { clean, cleanAfterMs, planClean } from '../../src/compaction/clean.js';
import type { Evidence, Pointer } from '../../src/compaction/journal.js';
import { attemptsRoot, pointerKey } from '../../src/compaction/partition.js';
import { publishedKeys } from '../../src/compaction/publish.js';
import { fakeWorld, fill, hour, isPublished, type World } from '../compaction/fake-world.js';
import {
  afterLease,
  type EngineWay,
  runOnce,
  type trinoServer,
  underWay,
  table as values,
} from './remote.js';

const table = { ...values, backfillHours: 24 };
const hours = [3, 4];

const read = <T>(world: World, key: string): T => JSON.parse(world.target.text(key)) as T;

/** The first sentence that must hold of both hours and does not. */
async function hoursFault(world: World, records: readonly string[]): Promise<string | undefined> {
  const rows: string[] = [];
  const names: string[] = [];
  for (const h of hours) {
    const pointer = read<Pointer>(world, pointerKey(table, hour(h)));
    if (pointer.revision !== 1) return `the pointer of hour ${h} is of revision ${pointer.revision}`;
    const { digests } = read<Evidence>(world, pointer.evidence);
    if (digests.rowsIn !== digests.rowsOut || digests.rowsIn === null) return `hour ${h}: its digests`;
    for (const name of publishedKeys(table, pointer)) {
      names.push(name);
      const { body } = (await world.target.read(name))!;
      const found = await parquetReadObjects({ file: Uint8Array.from(body).buffer });
      rows.push(...found.map(({ id, town }) => `${id},${town}`));
    }
  }
  if (world.target.keys().filter(isPublished).join() !== names.sort().join())
    return 'other files are published';
  return rows.sort().join() === records.join() ? undefined : `the rows are ${rows}`;
}

async function cutFault(start: typeof trinoServer, at: number, way: EngineWay): Promise<string | undefined> {
  const world = fakeWorld();
  const records = fill(world, hours, 1);
  const server = await start(world);
  try {
    await runOnce(world, server, at, way, table);
    world.advance(afterLease);
    const { report } = await runOnce(world, server, undefined, 'before', table);
    const row = report?.partitions.find(({ state }) => state !== 'compacted');
    if (!report || row) return `${row?.partition} ${row?.state}: ${row?.reason}`;
    const wrong = await hoursFault(world, records);
    if (wrong) return wrong;
    const left = [...server.tables(), ...underWay(world)];
    if (left.length > 0) return `${left} are left`;
    const before = JSON.stringify(world.target.etags());
    await runOnce(world, server, undefined, 'before', table);
    if (JSON.stringify(world.target.etags()) !== before) return 'the third run changed something';
    world.advance(2 * cleanAfterMs);
    const ports = world.ports();
    await clean(ports, await planClean(ports, table), new AbortController().signal);
    const shared = world.target
      .keys()
      .find((key) => key.startsWith(attemptsRoot(table)) && key.includes('-group/'));
    return shared === undefined ? hoursFault(world, records) : `${shared} is left`;
  } finally {
    await server.close();
  }
}

/** Every `stride`th call of a whole run, each in every way that it can be cut. */
export async function cutGroups(t: Test, start: typeof trinoServer, stride = 1): Promise<void> {
  const world = fakeWorld();
  const records = fill(world, hours, 1);
  const server = await start(world);
  const { calls } = await runOnce(world, server, undefined, 'before', table);
  t.equal(await hoursFault(world, records), undefined, 'an undisturbed run is whole');
  t.equal(server.writes().length, 1, 'by one statement');
  t.same([...server.tables(), ...underWay(world)], []);
  await server.close();
  let points = 0;
  for (let at = 1; at <= calls.length; at += stride)
    for (const way of ['before', 'after', 'kill'] as const) {
      const { store, action, key } = calls[at - 1]!;
      const wrong = await cutFault(start, at, way);
      if (wrong) t.fail(`call ${at} (${action} at the ${store}: ${key.slice(0, 60)}), ${way}: ${wrong}`);
      points += 1;
    }
  t.comment(`${server.name}: ${points} cut points of a run that writes ${hours.length} hours together`);
  t.ok(points > (3 * 40) / stride, `${points} cut points`);
}
