/**
 * Builds a sample lake from real records: US flights of 2001, from the npm package vega-datasets,
 * split by hour into the many small CSV files a delivery stream leaves.
 *
 *   node --import tsx scripts/make-sample-lake.ts [dir]      default: demo-lake
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import {
  dateFolder,
  finishSampleLake,
  hiveFolder,
  layouts,
  type SampleFile,
  sampleMark,
  writeOrdersTable,
  writeSampleTable,
} from '../src/adapters/files/sample-lake.js';

const hourMs = 3_600_000;
/** Every flight of these two days; the file is ordered by departure. */
const days = { from: Date.UTC(2001, 5, 28), to: Date.UTC(2001, 5, 30), firstRow: 2_900_000 };
/** flights-200k.json has a time of day and no date: it is laid on this day. */
const delaysDay = Date.UTC(2001, 3, 1);

interface Flight {
  readonly date: Date;
  readonly delay: bigint;
  readonly distance: bigint;
  readonly origin: string;
  readonly destination: string;
}

interface Delay {
  readonly delay: number;
  readonly distance: number;
  readonly time: number;
}

const dataset = (name: string): string =>
  join(import.meta.dirname, '..', 'node_modules', 'vega-datasets', 'data', name);

async function flights(): Promise<SampleFile[]> {
  const file = await asyncBufferFromFile(dataset('flights-3m.parquet'));
  const rows = (await parquetReadObjects({ file, compressors, rowStart: days.firstRow })) as Flight[];
  const within = rows.filter(({ date }) => date.getTime() >= days.from && date.getTime() < days.to);
  return grouped(
    within,
    ({ date }) => date.getTime(),
    (flight) =>
      [timeText(flight.date), flight.delay, flight.distance, flight.origin, flight.destination].join(','),
  );
}

function delays(): SampleFile[] {
  const rows = JSON.parse(readFileSync(dataset('flights-200k.json'), 'utf8')) as Delay[];
  return grouped(
    rows,
    ({ time }) => delaysDay + Math.floor(time * 12) * (hourMs / 12),
    (row) => `${row.delay},${row.distance},${row.time}`,
  );
}

/** One file for every minute that has rows, in order. */
function grouped<T>(rows: readonly T[], at: (row: T) => number, text: (row: T) => string): SampleFile[] {
  const files = new Map<number, string[]>();
  for (const row of rows) {
    const minute = Math.floor(at(row) / 60_000);
    files.set(minute, [...(files.get(minute) ?? []), text(row)]);
  }
  return [...files].map(([minute, lines]) => ({
    hourStart: Math.floor(minute / 60) * hourMs,
    minute: minute % 60,
    rows: lines,
  }));
}

const timeText = (date: Date): string => date.toISOString().slice(0, 19).replace('T', ' ');

const root = resolve(process.argv[2] ?? 'demo-lake');
if (existsSync(root) && !existsSync(join(root, sampleMark))) {
  process.stderr.write(
    `${root} is there and is not a sample lake; nothing was touched. Name another folder.\n`,
  );
  process.exit(2);
}
rmSync(root, { recursive: true, force: true });
const flightFiles = await flights();
const count =
  writeSampleTable(
    root,
    { name: 'flights', header: 'departed_at,delay,distance,origin,destination', folder: hiveFolder },
    flightFiles,
  ) +
  writeSampleTable(
    root,
    { name: 'delays', header: 'delay,distance,time', folder: dateFolder, gzip: true },
    delays(),
  ) +
  writeOrdersTable(root, days.from);
finishSampleLake(root, [
  { name: 'flights', partition: layouts.hive },
  { name: 'delays', partition: layouts.date },
  { name: 'orders', partition: layouts.plain },
]);
process.stderr.write(`Sample lake: ${count} small files under ${root}\n`);
