import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { mayHold } from '../../src/inventory/request-log.js';
import { anyBytes, fixture, readLogs, told } from './read-logs.js';

t.test(
  'a copy in CloudTrail is one event and two requests; who is nobody is denied for nothing',
  async (t) => {
    const logs = readLogs({ a: fixture('cloudtrail.json') });
    t.same(told(logs), [
      'archive/ put ok loader: 1 (224 sent)',
      'csv/ get deniedOutside ANONYMOUS_PRINCIPAL: 1 (0 sent)',
      'csv/ get ok loader: 2 (1000 sent)',
      'csv/ list ok loader: 1 (4000 sent)',
      'csv/ put ok loader: 1 (0 sent)',
    ]);
    t.equal(logs.report.lines, 6);
    t.equal(logs.report.otherServices, 1);
    t.equal(logs.report.notUnderstood, 0);
  },
);

t.test('records of CloudWatch Logs are read one a line, and as its command line gives them', async (t) => {
  const lines = fixture('cloudwatch.jsonl');
  const wanted = [
    'csv/ get ok loader: 1 (1000 sent)',
    'csv/ list ok loader: 1 (4000 sent)',
    'csv/ put failed loader: 1 (0 sent)',
  ];
  const logs = readLogs({ 'cw.json': lines });
  t.same(told(logs), wanted);
  t.same(
    logs.report.examples.map(({ file, line }) => [file, line]),
    [['cw.json', 4]],
  );
  const messages = lines
    .toString()
    .trim()
    .split('\n')
    .map((message) => ({ timestamp: 1, message }));
  t.same(told(readLogs({ a: Buffer.from(JSON.stringify({ events: messages }, null, 2)) })), wanted);
  t.same(told(readLogs({ a: Buffer.from(`[${lines.toString().trim().split('\n').join(',')}]`) })), wanted);
});

t.test('JSON says the same wherever its bytes are cut', async (t) => {
  for (const name of ['cloudtrail.json', 'cloudwatch.jsonl'])
    for (const bytes of [1, 13, 997])
      t.same(told(readLogs({ a: fixture(name) }, {}, bytes)), told(readLogs({ a: fixture(name) })));
});

t.test('JSON that is no record, or is cut off, is named and never an error', async (t) => {
  const event = JSON.stringify(JSON.parse(fixture('cloudtrail.json').toString()).Records[0]);
  const isCounted = (json: string, at: number, put: string): boolean =>
    [`{"Records":[${json}]}`, `{${json}`, event.slice(0, at) + put + event.slice(at + 3)].every((text) => {
      const { report, tally } = readLogs({ a: Buffer.from(text, 'latin1') }, { bucket: undefined });
      return tally.cells().reduce((sum, cell) => sum + cell.requests, 0n) <= 2n * BigInt(report.lines);
    });
  t.doesNotThrow(() =>
    fc.assert(fc.property(fc.json(), fc.nat(event.length), anyBytes, isCounted), {
      numRuns: 40,
    }),
  );
  t.equal(readLogs({ a: Buffer.from(event.slice(0, -5)) }).report.notUnderstood, 1);
});

t.test(
  'files of other buckets and digests are left unread, files of any other layout are read',
  async (t) => {
    const dated = (bucket: string) =>
      `logs/111122223333/us-east-1/${bucket}/2026/11/22/2026-11-22-05-10-00-0123456789ABCDEF`;
    t.ok(mayHold(dated('lake'), 'lake'));
    t.notOk(mayHold(dated('other'), 'lake'));
    t.ok(mayHold(dated('other'), undefined));
    t.ok(mayHold('lake2026-11-22-05-10-00-0123456789ABCDEF', 'lake'));
    t.notOk(mayHold('AWSLogs/1/CloudTrail-Digest/us-east-1/2026/11/22/x.json.gz', 'lake'));
  },
);

const samples = process.env.BUCKETWISE_SAMPLES;

t.test('the real data event of a copy is a PUT and a GET', { skip: samples === undefined }, async (t) => {
  const bytes = readFileSync(join(samples!, 'cloudtrail/elastic-integrations__copy-object.json'));
  const logs = readLogs({ a: bytes }, { bucket: 'elastic-cspm-cloudtrail-test-bucket' });
  t.same(told(logs), [
    'test-copy-object/ get ok test@elastic.co: 1 (0 sent)',
    'test-copy-object/ put ok test@elastic.co: 1 (224 sent)',
  ]);
});

const [first, second] = fixture('cloudwatch.jsonl').toString().split('\n') as [string, string];

/** Lines read, and what was not understood, however the bytes are cut. */
function readOf(t: Test, text: string): readonly [number, readonly string[]] {
  const read = (pieceBytes?: number) => readLogs({ a: Buffer.from(text) }, {}, pieceBytes).report;
  const { lines, notUnderstood, examples } = read();
  t.equal(notUnderstood, examples.length);
  t.same(read(1).examples, examples);
  return [lines, examples.map((one) => one.text)];
}

t.test('damage in JSON is named and costs no record beside it', async (t) => {
  const cut = first.slice(0, first.lastIndexOf('"'));
  const start = (text: string): string => text.slice(0, 120);
  const cases: readonly (readonly [string, number, readonly string[]])[] = [
    [
      `${first}\nthis is damaged, half a line "a": 3}\n${second}\n`,
      2,
      ['this is damaged, half a line "a": 3}'],
    ],
    [`${cut}\n${first}\n${second}\n`, 2, [start(cut)]],
    [`{"Records":[${cut}\n,${first},${second}]}`, 2, [start(cut)]],
    [`{"a": 3,\n${first}\n${second}\n`, 2, ['{"a": 3,\\u000a']],
    [`{"a": {"b": 1}\n${first}\n${second}\n`, 2, ['{"a": {"b": 1}\\u000a']],
    [`${first}\n}\n${second}\n`, 2, ['}']],
    [`[${first},\n${second}`, 2, ['{']],
  ];
  for (const [text, lines, misread] of cases) t.same(readOf(t, text), [lines, misread], text.slice(0, 40));
});

t.test('what follows the list of a wrapper is no record and no damage', async (t) => {
  const more = '"next": "f/1}]", "searched": [{"a": [1]}], "n": 3';
  t.same(readOf(t, `{"events": [${first}, ${second}], ${more}}\n{"events": [${first}]}`), [3, []]);
});
