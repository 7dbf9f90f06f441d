/** The commands and their options; each loads its own code only when it is run. */
import { Command, Option } from 'commander';

/** Options every command has. */
export interface CommonOptions {
  readonly output: string;
  readonly json?: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly region?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
}

/** Runs a command's module: `load` brings it, the arguments follow. */
export type Act = (
  load: () => Promise<Runnable>,
  args: readonly string[],
  options: CommonOptions,
) => Promise<void>;

export interface Runnable {
  run(door: never, args: readonly string[], options: never): Promise<void>;
}

export function buildProgram(version: string, act: Act): Command {
  const program = new Command('bucketwise')
    .description('What an S3 layout costs, what another would cost, and compaction that never loses a row.')
    .version(version)
    .showSuggestionAfterError()
    .configureHelp({ sortSubcommands: false })
    .addHelpText('before', examples)
    // What follows the name of a command is that command's: `scan` has options and commands below it.
    .enablePositionalOptions()
    .exitOverride();
  addDemo(program, act);
  addScan(program, act);
  addCost(program, act);
  addWhatIf(program, act);
  addCompact(program, act);
  addDoctor(program, act);
  addReconcile(program, act);
  addPrices(program, act);
  addServe(program, act);
  return program;
}

const examples = `Examples:
  bucketwise demo                                    see everything once, on a sample lake on disk
  bucketwise scan s3://lake/csv/ --out scan.json     what lies there, and what it costs
  bucketwise scan s3://reports/…/manifest.json       the same from a report of S3 Inventory
  bucketwise scan diff october.json.gz scan.json     what grew since then, in dollars a month
  bucketwise what-if --scan scan.json --scenario compact
  bucketwise compact plan --config bucketwise.yaml   what would be compacted, and why
  bucketwise compact run  --config bucketwise.yaml --yes
  bucketwise reconcile --bill cur.csv.gz             a real bill beside the price book
`;

function command(parent: Command, usage: string, summary: string): Command {
  return parent
    .command(usage)
    .summary(summary)
    .description(summary)
    .addOption(
      new Option('-o, --output <format>', 'table, json, ndjson, csv, html or md; cost also focus').default(
        'table',
      ),
    )
    .option('--json', 'the same as -o json')
    .option('--region <region>', 'AWS Region whose prices and endpoint are used')
    .option('--profile <name>', 'AWS profile for credentials')
    .option('--endpoint-url <url>', 'another S3 endpoint, addressed path style')
    .option('--quiet', 'no sentences on stderr', false)
    .option('--verbose', 'more about failures on stderr', false);
}

/** The last two of commander's action arguments are the options and the command itself. */
const action =
  (act: Act, load: () => Promise<Runnable>, ...fixed: readonly string[]) =>
  (...given: unknown[]): Promise<void> => {
    const options = given.at(-2) as CommonOptions;
    const args = given
      .slice(0, -2)
      .flat()
      .filter((arg): arg is string => typeof arg === 'string');
    return act(load, [...fixed, ...args], options);
  };

function addDemo(program: Command, act: Act): void {
  command(program, 'demo [dir]', 'a sample lake on disk: scanned, priced, compacted and verified').action(
    action(act, () => import('./demo.js')),
  );
}

function addScan(program: Command, act: Act): void {
  const scan = command(
    program,
    'scan <uri>',
    'what lies under s3://bucket/prefix or file:///dir, or in an inventory report (…/manifest.json), and what it costs a month',
  )
    .option('--depth <n>', 'levels of prefixes to tell apart', '4')
    .option('--top <n>', 'rows of the table', '20')
    .option('--small-below <size>', 'what counts as a small object', '128KiB')
    .option('--partial', 'count an inventory without its missing or damaged files; exit 3', false)
    .option(
      '--versions <which>',
      'current, or all: noncurrent versions and delete markers too (default: current; of an inventory all it lists)',
    )
    .option('--seed <scan.json>', 'an earlier scan, by which the listing is parted')
    .option('--engine <name>', 'what tallies an inventory: local, athena or trino', 'local')
    .option('--config <file>', 'where the engine is found (default: bucketwise.yaml)')
    .option('--month <month>', 'month whose prices are used, as 2026-11 (default: this month)')
    .option('--queries-per-month <n>', 'times each object is read in a month')
    .option(
      '--check <file...>',
      'CloudWatch or Storage Lens numbers to hold the scan against: JSON, CSV, Parquet',
    )
    .option('--access-logs <uri>', 'S3 access logs or CloudTrail data events: who asks what, in dollars')
    .option('--out <file>', 'save the scan for the other commands; compressed when it ends in .gz')
    .option('--max-cost <usd>', 'do not start when listing or reading may cost more')
    .enablePositionalOptions()
    .action(action(act, () => import('./scan.js')));
  const load = () => import('./scan-documents.js');
  command(scan, 'diff <older> <newer>', 'what grew or shrank between two saved scans, in dollars a month')
    .option('--top <n>', 'rows of the table', '20')
    .option('--month <month>', 'month whose prices are used (default: that of the newer scan)')
    .action(action(act, load, 'diff'));
  command(scan, 'merge <scans...>', 'saved scans of places apart from each other as one')
    .option('--top <n>', 'rows of the table', '20')
    .option('--month <month>', 'month whose prices are used, as 2026-11 (default: this month)')
    .option('--queries-per-month <n>', 'times each object is read in a month')
    .option('--out <file>', 'save it for the other commands; compressed when it ends in .gz')
    .action(action(act, load, 'merge'));
}

