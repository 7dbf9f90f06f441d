/** Columns of a table of Glue, asked for by the real client, as a command takes them. */
import { readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { describeTable } from '../../../src/adapters/remote/describe-table.js';
import { compact } from '../../../src/app/compact.js';
import type { Surroundings } from '../../../src/app/surroundings.js';
import { startAthena } from '../../athena/endpoint.js';
import { fakeWorld, fill, publishedRecords } from '../../compaction/fake-world.js';
import { withCredentials } from './stub-server.js';

const ddl = (columns: string): string =>
  `CREATE EXTERNAL TABLE \`web.trips_csv\`(\n${columns})\nPARTITIONED BY (\n  \`year\` string,\n  \`month\` string)\nROW FORMAT SERDE\n  'org.apache.hadoop.hive.serde2.OpenCSVSerde'\nLOCATION\n  's3://raw/raw'`;

async function glue(t: Test, text: string | undefined) {
  const athena = await startAthena(new Map());
  t.teardown(() => athena.close());
  withCredentials(t, { AWS_ENDPOINT_URL_ATHENA: athena.url });
  if (text !== undefined) athena.runner.define('web.trips_csv', text);
  return athena;
}

const options = { name: 'trips', region: 'us-east-1', environment: {} };
const place = { database: 'web', table: 'trips_csv' };

t.test('columns come in order with their types, partition keys do not', async (t) => {
  await glue(
    t,
    ddl("  `id` bigint, \n  `price` decimal(10,2) COMMENT 'from deserializer', \n  `town` string"),
  );
  t.same(await describeTable(place, { name: 'duckdb' }, options), {
    columns: [
      { name: 'id', type: 'bigint' },
      { name: 'price', type: 'decimal(10,2)' },
      { name: 'town', type: 'string' },
    ],
  });
});

t.test('a table that is not there is named, with what to do', async (t) => {
  await glue(t, undefined);
  await t.rejects(describeTable(place, { name: 'duckdb' }, options), {
    code: 'COLUMNS_UNKNOWN',
    message: 'Table "web.trips_csv" of the catalog gives no columns for "trips": it is not there.',
    hint: /Check database and table/,
  });
});

const config = `
tables:
  - name: trips
    source: { uri: "s3://raw/raw/", columns: glue, database: web, table: trips_csv }
    target: { uri: "s3://lake/lake/" }
    verify: counts
`;

function program() {
  const world = fakeWorld();
  const records = fill(world, [3, 4]);
  const ports = world.ports();
  const notes: string[] = [];
  const surroundings = {
    clock: ports.clock,
    files: { read: async () => config },
    rateCards: async (region: string) => readFileSync(`pricing/${region}.json`, 'utf8'),
    describeTable: (...[at, table]: Parameters<Surroundings['describeTable']>) =>
      describeTable(at, table.engine, options),
    openCompaction: async () => ({
      ports,
      requests: () => ({ put: 0, get: 0, list: 0 }),
      close: async () => undefined,
    }),
  } as unknown as Surroundings;
  const watch = {
    progress: () => undefined,
    note: (text: string) => void notes.push(text),
    signal: new AbortController().signal,
  };
  return { world, records, notes, run: () => compact(surroundings, 'run', { config: 'b.yaml' }, watch) };
}

t.test(
  'a run takes the columns of Glue, asks once, tells them and keeps their origin as evidence',
  async (t) => {
    const athena = await glue(t, ddl('  `id` bigint, \n  `town` string'));
    const { world, records, notes, run } = program();
    const { value } = await run();
    t.match(value, [{ partitions: [{ state: 'compacted' }, { state: 'compacted' }] }]);
    t.same(publishedRecords(world), records);
    t.same(athena.calls, ['GetTableMetadata'], 'once for two hours');
    t.equal(notes[0], 'trips: columns of web.trips_csv: id bigint, town string.');
    const evidence = JSON.parse(world.target.text(value[0]!.partitions[0]!.evidence!));
    t.match(evidence, {
      schemaFrom: 'web.trips_csv',
      schema: [
        { name: 'id', type: 'bigint' },
        { name: 'town', type: 'string' },
      ],
      textRule: 'equivalent',
    });
  },
);

t.test(
  'a header that is not that of Glue refuses the hour, and a type that does not fit the value',
  async (t) => {
    await glue(t, ddl('  `id` bigint, \n  `city` string'));
    const { value } = await program().run();
    t.match(value[0]?.partitions[0], { state: 'refused', reason: /"town" where the table has "city"/ });
    await glue(t, ddl('  `id` bigint, \n  `town` int'));
    const typed = await program().run();
    t.match(typed.value[0]?.partitions[0], { state: 'refused', reason: /0\.csv, line 2: .*town/ });
  },
);

t.test('a type that keeps less than the texts ends the command before anything is read', async (t) => {
  await glue(t, ddl('  `id` float, \n  `town` string'));
  const { world, run } = program();
  await t.rejects(run(), { code: 'COLUMNS_UNKNOWN', message: /"id" is float/, hint: /list source\.columns/ });
  t.same(world.target.keys(), []);
});
