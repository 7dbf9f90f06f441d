/** A week that nobody compacted, caught up on a real S3 server while somebody reads the target all the time. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { parquetReadObjects } from 'hyparquet';
import pLimit from 'p-limit';
import t from 'tap';
import { createApp } from '../../src/app.js';
import type { CompactionReport } from '../../src/compaction/plan.js';
import { createWorld } from '../../src/world.js';
import { client, endpoint } from './s3-server.js';

const Bucket = 'missed-week';
const hours = 7 * 24;
const start = Date.UTC(2026, 10, 16);
const files = 3;
const rows = 4;

/** "year=2026/month=11/day=16/hour=00" */
function partition(hour: number): string {
  const at = new Date(start + hour * 3_600_000).toISOString();
  return `year=${at.slice(0, 4)}/month=${at.slice(5, 7)}/day=${at.slice(8, 10)}/hour=${at.slice(11, 13)}`;
}

/** Every row of the week has an id of its own; file 3 of an hour is the one that comes late. */
const idsOf = (hour: number, file: number): number[] =>
  Array.from({ length: rows }, (_, row) => hour * 1000 + file * 100 + row);
const idsOfHour = (hour: number, count: number): number[] =>
  Array.from({ length: count }, (_, file) => idsOf(hour, file)).flat();

const many = pLimit(16);
async function put(hour: number, file: number): Promise<void> {
  const Body = `id,word\n${idsOf(hour, file)
    .map((id) => `${id},w${id}\n`)
    .join('')}`;
  const Key = `csv/${partition(hour)}/part-${file}.csv`;
  await client.send(new PutObjectCommand({ Bucket, Key, Body }));
}

async function parquetKeys(): Promise<string[]> {
  const keys: string[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({ Bucket, Prefix: 'parquet/year=', ContinuationToken: token }),
    );
    keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key).filter((key) => key.endsWith('.parquet')));
    token = page.NextContinuationToken;
  } while (token);
  return keys;
}

async function idsIn(key: string): Promise<number[]> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: key }));
  const bytes = await Body!.transformToByteArray();
  const found = await parquetReadObjects({
    file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer,
    columns: ['id'],
  });
  return found.map(({ id }) => Number(id));
}

/** What a reader who lists the folders sees at this moment, hour by hour. */
async function seen(): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  const parts = await Promise.all(
    (await parquetKeys()).map((key) => many(async () => [key, await idsIn(key)] as const)),
  );
  for (const [key, ids] of parts) {
    const hour = key.slice('parquet/'.length, key.lastIndexOf('/'));
    found.set(hour, [...(found.get(hour) ?? []), ...ids]);
  }
  return found;
}

const text = (ids: readonly number[]): string => ids.toSorted((a, b) => a - b).join();

/** Reads again and again until told to stop; every hour must be one of the states it may be in. */
function reader(allowed: (hour: number) => readonly string[]) {
  const faults: string[] = [];
  let looks = 0;
  let isOver = false;
  const loop = (async () => {
    while (!isOver) {
      const found = await seen();
      looks += 1;
      for (let hour = 0; hour < hours; hour += 1) {
        const ids = text(found.get(partition(hour)) ?? []);
        if (!allowed(hour).includes(ids)) faults.push(`look ${looks}, ${partition(hour)}: ${ids}`);
      }
      // Between two looks the compaction gets the processor too.
      await new Promise((done) => setTimeout(done, 1500));
    }
  })();
  return {
    stop: async () => {
      isOver = true;
      await loop;
      return { faults, looks };
    },
  };
}

const lateHours = [0, 5, 77, 166];

// Beside other suites on two processors it takes minutes.
t.setTimeout(900_000);

t.test(
  'a missed week is caught up in order, late files come in, and no reader sees a row twice or misses one',
  { timeout: 800_000 },
  async (t) => {
    await client.send(new CreateBucketCommand({ Bucket }));
    const all = Array.from({ length: hours * files }, (_, n) => [Math.floor(n / files), n % files] as const);
    await Promise.all(all.map(([hour, file]) => many(() => put(hour, file))));
    const config = join(t.testdir(), 'bucketwise.yaml');
    writeFileSync(
      config,
      `region: us-east-1\ntables: [{ name: words, lookback: 36500d, source: { uri: "s3://${Bucket}/csv/", columns: [{ name: id, type: bigint }, { name: word, type: string }] }, target: { uri: "s3://${Bucket}/parquet/" } }]`,
    );
    const app = createApp(createWorld({ environment: process.env, endpointUrl: endpoint }));
    const signal = new AbortController().signal;
    const run = async (): Promise<CompactionReport> => {
      const watch = { progress: () => undefined, note: () => undefined, signal };
      return (await app.compact('run', { config }, watch)).value[0]!;
    };

    const first = reader((hour) => ['', text(idsOfHour(hour, files))]);
    const caughtUp = await run();
    const firstLooks = await first.stop();
    t.strictSame(
      caughtUp.partitions.flatMap(({ partition, state, reason }) =>
        state === 'compacted' ? [] : [`${partition} ${state} ${reason}`],
      ),
      [],
    );
    t.equal(caughtUp.partitions.length, hours);
    t.same(firstLooks.faults, []);
    t.ok(firstLooks.looks > 3, `${firstLooks.looks} looks`);
    const begun = await Promise.all(
      caughtUp.partitions.map(({ evidence }) =>
        many(async () => {
          const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: evidence! }));
          return (JSON.parse(await Body!.transformToString()) as { startedAt: string }).startedAt;
        }),
      ),
    );
    // Two hours are under way at a time.
    const early = begun.filter((at, hour) => begun.slice(hour + 8).some((later) => later < at));
    t.same(early, [], 'the oldest hours first');

    const whole = (hour: number): string => text(idsOfHour(hour, files));
    const withLate = (hour: number): string => text(idsOfHour(hour, files + 1));
    const second = reader((hour) =>
      lateHours.includes(hour) ? [whole(hour), withLate(hour)] : [whole(hour)],
    );
    await Promise.all(lateHours.map((hour) => put(hour, files)));
    const again = await run();
    const secondLooks = await second.stop();
    t.same(
      again.partitions.filter(({ generation }) => generation === 2).map((row) => row.partition),
      lateHours.map(partition),
    );
    t.same(secondLooks.faults, []);
    const end = await seen();
    for (let hour = 0; hour < hours; hour += 1)
      t.equal(text(end.get(partition(hour)) ?? []), lateHours.includes(hour) ? withLate(hour) : whole(hour));
    const idle = await run();
    t.same(idle.ownCost.requests.put, 0, 'nothing is left to do');
    t.comment(`${hours} hours, ${firstLooks.looks} + ${secondLooks.looks} looks of the reader`);
  },
);
