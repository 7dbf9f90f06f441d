/** What is opened is closed again, also when the half of it fails. */
import { readdirSync } from 'node:fs';
import t from 'tap';
import { readConfig } from '../src/config.js';
import { createWorld } from '../src/world.js';

t.test('an engine that cannot be opened leaves no folder of local copies', async (t) => {
  const before = process.env.TMPDIR;
  const dir = t.testdir();
  process.env.TMPDIR = dir;
  t.teardown(() => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  });
  const text = (output: string) => `
tables:
  - name: clicks
    source: { uri: "s3://lake/csv/", columns: infer }
    target: { uri: "s3://lake/parquet/" }
    engine: athena
engines: { athena: { output: "${output}" } }
`;
  const open = async (output: string) => {
    const [table] = readConfig(text(output), 'bucketwise.yaml').tables;
    return createWorld({ environment: {}, region: 'us-east-1' }).openCompaction(
      { ...table!, source: { ...table!.source, columns: 'infer' } },
      undefined,
    );
  };
  await t.rejects(open('s3://No_Bucket/results/'), { code: 'BUCKET_INVALID' });
  t.same(readdirSync(dir), []);
  const opened = await open('s3://lake/results/');
  t.equal(readdirSync(dir).length, 1);
  await opened.close();
  t.same(readdirSync(dir), []);
});
