import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { anyBytes, fixture, readLogs, told } from './read-logs.js';

t.test(
  'every line of a log is a request of its prefix, kind, requester and answer, or is named',
  async (t) => {
    const logs = readLogs({ 'lake.log': fixture('lake.log') });
    t.same(told(logs), [
      '(all) delete ok loader: 1 (300 sent)',
      'archive/ put ok loader: 1 (234 sent)',
      'cold/ to STANDARD_IA ok AmazonS3: 1 (0 sent)',
      'csv/ expiry ok AmazonS3: 1 (0 sent)',
      'csv/ get deniedOutside -: 1 (243 sent)',
      // The copy's source, two reads of the hour (one line came twice) and the key with a quote.
      'csv/ get ok loader: 4 (2500 sent)',
      'csv/ get unbilled loader: 1 (0 sent)',
      'csv/ head refused loader: 1 (300 sent)',
      'csv/ list ok loader: 1 (4000 sent)',
      'csv/ put failed loader: 1 (0 sent)',
      'csv/ put ok loader: 1 (0 sent)',
      'csv/ unknown ok AmazonS3: 1 (0 sent)',
      'old files/2025/ delete ok loader: 2 (0 sent)',
    ]);
    const { report, tally } = logs;
    t.equal(report.lines, 18);
    t.equal(report.notUnderstood, 2);
    t.same(
      report.examples.map(({ file, line, text }) => [file, line, text.slice(0, 22)]),
      [
        ['lake.log', 19, 'this is not a log line'],
        ['lake.log', 20, '7b7b7b7b7b7b7b7b7b7b7b'],
      ],
    );
    t.equal(report.otherBuckets, 1);
    t.equal(report.repeated, 1);
    t.same([...report.fields].sort(), [
      [24, 13],
      [25, 1],
      [26, 3],
      [27, 1],
    ]);
    const { guessed, first, last } = tally.summary();
    t.same(guessed, [{ operation: 'S3.CONJURE.OBJECT', class: 'unknown', requests: 1n }]);
    t.equal(new Date(first! * 1000).toISOString(), '2026-11-22T05:00:00.000Z');
    t.equal(new Date(last! * 1000).toISOString(), '2026-11-22T06:30:00.000Z');
  },
);

t.test('a log says the same wherever the pieces of its bytes are cut', async (t) => {
  const whole = readLogs({ a: fixture('lake.log') });
  for (const bytes of [1, 7, 100, 1001]) {
    const cut = readLogs({ a: fixture('lake.log') }, {}, bytes);
    t.same(told(cut), told(whole));
    t.same(cut.report, whole.report);
  }
});

t.test('bytes of any kind are lines that are read or lines that are named, never an error', async (t) => {
  const [line] = fixture('lake.log').toString('latin1').split('\n');
  const damaged = fc
    .tuple(fc.nat(line!.length), fc.nat(40), anyBytes)
    .map(([at, without, put]) => line!.slice(0, at) + put + line!.slice(at + without));
  const anything = fc.array(fc.oneof(anyBytes, damaged), { maxLength: 20 });
  const isAllCounted = (lines: readonly string[], pieceBytes: number): boolean => {
    const bytes = Buffer.from(lines.join('\n'), 'latin1');
    const text = bytes.toString('latin1');
    if (/^\s*[{[]/.test(text)) return true;
    const { report, tally } = readLogs({ a: bytes }, { bucket: undefined }, pieceBytes);
    const given = text.split('\n').filter((one) => one.replace(/\r$/, '') !== '');
    const counted = tally.cells().reduce((sum, cell) => sum + cell.requests, 0n) + tally.summary().outside;
    return report.lines + report.notUnderstood === given.length && counted === BigInt(report.lines);
  };
  t.doesNotThrow(() =>
    fc.assert(fc.property(anything, fc.integer({ min: 1, max: 300 }), isAllCounted), { numRuns: 100 }),
  );
});

t.test('a line without end is named once and the next one is read', async (t) => {
  const [line] = fixture('lake.log').toString().split('\n');
  const endless = `${'x'.repeat(3 << 20)}\n${line}\n`;
  const { report } = readLogs({ a: Buffer.from(endless) });
  t.equal(report.lines, 1);
  t.equal(report.notUnderstood, 1);
  t.equal(report.examples[0]!.line, 1);
});

t.test('what is beyond the limits is counted above or together, and every total stays exact', async (t) => {
  const [line] = fixture('lake.log').toString().split('\n');
  const many = Array.from({ length: 500 }, (_, i) =>
    line!
      .replace(/csv\/year\S+csv (?=")/, `a/b${i % 50}/x.csv `)
      .replace('role/loader/task-1', `role/r${i % 40}/x`),
  );
  const logs = readLogs(
    { a: Buffer.from(many.join('\n')) },
    { limits: { prefixes: 10, requesters: 8, cells: 30 } },
  );
  const cells = logs.tally.cells();
  t.equal(
    cells.reduce((sum, cell) => sum + cell.requests, 0n),
    500n,
  );
  t.equal(
    cells.reduce((sum, cell) => sum + cell.bytesSent, 0n),
    500_000n,
  );
  t.ok(cells.length <= 40);
  t.ok(cells.some(({ requester }) => requester === '(others)'));
  t.ok(logs.tally.summary().foldedPrefixes > 0);
});

t.test('requests outside of the scanned prefix are counted apart', async (t) => {
  const logs = readLogs({ a: fixture('lake.log') }, { prefix: 'csv/' });
  t.equal(logs.tally.summary().outside, 5n);
  t.notOk(logs.tally.cells().some(({ prefix }) => !prefix.startsWith('csv/')));
});

const samples = process.env.BUCKETWISE_SAMPLES;

t.test(
  'the real lines with 24, 25 and 26 fields are all understood',
  { skip: samples === undefined },
  async (t) => {
    const bytes = readFileSync(join(samples!, 'access-logs/elastic-integrations__s3access.log'));
    const logs = readLogs({ a: bytes }, { bucket: undefined });
    t.equal(logs.report.lines, 7);
    t.equal(logs.report.notUnderstood, 0);
    t.same(
      [...logs.report.fields],
      [
        [24, 4],
        [25, 1],
        [26, 2],
      ],
    );
    t.same(told(logs), [
      '(all) delete ok test@elastic.co: 2 (0 sent)',
      '(all) get ok AWSServiceRoleForTrustedAdvisor: 1 (142 sent)',
      '(all) list ok AWSServiceRoleForTrustedAdvisor: 1 (265 sent)',
      '0/chum/_vars/logtests/ expiry ok AmazonS3: 1 (0 sent)',
      'AWSLogs/000000000000/vpcflowlogs/us-gov-east-1/ put ok svc:delivery.logs.amazonaws.com: 2 (0 sent)',
    ]);
  },
);

t.test('beyond the limit of prefixes a key that begins with "/" counts above it', async (t) => {
  const [first] = fixture('lake.log').toString().split('\n');
  const ask = (key: string): string => first!.replace(/REST\.\S+ \S+/, `REST.GET.OBJECT ${key}`);
  const lines = ['a/x', 'b/x', '/x', '//x', '/c/x'].map(ask).join('\n');
  t.same(
    told(readLogs({ a: Buffer.from(lines) }, { limits: { prefixes: 3 } })).map((text) => text.slice(0, 12)),
    ['(all) get ok', 'a/ get ok lo', 'b/ get ok lo'],
  );
});
