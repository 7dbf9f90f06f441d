import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { bucketwise, json } from './bucketwise.js';

const usage = (extra: object = {}): string =>
  JSON.stringify({
    region: 'us-east-1',
    month: '2026-11',
    storage: [{ class: 'STANDARD', objects: 10_000_000, bytes: 102_400_000_000 }],
    requests: [{ class: 'STANDARD', put: 1000, get: 100_000, list: 10 }],
    ...extra,
  });

t.test('--help names every command and ends well', async (t) => {
  const { code, out, err } = await bucketwise(['--help']);
  t.equal(code, 0);
  t.equal(err, '');
  for (const command of ['demo', 'scan', 'cost', 'what-if', 'compact', 'reconcile', 'prices', 'serve'])
    t.match(out, command);
});

t.test('--version prints the version alone', async (t) => {
  const { out } = await bucketwise(['--version']);
  t.match(out, /^\d+\.\d+\.\d+\n$/);
});

t.test('a mistyped command or flag is usage: exit 2 and the nearest name', async (t) => {
  const command = await bucketwise(['scna', 'file:///tmp']);
  t.equal(command.code, 2);
  t.match(command.err, 'scan');
  const flag = await bucketwise(['cost', '--usge', 'x']);
  t.equal(flag.code, 2);
  t.match(flag.err, '--usage');
});

t.test('cost prints the same exact total as JSON from a file and from stdin', async (t) => {
  const file = join(t.testdir({ 'usage.json': usage() }), 'usage.json');
  const fromFile = await bucketwise(['cost', '--usage', file, '--json']);
  t.equal(fromFile.code, 0, fromFile.err);
  // 95.367431640625 GB × 0.023 + 1,000 × 0.000005 + 100,000 × 0.0000004 + 10 × 0.000005
  t.equal(json(fromFile).total, '2.238500927734375');
  const piped = await bucketwise(['cost', '--usage', '-', '--json'], { input: usage() });
  t.equal(piped.out, fromFile.out);
});

t.test('cost in a pipe has no colour and no progress', async (t) => {
  const { out, err } = await bucketwise(['cost', '--usage', '-'], { input: usage() });
  t.match(out, '2.24');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what must not be there
  t.notMatch(out + err, /\u001b/);
});

t.test('every form of a bill holds its total', async (t) => {
  for (const format of ['csv', 'md', 'html', 'table']) {
    const { code, out } = await bucketwise(['cost', '--usage', '-', '-o', format], { input: usage() });
    t.equal(code, 0, format);
    t.match(out, /2\.19|2\.24/, format);
  }
});

const wrong: readonly (readonly [string, readonly string[], string, number, RegExp])[] = [
  ['an unknown key', ['cost', '--usage', '-'], usage({ regoin: 'x' }), 2, /did you mean "region"/],
  ['an unknown Region', ['cost', '--usage', '-'], usage({ region: 'us-esat-1' }), 2, /us-east-1/],
  [
    'an unknown class',
    ['cost', '--usage', '-'],
    usage({ storage: [{ class: 'COLD', objects: 1, bytes: 1 }] }),
    2,
    /COLD|must be one of/,
  ],
  ['a month before the first card', ['cost', '--usage', '-'], usage({ month: '1999-01' }), 2, /no rate card/],
  ['a count below zero', ['cost', '--usage', '-'], usage({ tags: -3 }), 2, /stdin: tags: must be >= 0/],
  ['a usage that is no JSON', ['cost', '--usage', '-'], '{"region": ', 2, /standard input|stdin|-/],
  ['a usage that is not there', ['cost', '--usage', '/nowhere.json'], '', 2, /\/nowhere\.json/],
  ['a folder that is not there', ['scan', 'file:///nowhere/at/all'], '', 2, /\/nowhere\/at\/all/],
  ['an address of no kind', ['scan', 'ftp://x'], '', 2, /ftp:\/\/x/],
  ['a bucket name that is none', ['scan', 's3://Not_A_Bucket/x'], '', 2, /Not_A_Bucket/],
  ['an output that is none', ['cost', '--usage', '-', '-o', 'pdf'], usage(), 2, /pdf/],
  ['a config that is not there', ['compact', 'plan', '--config', '/nowhere.yaml'], '', 2, /\/nowhere\.yaml/],
  [
    'a flag that would have no effect',
    ['cost', '--usage', '-', '--queries-per-month', '5'],
    usage(),
    2,
    /--queries-per-month: belongs to --scan/,
  ],
  [
    'an offset under a misspelt name',
    ['cost', '--usage', '-', '--tier-offset', 'TimedStroage-ByteHrs=1'],
    usage(),
    2,
    /did you mean "TimedStorage-ByteHrs"\?\n/,
  ],
  ['what-if without a scan', ['what-if'], '', 2, /--scan/],
  ['a public bind', ['serve', '--host', '0.0.0.0'], '', 2, /loopback/],
];

