import t from 'tap';
import { openScanPool } from '../../../src/adapters/inventory/scan-pool.js';
import type { FileJob } from '../../../src/inventory/report-ports.js';

const settings = { reach: { scheme: 'file' }, options: {} } as const;
const jobOf = (key: string): FileJob => ({
  file: { key, size: 1, md5: '', etag: '', root: '/', at: key },
  format: 'CSV',
  columns: [],
});

/** A thread that does as the key of its file says, one file after the other. */
const program = `
import { parentPort, threadId } from 'node:worker_threads';
const done = (part) => parentPort.postMessage({ kind: 'done', result: { part, rows: 1, bytes: 1 }, requests: 2 });
let last = Promise.resolve();
parentPort.on('message', (job) => {
  last = last.then(() => read(job));
});
const read = ({ file: { key } }) => {
  if (key === 'throw') return setImmediate(() => { throw new Error('out of luck'); });
  if (key === 'exit') process.exit(7);
  if (key === 'hang') { for (;;); }
  if (key === 'refuse')
    return parentPort.postMessage({ kind: 'failed', requests: 1, error: { code: 'INVENTORY_CHANGED', details: { file: 'x' }, why: '' } });
  if (key === 'bug')
    return parentPort.postMessage({ kind: 'failed', requests: 1, error: { details: {}, why: 'TypeError: no such thing\\n at x' } });
  parentPort.postMessage({ kind: 'progress', since: { rows: 5, bytes: 7 } });
  return new Promise((resolve) => setTimeout(resolve, 5)).then(() => done(threadId));
};`;
const path = new URL(`data:text/javascript,${encodeURIComponent(program)}`);
const poolOf = (t: { teardown(act: () => void): void }, threads: number) => {
  const pool = openScanPool<number, object>(settings, { threads, program: { path, execArgv: [] } });
  t.teardown(() => pool.close());
  return pool;
};
const quiet = (): void => undefined;

t.test('files are read side by side, a thread after its file takes the next one', async (t) => {
  const pool = poolOf(t, 2);
  t.equal(pool.parallel, 4, 'one that is read and one at hand for each');
  const told: unknown[] = [];
  const both = await Promise.all([
    pool.scan(jobOf('a'), (since) => told.push(since)),
    pool.scan(jobOf('b'), quiet),
  ]);
  t.not(both[0].part, both[1].part, 'two threads');
  t.same(told, [{ rows: 5, bytes: 7 }]);
  const third = await pool.scan(jobOf('c'), quiet);
  t.ok(
    both.some(({ part }) => part === third.part),
    'no third thread is started',
  );
  t.equal(pool.requests(), 6);
});

t.test(
  'the next file is in a thread before anybody hears of the one it reads, in the order asked for',
  async (t) => {
    const pool = poolOf(t, 2);
    const order: string[] = [];
    const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const all = keys.map((key) => pool.scan(jobOf(key), (since) => order.push(`${key} ${since.rows}`)));
    const parts = (await Promise.all(all)).map(({ part }) => part);
    t.equal(new Set(parts).size, 2, 'two threads');
    t.equal(new Set(parts.slice(0, 2)).size, 2, 'the first two each have their own');
    t.same(
      [...order].sort(),
      keys.map((key) => `${key} 5`),
      'each hears of its own',
    );
    t.equal(pool.requests(), 14);
  },
);

t.test('a file behind one that ends its thread is read by another', async (t) => {
  const pool = poolOf(t, 1);
  const [dead, next] = await Promise.allSettled([
    pool.scan(jobOf('exit'), quiet),
    pool.scan(jobOf('a'), quiet),
  ]);
  t.match(dead, { status: 'rejected', reason: { code: 'SCANNER_ENDED' } });
  t.match(next, { status: 'fulfilled', value: { rows: 1 } });
});

for (const [key, why] of [
  ['throw', /"throw" ended: out of luck/],
  ['exit', /"exit" ended: exit code 7/],
] as const)
  t.test(
    `a thread that ends by ${key} is an error that names its file, and the next file has another thread`,
    async (t) => {
      const pool = poolOf(t, 1);
      await t.rejects(pool.scan(jobOf(key), quiet), { code: 'SCANNER_ENDED', message: why });
      t.type((await pool.scan(jobOf('a'), quiet)).part, 'number');
    },
  );

t.test('a refusal keeps its code across the threads, a fault of the program names the file', async (t) => {
  const pool = poolOf(t, 1);
  await t.rejects(pool.scan(jobOf('refuse'), quiet), {
    code: 'INVENTORY_CHANGED',
    message: /file "x" was replaced/,
  });
  await t.rejects(pool.scan(jobOf('bug'), quiet), {
    code: 'SCANNER_ENDED',
    message: /"bug" ended: TypeError: no such thing\.$/,
  });
  t.equal(pool.requests(), 2);
});

t.test('closing ends a thread in the middle of its work', async (t) => {
  const pool = poolOf(t, 1);
  let settled = false;
  const settle = (): void => {
    settled = true;
  };
  pool.scan(jobOf('hang'), quiet).then(settle, settle);
  await new Promise((resolve) => setTimeout(resolve, 100));
  pool.close();
  await pool.ended();
  t.equal(settled, false, 'what was under way is never answered');
});

t.test('a pool that is closed begins no file, in a thread of before or in a new one', async (t) => {
  const pool = poolOf(t, 1);
  await pool.scan(jobOf('a'), quiet);
  pool.close();
  const before = pool.requests();
  await t.rejects(pool.scan(jobOf('b'), quiet), { code: 'SCANNER_ENDED', message: /"b" ended/ });
  await pool.ended();
  await new Promise((resolve) => setTimeout(resolve, 50));
  t.equal(pool.requests(), before);
});