function addCost(program: Command, act: Act): void {
  command(program, 'cost', 'an itemised month, from a usage document or a scan')
    .option('--usage <file>', 'usage document, JSON or YAML; "-" reads stdin')
    .option('--scan <file>', 'a scan saved with scan --out')
    .option('--month <month>', 'as 2026-11; overrides the document')
    .option('--tier-offset <type=GB...>', "the account's other usage, e.g. TimedStorage-ByteHrs=51200")
    .option('--queries-per-month <n>', 'with --scan: times each object is read in a month')
    .option('--focus-version <version>', 'with -o focus: 1.2, 1.3 or 1.4', '1.2')
    .action(action(act, () => import('./cost.js')));
}

function addWhatIf(program: Command, act: Act): void {
  command(program, 'what-if', 'before, after, one-off cost and break-even of another layout')
    .option('--scan <file>', 'a scan saved with scan --out')
    .option('--scenario <name>', 'compact', 'compact')
    .option('--target-size <size>', 'size of the files after compaction', '128MiB')
    .option('--compression-ratio <r>', 'bytes after ÷ bytes before')
    .option('--queries-per-month <n>', 'times each object is read in a month')
    .option('--month <month>', 'first month, as 2026-11 (default: this month)')
    .option('--fail-if-monthly-over <usd>', 'exit 4 when the month after costs more')
    .option('--fail-if-savings-under <usd>', 'exit 4 when less is saved a month')
    .action(action(act, () => import('./what-if.js')));
}

function addCompact(program: Command, act: Act): void {
  const compact = program.command('compact').description('turn closed hours of small CSV files into Parquet');
  const verbs = {
    plan: 'what would be done for every hour, and why; changes nothing',
    run: 'do what is due: write, verify, commit; take in late objects; retire sources if the config says so',
    status: 'every hour with its state and evidence',
    verify: 'check committed hours against their evidence; exit 5 when one does not hold',
    recover: 'finish what a run that was killed left half done; begins nothing new',
    clean: 'delete what dead runs left: by exact key, and only what nothing can commit or read',
  };
  for (const [verb, summary] of Object.entries(verbs)) {
    const one = command(compact, verb, summary)
      .option('--config <file>', 'default: bucketwise.yaml')
      .option('--table <name>', 'one table only')
      .option('--from <hour>', 'first hour, as 2026-11-22T05')
      .option('--to <hour>', 'end, not included')
      .option('--partition <partition>', 'one hour, as year=2026/month=11/day=22/hour=05');
    if (['run', 'recover', 'clean'].includes(verb))
      one.option('--yes', 'do it; without it the plan is shown and nothing is written or deleted', false);
    if (verb === 'run') one.option('--max-cost <usd>', 'do not start when it may cost more');
    if (verb === 'clean') one.option('--dry-run', 'only tell', false);
    one.action(action(act, () => import('./compact.js'), verb));
  }
}

function addDoctor(program: Command, act: Act): void {
  command(program, 'doctor', 'what is configured, and whether stores, permissions and engines are fit for it')
    .option('--config <file>', 'default: bucketwise.yaml')
    .option('--table <name>', 'one table only')
    .action(action(act, () => import('./doctor.js')));
}

function addReconcile(program: Command, act: Act): void {
  command(program, 'reconcile', 'a real bill of AWS beside the price book, line by line, worst first')
    .requiredOption('--bill <file...>', 'CUR 2.0, legacy CUR or FOCUS: CSV, gzip or Parquet; "-" reads stdin')
    .option(
      '--month <month>',
      'only rows of this billing month, as 2026-11; --region: only rows of that Region',
    )
    .option('--tier-offset <type=GB...>', "the account's other usage, e.g. TimedStorage-ByteHrs=51200")
    .option('--fail-if-error-over <percent>', 'exit 4 when more of the bill is not explained')
    .action(action(act, () => import('./reconcile.js')));
}

function addPrices(program: Command, act: Act): void {
  const prices = program
    .command('prices')
    .description('the rate cards: shown, checked, and read anew from AWS');
  const load = () => import('./prices.js');
  const dir = ['--dir <folder>', 'folder of price files (default: those of the program)'] as const;
  command(prices, 'show', 'every price of a Region, with its source and how sure it is')
    .option('--month <month>', 'as 2026-11 (default: this month)')
    .option(...dir)
    .action(action(act, load, 'show'));
  command(prices, 'check', 'how old the prices of every Region are, what is missing and what is weak')
    .option('--max-age <duration>', 'exit 4 when prices were last read longer ago, as 400d')
    .option(...dir)
    .action(action(act, load, 'check'));
  const imports = command(
    prices,
    'import <files...>',
    'read price lists of AWS: bulk offer (JSON, CSV) or GetProducts output, also gzipped',
  )
    .option('--date <day>', 'day the prices hold from (default: their latest effective date)')
    .option(...dir)
    .option('--yes', 'write; without it only the changes are shown', false)
    .action(action(act, load, 'import'));
  const regions = imports.options.find(({ long }) => long === '--region')!;
  regions.description = 'this Region only; repeat it for several (default: every Region in the lists)';
  regions.argParser((one: string, before?: string) => (before === undefined ? one : `${before},${one}`));
}

function addServe(program: Command, act: Act): void {
  command(program, 'serve', 'HTTP API on loopback, and the schedule of the configured tables')
    .option('--config <file>', 'default: bucketwise.yaml, when there is one')
    .option('--port <n>', 'TCP port', '8080')
    .option('--host <address>', 'a loopback address', '127.0.0.1')
    .action(action(act, () => import('./serve.js')));
}
