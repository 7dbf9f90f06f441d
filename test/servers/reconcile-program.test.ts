import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { bucketwise, json, root } from '../e2e/bucketwise.js';
import { billCsvOf, rowOf } from '../reconcile/synthetic-bill.js';

// A program is started many times here: long on a machine that is busy.
t.setTimeout(120_000);

const fixture = (name: string): string => join(root, 'test', 'fixtures', 'billing', name);

t.test('a bill is reconciled from a file, from gzip and from stdin alike', async (t) => {
  const text = readFileSync(fixture('cur-2.0.csv'), 'utf8');
  const packed = join(t.testdir(), 'bill.gz');
  writeFileSync(packed, gzipSync(text));
  const plain = await bucketwise(['reconcile', '--bill', fixture('cur-2.0.csv'), '--json']);
  t.equal(plain.code, 0, plain.err);
  t.equal(plain.err, '', 'no progress in a pipe');
  const value = json(plain);
  t.match(value, { schemaVersion: 1, rows: 8, billed: '12.0180250038', files: [{ form: 'CUR 2.0' }] });
  for (const ended of [
    await bucketwise(['reconcile', '--bill', packed, '--json']),
    await bucketwise(['reconcile', '--bill', '-', '--json'], { input: text }),
  ])
    t.same((json(ended) as { matched: unknown }).matched, value.matched);
});

t.test('several bills are one, in every form of output', async (t) => {
  const bills = ['cur-2.0.csv', 'legacy-cur.csv', 'focus-1.0.csv'].map(fixture);
  for (const format of ['table', 'html']) {
    const { code, out } = await bucketwise(['reconcile', '--bill', ...bills, '-o', format]);
    t.equal(code, 0, format);
    t.match(out, 'USW2-NatGateway-Bytes', format);
  }
});

t.test('the Region of the environment does not narrow the bill; the flag does', async (t) => {
  const bill = ['reconcile', '--bill', fixture('cur-2.0.csv'), '--json'];
  const all = json(await bucketwise(bill, { environment: { AWS_REGION: 'eu-west-1' } }));
  t.match(all, { leftOut: { rows: 0 } });
  const one = json(await bucketwise([...bill, '--region', 'ap-northeast-2']));
  t.match(one, { matched: { rows: 1 }, leftOut: { rows: 7 } });
});

t.test('too large an error ends with 4, after the table', async (t) => {
  const args = ['reconcile', '--bill', fixture('cur-2.0.csv'), '--fail-if-error-over'];
  const { code, out, err } = await bucketwise([...args, '0.1']);
  t.equal(code, 4);
  t.match(out, 'Not understood');
  t.match(err, /BILL_UNEXPLAINED.*0\.36\d* %/);
  t.equal((await bucketwise([...args, '1'])).code, 0);
  const odd = await bucketwise([...args, '5%']);
  t.same([odd.code, odd.out], [2, '']);
  t.match(odd.err, /--fail-if-error-over.*5%/);
});

t.test(
  'a bill that cannot be read is refused in a sentence, by file and line, without a stack trace',
  async (t) => {
    const path = join(
      t.testdir({ 'bill.csv': billCsvOf('CUR 2.0', [rowOf(), rowOf({ quantity: 'NaN' })]) }),
      'bill.csv',
    );
    const { code, out, err } = await bucketwise(['reconcile', '--bill', path]);
    t.equal(code, 2);
    t.match(err, /BILL_INVALID.*line 4.*usage_amount.*NaN/);
    t.match(err, path);
    t.notMatch(err, /\n\s+at |node:internal/);
    t.equal(out, '');
  },
);

t.test('no bill, and a bill that is not there, are usage', async (t) => {
  const none = await bucketwise(['reconcile']);
  t.equal(none.code, 2);
  t.match(none.err, '--bill');
  const nowhere = await bucketwise(['reconcile', '--bill', '/nowhere.csv']);
  t.equal(nowhere.code, 2);
  t.match(nowhere.err, '/nowhere.csv');
});

function after(milliseconds: number): () => boolean {
  const at = Date.now() + milliseconds;
  return () => Date.now() >= at;
}

t.test('Ctrl-C ends the waiting for a bill that never comes', async (t) => {
  const { code, err } = await bucketwise(['reconcile', '--bill', '-'], {
    input: billCsvOf('CUR 2.0', [rowOf()]),
    keepOpen: true,
    interruptOnce: after(5_000),
  });
  t.equal(code, 130, err);
  t.match(err, 'INTERRUPTED');
});

t.test('Ctrl-C ends a long bill with 130 and nothing on stdout', async (t) => {
  const dir = t.testdir();
  const path = join(dir, 'bill.csv');
  const rows = billCsvOf(
    'CUR 2.0',
    Array.from({ length: 20_000 }, () => rowOf()),
  );
  const body = rows.slice(rows.indexOf('\n') + 1);
  writeFileSync(path, rows.slice(0, rows.indexOf('\n') + 1) + body.repeat(60));
  const { code, out, err } = await bucketwise(['reconcile', '--bill', path], { interruptOnce: after(1_500) });
  t.equal(code, 130, err);
  t.match(err, 'INTERRUPTED');
  t.equal(out, '');
});