for (const [what, args, input, code, message] of wrong)
  t.test(`${what} is refused in a sentence, without a stack trace`, async (t) => {
    const ended = await bucketwise(args, { input });
    t.equal(ended.code, code, ended.err);
    t.match(ended.err, message);
    t.notMatch(ended.err, /\n\s+at |node:internal/);
    t.equal(ended.out, '', 'nothing on stdout');
  });

t.test('an empty folder is said to be empty, not free', async (t) => {
  const { code, err } = await bucketwise(['scan', `file://${t.testdir()}`]);
  t.equal(code, 2);
  t.match(err, /SOURCE_EMPTY/);
});

t.test('hostile names are scanned as what they are', async (t) => {
  const dir = t.testdir();
  const names = [
    "it's",
    'a"b',
    'x[1].csv',
    'x1.csv',
    '*',
    '--flag',
    'new\nline',
    '$(touch pwned)',
    '名前',
    '🎁',
  ];
  for (const name of names) writeFileSync(join(dir, name), 'abc');
  mkdirSync(join(dir, 'dir [1]'));
  writeFileSync(join(dir, 'dir [1]', 'x'), 'abc');
  const ended = await bucketwise(['scan', `file://${encodeURI(dir)}`, '--region', 'us-east-1', '--json']);
  t.equal(ended.code, 0, ended.err);
  const [total] = json(ended).totals as { objects: number; bytes: number }[];
  t.match(total, { objects: names.length + 1, bytes: 3 * (names.length + 1) });
});

t.test('a scan is saved, priced again and compared with its compaction', async (t) => {
  const dir = t.testdir();
  for (let hour = 0; hour < 4; hour++) {
    const folder = join(dir, `csv/t/year=2026/month=11/day=01/hour=0${hour}`);
    mkdirSync(folder, { recursive: true });
    for (let n = 0; n < 30; n++) writeFileSync(join(folder, `${n}.csv`), `a,b\n${n},x\n`);
  }
  const scan = join(dir, 'scan.json');
  const scanned = await bucketwise(['scan', `file://${dir}/csv`, '--region', 'us-east-1', '--out', scan]);
  t.equal(scanned.code, 0, scanned.err);
  t.equal(JSON.parse(readFileSync(scan, 'utf8')).totals[0].objects, 120);
  const cost = await bucketwise(['cost', '--scan', scan, '--month', '2026-11', '--json']);
  t.equal(cost.code, 0, cost.err);
  const whatIf = await bucketwise(['what-if', '--scan', scan, '--month', '2026-11', '--json']);
  t.equal(whatIf.code, 0, whatIf.err);
  const outcome = json(whatIf) as { before: { total: string }; monthly: { before: string } };
  t.equal(outcome.before.total, outcome.monthly.before);
  const over = await bucketwise(['what-if', '--scan', scan, '--fail-if-savings-under', '1000000']);
  t.equal(over.code, 4, over.err);
  t.match(over.out, /./, 'the answer is printed all the same');
});
