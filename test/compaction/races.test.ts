/** Two first hours that find the columns at once, and a source that is broken for good. */
import t from 'tap';
import type { SchemaRecord } from '../../src/compaction/journal.js';
import { schemaKey } from '../../src/compaction/partition.js';
import type { CompactionPorts } from '../../src/compaction/ports.js';
import { run } from '../../src/compaction/run.js';
import type { CompactionTable } from '../../src/compaction/table.js';
import { raise } from '../../src/kernel/errors.js';
import { fakeWorld, fill, gate, knife, sourceKey, table } from './fake-world.js';

const inferring: CompactionTable = { ...table, columns: 'infer' };
const runs = (ports: CompactionPorts, of: CompactionTable) =>
  run(ports, of, {}, { progress: () => undefined, signal: new AbortController().signal });

t.test(
  'of two first hours that infer other columns at once one decides, and the other is held to it',
  async (t) => {
    const world = fakeWorld();
    world.source.put(sourceKey(3, 'a.csv'), 'id,town\n1,Ulm\n');
    world.source.put(sourceKey(4, 'a.csv'), 'id,city\nx,Ulm\n');
    const ports = world.ports();
    const both = gate();
    let waiting = 0;
    const write: typeof ports.target.write = async (key, body, condition) => {
      if (key === schemaKey(table)) {
        waiting += 1;
        if (waiting === 2) both.open();
        await both.opened;
      }
      return ports.target.write(key, body, condition);
    };
    const report = await runs({ ...ports, target: { ...ports.target, write } }, inferring);
    t.equal(waiting, 2, 'both had found columns of their own');
    const { header } = JSON.parse(world.target.text(schemaKey(table))) as SchemaRecord;
    const states = report.partitions.map(({ state, reason }) => [state, reason]);
    const winner = header.includes('town') ? 0 : 1;
    t.equal(states[winner]?.[0], 'compacted');
    t.equal(states[1 - winner]?.[0], 'refused');
    t.match(states[1 - winner]?.[1], /its column 2 is "(?:city|town)" where the table has "(?:city|town)"/);
  },
);

t.test('a broken source is read once: its hour is refused until other bytes lie there', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  const broken = knife();
  const reader = (inner: CompactionPorts['reader']): CompactionPorts['reader'] => ({
    ...inner,
    async *stream(source, gzip) {
      if (source.size === 1) raise('SOURCE_CORRUPT', { key: source.key, why: 'incorrect header check' });
      yield* inner.stream(source, gzip);
    },
  });
  world.source.put(sourceKey(3, '1.csv'), 'x');
  t.match((await runs(world.ports({ reader }), table)).partitions[0], {
    state: 'refused',
    reason: /1\.csv" cannot be read: incorrect header check/,
  });
  t.match((await runs(world.ports({ reader, knife: broken }), table)).partitions[0], { state: 'refused' });
  t.notOk(broken.calls.some(({ action }) => action === 'stream' || action === 'write'));
  world.source.put(sourceKey(3, '1.csv'), 'id,town\n7,Ulm\n');
  t.match((await runs(world.ports({ reader }), table)).partitions[0], { state: 'compacted' });
});
