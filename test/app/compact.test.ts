/** What the use case does before it reaches a table. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { compact } from '../../src/app/compact.js';
import { checkDiagnosis, doctor } from '../../src/app/doctor.js';
import type { Surroundings } from '../../src/app/surroundings.js';
import type { CompactionPorts, Engine } from '../../src/compaction/ports.js';
import { BucketwiseError, errorTable, raise } from '../../src/kernel/errors.js';
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

const engineFinding = { check: 'engine', outcome: 'ok', what: 'it answers', todo: '' } as const;

const diagnosed = (checks: readonly object[]) =>
  ({ tables: [{ table: 'clicks', ignored: null, checks }] }) as unknown as Parameters<
    typeof checkDiagnosis
  >[0];

t.test(
  'doctor ends with 0 when all is fit, 6 when a permission lacks, else 1 with the first problem',
  async (t) => {
    const fault = { check: 'a', outcome: 'problem', what: 'it is not there', todo: 'Make it.' };
    const denied = {
      ...fault,
      what: 's3:PutObject was refused',
      code: 'PERMISSION_DENIED',
      todo: 'Grant it.',
    };
    const untried = { ...fault, outcome: 'untried' };
    t.doesNotThrow(() => checkDiagnosis(diagnosed([engineFinding, untried])));
    t.throws(() => checkDiagnosis(diagnosed([engineFinding, fault])), {
      code: 'SETUP_UNFIT',
      message: 'clicks: it is not there.',
      hint: 'Make it.',
    });
    t.throws(() => checkDiagnosis(diagnosed([fault, denied])), {
      code: 'SETUP_DENIED',
      message: 'clicks: s3:PutObject was refused; 1 more above.',
    });
    t.equal(errorTable.SETUP_DENIED.exit, 6);
    t.equal(errorTable.SETUP_UNFIT.exit, 1);
  },
);

t.test('a table that does not open is a problem of its own, and the others are looked at', async (t) => {
  const surroundings = {
    clock: { now: () => Date.UTC(2026, 10, 26) },
    files: {
      read: async () =>
        `${config}  - { name: other, source: { uri: "file:///a" }, target: { uri: "file:///b" } }\n`,
    },
    rateCards: async (region: string) => readFileSync(`pricing/${region}.json`, 'utf8'),
    openCompaction: async () => raise('CREDENTIALS_MISSING'),
  } as unknown as Surroundings;
  const quiet = { ...watch, signal: new AbortController().signal };
  const { value } = await doctor(surroundings, { config: 'b.yaml' }, quiet);
  const problem = {
    check: 'table-open',
    outcome: 'problem',
    code: 'CREDENTIALS_MISSING',
    todo: /Set AWS_PROFILE/,
  };
  t.match(value.tables, [
    { table: 'clicks', checks: [problem] },
    { table: 'other', checks: [problem] },
  ]);
  t.throws(() => checkDiagnosis(value), { code: 'SETUP_DENIED' });
});

/** Two tables in buckets of the world in memory. */
function inBuckets(ports: CompactionPorts): Surroundings {
  const text = config
    .replace(
      '"file:///lake/csv"',
      '"s3://raw/raw/", columns: [{ name: id, type: bigint }, { name: town, type: string }]',
    )
    .replace('file:///lake/parquet', 's3://lake/lake/');
  return {
    clock: ports.clock,
    files: { read: async () => text },
    rateCards: async (region: string) => readFileSync(`pricing/${region}.json`, 'utf8'),
    openCompaction: async () => ({
      ports,
      requests: () => ({ put: 0, get: 0, list: 0 }),
      close: async () => undefined,
    }),
  } as unknown as Surroundings;
}

