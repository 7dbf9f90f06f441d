/** A look at Athena and Glue through the real client: what is fit, and what to do about what is not. */
import { setImmediate } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { type AthenaCheck, checkAthena } from '../../../src/adapters/aws/athena-check.js';
import { createAthenaClient } from '../../../src/adapters/aws/athena-client.js';
import type { WorkgroupSettings } from '../../athena/answers.js';
import { startAthena } from '../../athena/endpoint.js';
import { withCredentials } from './stub-server.js';

const keys = ['year', 'month', 'day', 'hour'];
const ddl = (of: readonly string[], more = ''): string =>
  `CREATE EXTERNAL TABLE \`web.clicks\`(\n  \`id\` bigint)\nPARTITIONED BY (\n${of.map((key) => `  \`${key}\` string`).join(',\n')})\n${more}LOCATION\n  's3://lake/parquet'`;

async function looked(
  t: Test,
  options: Partial<AthenaCheck> = {},
  group: WorkgroupSettings = {},
  text?: string,
) {
  withCredentials(t);
  const athena = await startAthena(new Map());
  const client = createAthenaClient({ region: 'us-east-1', endpointUrl: athena.url, attempts: 1 });
  t.teardown(async () => {
    client.destroy();
    await athena.close();
  });
  athena.set(group);
  if (text !== undefined) athena.runner.define('web.clicks', text);
  let tokens = 0;
  const findings = await checkAthena({
    client,
    service: {
      client,
      workgroup: 'primary',
      database: 'web',
      output: 's3://lake/results/',
      maxScannedBytes: undefined,
      pause: async () => setImmediate(),
      jitter: () => 0,
    },
    fresh: () => String(tokens++),
    results: async () => 'us-east-1',
    ...{ keys, publish: 'files' },
    ...options,
  });
  const of = (check: string) => findings.find((one) => one.check === check);
  return { findings, of, athena };
}

const catalogTable = { database: 'web', table: 'clicks' };

t.test('a fit workgroup, its results, a statement free of charge and the table of Glue', async (t) => {
  const { findings, athena } = await looked(t, { catalogTable }, {}, ddl(keys));
  t.same(
    findings.map(({ check, outcome }) => [check, outcome]),
    [
      ['athena-workgroup', 'ok'],
      ['athena-results', 'ok'],
      ['athena-statement', 'ok'],
      ['glue-table', 'ok'],
    ],
  );
  t.match(findings[0]?.what, /hours are written by CTAS/);
  t.equal(findings[3]?.what, 'table web.clicks is told of every hour');
  t.ok(athena.statements.every((sql) => sql.startsWith('SHOW TABLES')));
});

t.test('a workgroup that decides where results go is fit, and hours are unloaded', async (t) => {
  for (const group of [{ enforced: true, output: 's3://w/r/' }, { managed: true }]) {
    const { findings, of } = await looked(t, {}, group);
    t.ok(findings.every(({ outcome }) => outcome === 'ok'));
    t.match(of('athena-workgroup')?.what, /written by UNLOAD/);
    t.equal(of('athena-results'), undefined, 'nothing of ours goes there');
  }
});

t.test(
  'a workgroup that cannot be used is told with what to change, and is asked nothing more',
  async (t) => {
    const { findings, athena } = await looked(t, {}, { disabled: true });
    t.match(findings, [
      { outcome: 'problem', what: /it is disabled/, todo: /Enable it/, code: 'ENGINE_UNAVAILABLE' },
    ]);
    t.same(athena.calls, ['GetWorkGroup']);
    const old = await looked(t, {}, { version: 'Athena engine version 2' });
    t.match(old.findings, [{ outcome: 'problem', todo: /engine version 3/ }]);
  },
);

t.test('results in another Region than Athena are a problem', async (t) => {
  const { of } = await looked(t, { results: async () => 'eu-west-1' });
  t.match(of('athena-results'), {
    outcome: 'problem',
    what: /lies in eu-west-1, and Athena is asked in us-east-1/,
  });
});

const tables: readonly (readonly [string, string | undefined, RegExp])[] = [
  ['is not there', undefined, /web\.clicks is not there/],
  ['has other keys', ddl(['dt']), /has the keys dt, and hours have year, month, day, hour/],
  [
    'reads lists',
    ddl(keys, "STORED AS INPUTFORMAT\n  'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat'\n"),
    /reads symlink lists/,
  ],
];
for (const [what, text, why] of tables)
  t.test(`a table of Glue that ${what} is a problem`, async (t) => {
    const { of } = await looked(t, { catalogTable }, {}, text);
    t.match(of('glue-table'), { outcome: 'problem', what: why, code: 'CATALOG_REFUSED', todo: /./ });
  });

t.test('a table that projects its partitions is told nothing', async (t) => {
  const text = `${ddl(keys)}\nTBLPROPERTIES (\n  'projection.enabled'='true')`;
  const { of } = await looked(t, { catalogTable }, {}, text);
  t.match(of('glue-table'), { outcome: 'ok', what: /has partition projection/ });
});
