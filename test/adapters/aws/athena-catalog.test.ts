/** A partition of a table in the catalog: registered, moved, or refused where a registered one would be ignored. */
import { setImmediate } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { openAthenaCatalog } from '../../../src/adapters/aws/athena-catalog.js';
import { createAthenaClient } from '../../../src/adapters/aws/athena-client.js';
import { startAthena } from '../../athena/endpoint.js';
import { withCredentials } from './stub-server.js';

const partition = 'year=2026/month=11/day=22/hour=05';
const folder = `parquet/${partition}/`;
const location = `s3://lake/${folder}`;
const values = ['2026', '11', '22', '05'].join('\0');

const ddl = (keys = '`year` string, `month` string, `day` string, `hour` string', properties = ''): string =>
  `CREATE EXTERNAL TABLE \`web.clicks\`(\n  \`id\` bigint)\nPARTITIONED BY (\n  ${keys.replaceAll(', ', ',\n  ')})\nSTORED AS PARQUET\nLOCATION\n  's3://lake/parquet'\nTBLPROPERTIES (\n  ${properties || "'a'='b'"})`;

async function catalog(t: Test, text: string | undefined) {
  withCredentials(t);
  const athena = await startAthena(new Map());
  const client = createAthenaClient({ region: 'us-east-1', endpointUrl: athena.url, attempts: 1 });
  t.teardown(async () => {
    client.destroy();
    await athena.close();
  });
  if (text !== undefined) athena.runner.define('web.clicks', text);
  const tokens: string[] = [];
  const service = {
    client,
    workgroup: 'primary',
    database: 'web',
    output: 's3://lake/results/',
    maxScannedBytes: undefined,
    pause: async () => setImmediate(),
    jitter: () => 0,
  };
  const fresh = (): string => {
    tokens.push(String(tokens.length));
    return tokens.at(-1)!;
  };
  const table = { database: 'web', table: 'clicks' };
  const open = () => openAthenaCatalog({ service: async () => service, table, bucket: 'lake', fresh });
  return { athena: { ...athena, open }, ...open() };
}

t.test('an hour is registered; again changes nothing, and the table is looked at once', async (t) => {
  const { athena, register } = await catalog(t, ddl());
  t.equal(await register(partition, folder, 'files'), 'registered');
  t.equal(await register(partition, folder, 'files'), 'registered');
  t.same([...athena.runner.partitionsOf('web.clicks')], [[values, location]]);
  t.equal(athena.statements.filter((sql) => sql.startsWith('SHOW')).length, 1);
});

t.test('an hour that was registered elsewhere is moved to its folder', async (t) => {
  const { athena, register } = await catalog(t, ddl());
  await register(partition, 'old/', 'files');
  await register(partition, folder, 'files');
  t.same([...athena.runner.partitionsOf('web.clicks').values()], [location]);
});

const columns = (text: string): string => ddl().replace('`id` bigint', text);

t.test('a partition that was registered with other columns gets those of the table', async (t) => {
  const { athena, register } = await catalog(t, columns('`id` int'));
  await register(partition, folder, 'files');
  t.notOk(
    athena.statements.some((sql) => sql.includes('REPLACE')),
    'columns that agree are left alone',
  );
  const now = '`id` bigint, `price` decimal(10,2), `town` string';
  athena.runner.define(
    'web.clicks',
    columns(`${now.replaceAll(', `', ', \n  `')} COMMENT 'where (if known)'`),
  );
  const again = athena.open();
  await again.register(partition, folder, 'files');
  t.same([...athena.runner.partitionColumnsOf('web.clicks').values()], [now]);
  await again.register(partition, folder, 'files');
  t.equal(athena.statements.filter((sql) => sql.includes('REPLACE')).length, 1);
});