t.test(
  '--max-cost refuses what Athena would bill for its scan, and each query bills ten megabytes at least',
  async (t) => {
    const world = fakeWorld();
    fill(world, [3, 4]);
    const athena = (inner: Engine): Engine => ({
      ...inner,
      name: 'athena',
      sweep: async () => undefined,
      write: async (job) => {
        job.scanned?.({ bytes: 40, isFree: false });
        return inner.write(job);
      },
    });
    const notes: string[] = [];
    const told = {
      ...watch,
      note: (text: string) => void notes.push(text),
      signal: new AbortController().signal,
    };
    const surroundings = inBuckets(world.ports({ engine: athena }));
    const request = { config: 'b.yaml', region: 'us-east-1' };
    const { value } = await compact(surroundings, 'plan', request, told);
    t.match(notes[0], /^clicks: a run makes about .* 150 B scanned by Athena, \$0\.000\d+ for 2 hours\.$/);
    const requests = await compact(inBuckets(world.ports()), 'plan', request, told);
    const least = (2 * 10 * 5) / 2 ** 20;
    const scan = Number(value[0]!.ownCost.before.usd) - Number(requests.value[0]!.ownCost.before.usd);
    const below = (Number(value[0]!.ownCost.before.usd) - scan / 2).toFixed(9);
    t.ok(Math.abs(scan - least) < least, `${scan}`);
    await t.rejects(compact(surroundings, 'run', { ...request, maxCost: below }, told), {
      code: 'COST_ABOVE_LIMIT',
    });
    t.same(world.target.writes, []);
    const done = await compact(surroundings, 'run', { ...request, maxCost: '0.01' }, told);
    t.equal(done.value[0]?.totals.due, 0);
    t.ok(Math.abs(Number(done.value[0]?.ownCost.usd) - least) < 1e-9, `${done.value[0]?.ownCost.usd}`);
    t.match(notes.at(-1), /80 B scanned by Athena/);
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
      checkEngine: async () => [engineFinding],
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

const two = `
tables:
  - name: broken
    source: { uri: "s3://gone/csv/" }
    target: { uri: "s3://gone/parquet/" }
  - name: trips
    source: { uri: "s3://raw/raw/" }
    target: { uri: "s3://lake/lake/" }
`;

/** Two tables of which those named cannot be opened. */
function surroundingsOf(closed: readonly string[]) {
  const world = fakeWorld();
  fill(world, [3]);
  const ports = world.ports();
  const given = {
    clock: ports.clock,
    files: { read: async () => two },
    rateCards: async (region: string) => readFileSync(`pricing/${region}.json`, 'utf8'),
    openCompaction: async ({ name }: { name: string }) => {
      if (closed.includes(name)) throw new BucketwiseError('BUCKET_MISSING', { bucket: 'gone' });
      const requests = () => ({ put: 0, get: 0, list: 0 });
      return { ports, requests, close: async () => undefined };
    },
  } as unknown as Surroundings;
  return { world, given };
}

for (const verb of ['plan', 'run', 'status'] as const)
  t.test(`${verb}: a table that cannot be opened is told of, and those after it go on`, async (t) => {
    const notes: string[] = [];
    const { given } = surroundingsOf(['broken']);
    const loud = { ...watch, note: (text: string) => notes.push(text), signal: new AbortController().signal };
    const { value, forms } = await compact(given, verb, { config: 'b.yaml' }, loud);
    t.match(value[0], { table: 'broken', partitions: [], failure: { code: 'BUCKET_MISSING' } });
    t.match(value[1], { table: 'trips', partitions: [{ state: verb === 'run' ? 'compacted' : 'due' }] });
    t.notOk(value[1]?.failure);
    t.match(notes[0], /^broken: BUCKET_MISSING: There is no bucket "gone" at this endpoint\. Check the name/);
    for (const form of ['table', 'csv', 'md'] as const)
      t.match(forms[form]?.({ width: 80, colour: false }), /broken.*failed.*no bucket "+gone"+/s, form);
  });

t.test('where no table can be opened the error is the answer', async (t) => {
  const { given } = surroundingsOf(['broken', 'trips']);
  const quiet = { ...watch, signal: new AbortController().signal };
  await t.rejects(compact(given, 'run', { config: 'b.yaml' }, quiet), { code: 'BUCKET_MISSING' });
  await t.rejects(compact(given, 'run', { config: 'b.yaml', tables: ['broken'] }, quiet), {
    code: 'BUCKET_MISSING',
  });
});

t.test(
  'tables are named one or several, and one that is not there is refused before any is begun',
  async (t) => {
    const { world, given } = surroundingsOf([]);
    const quiet = { ...watch, signal: new AbortController().signal };
    await t.rejects(compact(given, 'run', { config: 'b.yaml', tables: ['trips', 'trip'] }, quiet), {
      code: 'TABLE_UNKNOWN',
    });
    t.strictSame(world.target.keys(), []);
    const { value } = await compact(given, 'run', { config: 'b.yaml', tables: ['trips'] }, quiet);
    t.strictSame(
      value.map(({ table }) => table),
      ['trips'],
    );
  },
);

t.test(
  'sources that may not be deleted as yet are told of by run and doctor, and hours are compacted',
  async (t) => {
    const notes: string[] = [];
    const { world, given } = surroundingsOf([]);
    const open = given.openCompaction;
    const remove = async (object: { key: string }) =>
      raise('PERMISSION_DENIED', { action: 's3:DeleteObject', what: object.key });
    const forbidding = {
      ...given,
      files: { read: async () => `${two}    sources: { after: delete }\n` },
      openCompaction: async (...args: Parameters<typeof open>) => {
        const opened = await open(...args);
        const source = { ...opened.ports.source, remove };
        return { ...opened, ports: { ...opened.ports, source }, checkEngine: async () => [] };
      },
    } as unknown as Surroundings;
    const loud = { ...watch, note: (text: string) => notes.push(text), signal: new AbortController().signal };
    const request = { config: 'b.yaml', table: 'trips' };
    const { value } = await compact(forbidding, 'run', request, loud);
    t.match(value[0], { partitions: [{ state: 'compacted' }] });
    t.match(
      notes[0],
      /^trips: its sources cannot be deleted as yet: s3:DeleteObject on "raw\/_bucketwise-probe-/,
    );
    t.equal(world.source.keys().length, 3);
    const diagnosis = await doctor(forbidding, request, loud);
    const [trips] = diagnosis.value.tables;
    t.match(
      trips!.checks.find(({ check }) => check === 'source-delete'),
      { outcome: 'problem', what: /s3:DeleteObject/, code: 'PERMISSION_DENIED' },
    );
  },
);
