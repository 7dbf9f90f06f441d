/** What the use case does before it reaches a table. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { compact } from '../../src/app/compact.js';
import { checkDiagnosis, doctor } from '../../src/app/doctor.js';
import type { Surroundings } from '../../src/app/surroundings.js';
import { fakeWorld, fill, hour } from '../compaction/fake-world.js';

const config = `
tables:
  - name: clicks
    source: { uri: "file:///lake/csv" }
    target: { uri: "file:///lake/parquet" }
`;
const given = { files: { read: async () => config } } as unknown as Surroundings;
const watch = { progress: () => undefined, note: () => undefined };

for (const verb of ['plan', 'run', 'status'] as const)
  t.test(
    `an interrupt before the first table ends ${verb} as an interrupt, not as an empty result`,
    async (t) => {
      await t.rejects(compact(given, verb, { config: 'b.yaml' }, { ...watch, signal: AbortSignal.abort() }), {
        code: 'INTERRUPTED',
      });
    },
  );

t.test('a run begins nothing on a store that ignores conditions, and doctor tells which', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  const ports = world.ports();
  const write: typeof ports.target.write = async (key, body, condition) => {
    const there = await ports.target.read(key);
    return ports.target.write(key, body, condition === 'absent' && there ? { etag: there.etag } : condition);
  };
  const text = config.replace(
    '"file:///lake/csv"',
    '"file:///lake/csv", columns: [{ name: id, type: bigint }, { name: town, type: string }]',
  );
  const surroundings = {
    clock: ports.clock,
    files: {
      read: async () =>
        text
          .replaceAll('file:///lake/csv', 's3://raw/raw/')
          .replaceAll('file:///lake/parquet', 's3://lake/lake/'),
    },
    rateCards: async (region: string) => readFileSync(`pricing/${region}.json`, 'utf8'),
    openCompaction: async () => ({
      ports: { ...ports, target: { ...ports.target, write } },
      requests: () => ({ put: 0, get: 0, list: 0 }),
      close: async () => undefined,
    }),
  } as unknown as Surroundings;
  const quiet = { ...watch, signal: new AbortController().signal };
  const refused = {
    code: 'CONDITION_UNSUPPORTED',
    message: 's3://lake/lake/, which ignored If-None-Match on PUT, does not honour conditional writes.',
  };
  await t.rejects(compact(surroundings, 'run', { config: 'b.yaml' }, quiet), refused);
  t.notOk(
    world.target.keys().some((key) => key.includes(hour(3))),
    'nothing was begun',
  );
  const { value, forms } = await doctor(surroundings, { config: 'b.yaml' }, quiet);
  t.match(value.tables, [{ table: 'clicks', ignored: 'If-None-Match on PUT' }]);
  t.match(forms.table?.({ width: 80, colour: false }), 'not fit: the target ignored If-None-Match on PUT');
  t.throws(() => checkDiagnosis(value), refused);
});