t.test('columns of a partition that cannot be replaced are told, with what a query would meet', async (t) => {
  const { athena, register } = await catalog(t, columns('`id` int'));
  await register(partition, folder, 'files');
  athena.runner.define('web.clicks', ddl());
  const fault = {
    category: 2,
    type: 1003,
    retryable: false,
    words: 'REPLACE COLUMNS is not supported',
  } as const;
  athena.tell({ on: /REPLACE COLUMNS/, how: { state: 'FAILED', fault } });
  await t.rejects(athena.open().register(partition, folder, 'files'), {
    code: 'CATALOG_REFUSED',
    message: /HIVE_PARTITION_SCHEMA_MISMATCH.*REPLACE COLUMNS is not supported/,
  });
});

const busy = [
  { category: 1, type: 1401, retryable: false, words: 'Too many table versions' },
  { category: 1, type: 204, retryable: true, words: 'HIVE_METASTORE_ERROR' },
  {
    category: 2,
    type: 1003,
    retryable: false,
    words: 'ConcurrentModificationException: Update table failed',
  },
] as const;
for (const fault of busy)
  t.test(`a catalog that is busy is asked again: ${fault.words}`, async (t) => {
    const { athena, register } = await catalog(t, ddl());
    for (let n = 0; n < 3; n += 1) athena.tell({ on: /SET LOCATION/, how: { state: 'FAILED', fault } });
    t.equal(await register(partition, folder, 'files'), 'registered');
    for (let n = 0; n < 4; n += 1) athena.tell({ on: /SET LOCATION/, how: { state: 'FAILED', fault } });
    await t.rejects(register(partition, folder, 'files'), { code: 'ENGINE_FAILED' }, 'but not for ever');
  });

const projected = "'projection.enabled'='true'";
t.test('projection that looks where the hour lies needs nothing', async (t) => {
  const { athena, register } = await catalog(t, ddl(undefined, projected));
  t.equal(await register(partition, folder, 'files'), 'projected');
  t.equal(athena.runner.partitionsOf('web.clicks').size, 0);
  const template = `${projected}, 'storage.location.template'='s3://lake/parquet/year=\${year}/month=\${month}/day=\${day}/hour=\${hour}/'`;
  t.equal(
    await (await catalog(t, ddl(undefined, template))).register(partition, folder, 'files'),
    'projected',
  );
});

t.test('projection is told before an hour is written, and a table that is not there has none', async (t) => {
  t.equal(await (await catalog(t, ddl(undefined, projected))).isProjected(), true);
  t.equal(await (await catalog(t, ddl())).isProjected(), false);
  t.equal(await (await catalog(t, undefined)).isProjected(), false);
});

const lists = "INPUTFORMAT\n  'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat'";
t.test('a table of symlink lists takes lists, with and without projection, and no files', async (t) => {
  for (const [properties, answer] of [
    ["'a'='b'", 'registered'],
    [projected, 'projected'],
  ] as const) {
    const { register } = await catalog(t, ddl(undefined, properties).replace('STORED AS PARQUET', lists));
    t.equal(await register(partition, folder, 'symlink'), answer);
    await t.rejects(register(partition, folder, 'files'), {
      code: 'CATALOG_REFUSED',
      message: /it reads symlink lists/,
    });
  }
  const { athena, register } = await catalog(t, ddl());
  await t.rejects(register(partition, folder, 'symlink'), { message: /make it with INPUTFORMAT/ });
  t.equal(athena.runner.partitionsOf('web.clicks').size, 0);
});

const refused: readonly (readonly [string, string | undefined, RegExp])[] = [
  [
    'projection that looks elsewhere',
    ddl(
      undefined,
      `${projected}, 'storage.location.template'='s3://lake/p/\${year}/\${month}/\${day}/\${hour}'`,
    ),
    /projection and looks into s3:\/\/lake\/p\/2026\/11\/22\/05, .* ignored without a word/,
  ],
  ['other keys', ddl('`dt` string'), /its keys are dt and the hour has year, month, day, hour/],
  ['no table', undefined, /it is not there/],
];
for (const [what, text, message] of refused)
  t.test(`${what}: refused with the reason, and nothing is registered`, async (t) => {
    const { athena, register } = await catalog(t, text);
    await t.rejects(register(partition, folder, 'files'), { code: 'CATALOG_REFUSED', message });
    t.ok(athena.statements.every((sql) => sql.startsWith('SHOW')));
  });
