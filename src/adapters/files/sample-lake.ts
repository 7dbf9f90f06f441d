/** A sample lake is hourly CSV folders of many small files, as a delivery stream leaves them; same input, same bytes. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { digest } from '../../kernel/digest.js';
import { raise } from '../../kernel/errors.js';

/** One small file: the hour it belongs to, the minute it was flushed, its rows as CSV records. */
export interface SampleFile {
  /** Milliseconds since 1970, at the full hour, UTC. */
  readonly hourStart: number;
  readonly minute: number;
  readonly rows: readonly string[];
  /** Another header than the table's, for a hour that must be refused. */
  readonly header?: string;
}

export interface SampleTable {
  readonly name: string;
  readonly header: string;
  readonly folder: (hour: SampleHour) => string;
  readonly gzip?: boolean;
}

export interface SampleHour {
  readonly year: string;
  readonly month: string;
  readonly day: string;
  readonly hour: string;
}

export const hiveFolder = (at: SampleHour): string =>
  `year=${at.year}/month=${at.month}/day=${at.day}/hour=${at.hour}`;
export const dateFolder = (at: SampleHour): string => `dt=${at.year}-${at.month}-${at.day}/hour=${at.hour}`;
export const plainFolder = (at: SampleHour): string => `${at.year}/${at.month}/${at.day}/${at.hour}`;

/** Writes the files below <root>/csv/<table>/, named as Firehose names them. Returns how many. */
export function writeSampleTable(root: string, table: SampleTable, files: Iterable<SampleFile>): number {
  let written = 0;
  for (const file of files) {
    const at = hourParts(file.hourStart);
    const folder = join(root, 'csv', table.name, table.folder(at));
    const text = `${file.header ?? table.header}\n${file.rows.map((row) => `${row}\n`).join('')}`;
    const stamp = `${at.year}-${at.month}-${at.day}-${at.hour}-${String(file.minute).padStart(2, '0')}-00`;
    const name = `${table.name}-1-${stamp}-${uuidOf(`${stamp}${text}`)}.csv`;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, table.gzip ? `${name}.gz` : name), table.gzip ? gzipSync(text) : text);
    written += 1;
  }
  return written;
}

/** A table that compacts to nothing lossy only if every rule is kept: quotes, newlines, emoji, zeros, empties. */
export function writeOrdersTable(root: string, firstHour: number): number {
  const header = 'order_id,placed_at,customer,amount,postcode,note';
  const hours = Array.from({ length: 6 }, (_, hour) => firstHour + hour * 3_600_000);
  const files = hours.flatMap((hourStart, hour) =>
    Array.from({ length: 12 }, (_, part) => ({
      hourStart,
      minute: part * 5,
      rows: Array.from({ length: 25 }, (_, n) => orderRow(hourStart, hour * 300 + part * 25 + n)),
      // One producer was deployed with its columns in another order: an engine would swap them silently.
      ...(hour === 4 && part === 7 ? { header: 'order_id,placed_at,customer,postcode,amount,note' } : {}),
    })),
  );
  return writeSampleTable(root, { name: 'orders', header, folder: plainFolder }, files);
}

const notes = [
  '',
  '""',
  'left at the door',
  '"said ""ring twice"""',
  '"two\nlines"',
  '"comma, inside"',
  'back\\slash',
  '🎁 gift',
  'naïve café',
  '=SUM(A1:A9)',
];
const customers = ['"O\'Brien, Pat"', 'Müller', '李雷', 'N/A', 'null', 'Renée'];

function orderRow(hourStart: number, n: number): string {
  const placedAt = new Date(hourStart + (n % 3600) * 1000)
    .toISOString()
    .replace('.000Z', '')
    .replace('T', ' ');
  const cents = (n * 7919) % 100_000;
  const amount = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
  const postcode = String((n * 104_729) % 100_000).padStart(5, '0');
  return [
    900_000_000_000 + n,
    placedAt,
    customers[n % customers.length],
    amount,
    postcode,
    notes[n % notes.length],
  ].join(',');
}

