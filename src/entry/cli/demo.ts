/** `demo`: the whole program once, on a sample lake on disk; it needs no account and touches nothing else. */
import { type Door, look, watching } from './door.js';

/** A dashboard that asks once an hour. */
const demoQueriesPerMonth = '720';

export async function run(door: Door, [dir]: readonly string[]): Promise<void> {
  const { app, terminal } = door;
  const title = (text: string): void => terminal.out(`\n== ${text}\n`);
  const lake = await app.sampleLake(dir ?? 'demo-lake');
  terminal.note(lake.made ? `Made a sample lake in ${lake.root}` : `Using the sample lake in ${lake.root}`);

  title('What lies there, and what it costs a month');
  const before = await app.scan(
    {
      uri: lake.csvUri,
      region: 'us-east-1',
      out: lake.scanPath,
      top: 10,
      queriesPerMonth: demoQueriesPerMonth,
    },
    watching(door),
  );
  terminal.out(app.show(before, 'table', look(door)));

  title('What if every hour were compacted');
  const outcome = await app.whatIf({
    scanPath: lake.scanPath,
    scenario: 'compact',
    options: { queriesPerMonth: demoQueriesPerMonth },
  });
  terminal.out(app.show(outcome, 'table', look(door)));

  title('Compacted to Snappy Parquet, row by row verified');
  const reports = await app.compact('run', { config: lake.configPath }, watching(door));
  terminal.out(app.show(reports, 'table', look(door)));
  if (door.signal.aborted) return;

  title('Before and after');
  terminal.out(await app.beforeAndAfter(lake, before.value, watching(door)));
  await app.report(lake, { scan: before.value, outcome: outcome.value, compaction: reports.value });
  terminal.out(
    [
      '',
      `Report: file://${encodeURI(lake.reportPath)}`,
      '',
      'Next:',
      `  npx bucketwise compact run --config ${lake.configPath} --table ${reports.value[0]?.table} --yes    (nothing left to do)`,
      `  npx bucketwise what-if --scan ${lake.scanPath} --scenario compact --queries-per-month 300`,
      '  npx bucketwise scan s3://your-bucket/prefix/ --out scan.json',
    ].join('\n'),
  );
}
