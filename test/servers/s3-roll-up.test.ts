/** Hours and days in a bucket of a real S3 server, by the built program, while a reader looks at the days all the time. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { parquetReadObjects } from 'hyparquet';
import t from 'tap';
import { client, run } from './s3-server.js';

const Bucket = 'roll-up';
const day = 'year=2026/month=10/day=01';
const hourOf = (h: number): string => `${day}/hour=${String(h).padStart(2, '0')}`;
const rowsAnHour = 200;

const put = (h: number, name: string, ids: readonly number[]): Promise<unknown> =>
  client.send(
    new PutObjectCommand({
      Bucket,
      Key: `csv/${hourOf(h)}/${name}`,
      Body: `id,town\n${ids.map((id) => `${id},town ${id % 7}\n`).join('')}`,
    }),
  );

/** The ids a reader of the folder of the day sees, sorted; undefined when a file is replaced under him, who then asks again. */
async function read(): Promise<string | undefined> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: `days/${day}/` }));
  const ids: number[] = [];
  for (const { Key, ETag } of Contents) {
    const found = await client
      .send(new GetObjectCommand({ Bucket, Key, IfMatch: ETag }))
      .catch(() => undefined);
    if (!found) return undefined;
    const bytes = Uint8Array.from(await found.Body!.transformToByteArray());
    const rows = (await parquetReadObjects({ file: bytes.buffer })) as { readonly id: bigint }[];
    ids.push(...rows.map(({ id }) => Number(id)));
  }
  return ids.sort((a, b) => a - b).join();
}

t.test('a reader of the days sees each hour as it was committed, at every moment', async (t) => {
  await client.send(new CreateBucketCommand({ Bucket }));
  const first = Array.from({ length: 24 }, (_, h) =>
    Array.from({ length: rowsAnHour }, (_, n) => h * 1000 + n),
  );
  await Promise.all(first.map((ids, h) => put(h, 'a.csv', ids)));
  const config = join(t.testdir(), 'bucketwise.yaml');
  writeFileSync(
    config,
    `region: us-east-1
tables:
  - { name: trips, lookback: 36500d, source: { uri: "s3://roll-up/csv/" }, target: { uri: "s3://roll-up/hours/" } }
  - { name: trip_days, lookback: 36500d, source: { uri: "s3://roll-up/hours/", format: parquet }, target: { uri: "s3://roll-up/days/", partition: year=YYYY/month=MM/day=DD } }
`,
  );
  const seen = new Set<string>();
  let isOver = false;
  const reader = (async () => {
    while (!isOver) seen.add((await read()) ?? 'replaced');
  })();
  const compact = async (): Promise<void> => {
    const ended = await run(['compact', 'run', '--config', config, '--yes', '-o', 'ndjson']);
    t.equal(ended.code, 0, ended.err);
    t.match(JSON.parse(ended.out.trim().split('\n')[1]!), {
      table: 'trip_days',
      partitions: [{ state: 'compacted' }],
    });
  };
  await compact();
  const late = [7, 19];
  for (const h of late) await put(h, 'late.csv', [h * 1000 + 999]);
  await put(3, 'a.csv', [3_500]);
  await compact();
  isOver = true;
  await reader;
  const second = first.with(3, [3_500]).map((ids, h) => (late.includes(h) ? [...ids, h * 1000 + 999] : ids));
  t.equal(await read(), second.flat().join(), 'every row of every hour, once');
  const allowed = new Set(['', 'replaced', first.flat().join(), second.flat().join()]);
  t.same(
    [...seen].filter((one) => !allowed.has(one)),
    [],
  );
  t.ok(seen.has(first.flat().join()), 'the reader has seen the first generation');
});