/** Invented page views, for where the real records are not installed: 48 hours of about 55 files. */
export function writeClicksTable(root: string, firstHour: number): number {
  const files = Array.from({ length: 48 * 60 }, (_, n) => ({
    hourStart: firstHour + Math.floor(n / 60) * 3_600_000,
    minute: n % 60,
    rows: Array.from({ length: 8 + ((n * 31) % 17) }, (_, row) => clickRow(firstHour + n * 60_000, n, row)),
  })).filter(({ minute }, n) => (n * 7 + minute) % 11 !== 0);
  const header = 'viewed_at,visitor,page,status,milliseconds';
  return writeSampleTable(root, { name: 'clicks', header, folder: hiveFolder }, files);
}

function clickRow(minuteStart: number, file: number, row: number): string {
  const mixed = (file * 2_654_435_761 + row * 40_503) % 1_000_003;
  const viewedAt = new Date(minuteStart + row * 1500).toISOString().slice(0, 19).replace('T', ' ');
  const page = ['/', '/search', '/cart', '/help', '/item'][mixed % 5];
  return `${viewedAt},v${mixed % 5000},${page},${mixed % 97 === 0 ? 500 : 200},${20 + (mixed % 480)}`;
}

/** Firehose ends its names with a UUID; this one follows from the content. */
function uuidOf(content: string): string {
  const hex = digest(content);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

function hourParts(hourStart: number): SampleHour {
  const text = new Date(hourStart).toISOString();
  return {
    year: text.slice(0, 4),
    month: text.slice(5, 7),
    day: text.slice(8, 10),
    hour: text.slice(11, 13),
  };
}

/** The bucketwise.yaml of a sample lake: every table below csv/, compacted into parquet/. */
export function sampleConfig(
  root: string,
  tables: readonly { readonly name: string; readonly partition: string }[],
): string {
  const folder = (name: string): string => JSON.stringify(`file://${encodeURI(join(root, name))}/`);
  const blocks = tables.map(({ name, partition }) =>
    [
      `  - name: ${name}`,
      `    source: { uri: ${folder(`csv/${name}`)}, partition: ${JSON.stringify(partition)}, columns: infer }`,
      `    target: { uri: ${folder(`parquet/${name}`)}, compression: snappy, fileSize: 128MiB }`,
      '    engine: duckdb',
      '    lookback: 36500d # the records are of 2001',
    ].join('\n'),
  );
  return `region: us-east-1\ntables:\n${blocks.join('\n')}\n`;
}

/** Only a folder that holds this file is ever made anew. */
export const sampleMark = 'sample-lake.txt';

export const layouts = {
  hive: 'year=YYYY/month=MM/day=DD/hour=HH',
  date: 'dt=YYYY-MM-DD/hour=HH',
  plain: 'YYYY/MM/DD/HH',
} as const;

/** What every sample lake ends with: its config, and the mark that lets it be made anew. */
export function finishSampleLake(
  root: string,
  tables: readonly { readonly name: string; readonly partition: string }[],
): void {
  writeFileSync(join(root, sampleMark), 'Made by bucketwise; this folder may be made anew.\n');
  writeFileSync(join(root, 'bucketwise.yaml'), sampleConfig(root, tables));
}

/**
 * Makes a lake of invented records in an empty or missing folder; one that is there already is left as it is.
 * `root` is absolute. Errors: FOLDER_OCCUPIED when the folder holds something else.
 */
export function makeSampleLake(root: string): { readonly made: boolean } {
  if (existsSync(join(root, sampleMark))) return { made: false };
  if (existsSync(root) && readdirSync(root).length > 0) raise('FOLDER_OCCUPIED', { path: root });
  const firstHour = Date.UTC(2026, 10, 1);
  writeClicksTable(root, firstHour);
  writeOrdersTable(root, firstHour);
  finishSampleLake(root, [
    { name: 'clicks', partition: layouts.hive },
    { name: 'orders', partition: layouts.plain },
  ]);
  return { made: true };
}
