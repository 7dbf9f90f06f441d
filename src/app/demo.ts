/** What `demo` does beyond the ordinary commands: where the sample lake lies, before beside after, the written report. */

import type { CompactionReport } from '../compaction/plan.js';
import { bytesText } from '../kernel/bytes.js';
import type { Scan } from '../prefixes/scan.js';
import { reportPage } from '../report/page.js';
import { left, right, textTable } from '../report/table.js';
import { number } from '../report/view.js';
import type { Outcome } from '../scenarios/outcome.js';
import { monthFor, rateCard } from './prices.js';
import { reportView, scan } from './scan.js';
import type { Surroundings, Watch } from './surroundings.js';

export interface SampleLake {
  readonly root: string;
  readonly made: boolean;
  readonly csvUri: string;
  readonly parquetUri: string;
  readonly scanPath: string;
  readonly configPath: string;
  readonly reportPath: string;
}

/** How often the demo's lake is read: a dashboard that asks once an hour. */
export const demoQueriesPerMonth = '720';

/** Errors: FOLDER_OCCUPIED. */
export async function sampleLake(given: Surroundings, dir: string): Promise<SampleLake> {
  const { root, made } = await given.makeSampleLake(dir);
  const uri = (name: string): string => `file://${encodeURI(`${root}/${name}`)}/`;
  return {
    root,
    made,
    csvUri: uri('csv'),
    parquetUri: uri('parquet'),
    scanPath: `${root}/scan.json`,
    configPath: `${root}/bucketwise.yaml`,
    reportPath: `${root}/report.html`,
  };
}

/** The compacted side is scanned like the rest; what lies under _bucketwise/ is the journal and its copies. */
export async function beforeAndAfter(
  given: Surroundings,
  lake: SampleLake,
  before: Scan,
  watch: Watch,
): Promise<string> {
  const after = (await scan(given, { uri: lake.parquetUri, region: before.region, depth: 3 }, watch)).value;
  const rows = before.prefixes
    .filter((row) => row.depth === 1)
    .map((row) => {
      const published = after.prefixes.find((other) => other.depth === 1 && other.prefix === row.prefix);
      const journal = after.prefixes.find((other) => other.prefix === `${row.prefix}_bucketwise/`);
      return [row.prefix, ...sizeOf(row), ...sizeOf(published, journal)];
    });
  return textTable(
    { columns: [left('Table'), ...['CSV files', 'Bytes', 'Parquet files', 'Bytes'].map(right)], rows },
    100,
  );
}

type Row = Scan['prefixes'][number];

function sizeOf(row: Row | undefined, less?: Row): [string, string] {
  const sum = (of: Row | undefined, name: 'objects' | 'bytes'): bigint =>
    (of?.tallies ?? []).reduce((total, tally) => total + tally[name], 0n);
  return [
    number(sum(row, 'objects') - sum(less, 'objects')),
    bytesText(sum(row, 'bytes') - sum(less, 'bytes')),
  ];
}

export async function demoReport(
  given: Surroundings,
  lake: SampleLake,
  results: {
    readonly scan: Scan;
    readonly outcome: Outcome;
    readonly compaction: readonly CompactionReport[];
  },
): Promise<void> {
  const month = monthFor(given, undefined);
  const card = await rateCard(given, results.scan.region, month);
  const options = { region: results.scan.region, month, queriesPerMonth: BigInt(demoQueriesPerMonth) };
  const view = reportView(results.scan, card, options);
  const page = reportPage({ ...view, outcome: results.outcome, compaction: results.compaction });
  await given.files.write(lake.reportPath, page);
}
