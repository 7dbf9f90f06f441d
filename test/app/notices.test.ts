import t from 'tap';
import { type Telling, tell } from '../../src/app/notices.js';
import type { CompactionTable } from '../../src/compaction/table.js';
import { BucketwiseError } from '../../src/kernel/errors.js';
import type { Notice } from '../../src/report/notice.js';
import { memoryStore } from '../compaction/memory-store.js';

const table = { name: 'clicks', targetPrefix: 'parquet/' } as CompactionTable;
const notice: Notice = { kind: 'failure', id: 'a'.repeat(64), subject: 's', text: 'x' };

function told(answer: (times: number) => void) {
  const sent: string[] = [];
  const notes: string[] = [];
  const telling: Telling = {
    notify: { on: ['failure'], digestHour: 6 },
    notifiers: [
      {
        name: 'Slack',
        send: async ({ text }) => {
          sent.push(text);
          answer(sent.length);
        },
      },
    ],
    note: (text) => notes.push(text),
  };
  return { sent, notes, telling };
}

t.test('news is told once, whoever tells it', async (t) => {
  const target = memoryStore();
  const { sent, telling } = told(() => undefined);
  await tell({ target }, table, [notice], telling);
  await tell({ target }, table, [notice], telling);
  t.same(sent, ['x']);
  t.same(target.keys(), [`parquet/_bucketwise/clicks/notices/${'a'.repeat(32)}.json`]);
});

t.test('what was not asked for is not told', async (t) => {
  const { sent, telling } = told(() => undefined);
  await tell({ target: memoryStore() }, table, [{ ...notice, kind: 'refused' }], telling);
  t.same(sent, []);
});

t.test('a message that could not be sent is noted, fails no run, and is tried again', async (t) => {
  const target = memoryStore();
  const { sent, notes, telling } = told((times) => {
    if (times === 1) throw new BucketwiseError('NOTICE_FAILED', { to: 'Slack', why: 'no answer' });
  });
  await tell({ target }, table, [notice], telling);
  t.same(notes, ['NOTICE_FAILED: Slack could not be told: no answer.']);
  t.same(target.keys(), []);
  await tell({ target }, table, [notice], telling);
  t.equal(sent.length, 2);
  t.equal(target.keys().length, 1);
});

t.test('a fault of the program is no message that could not be sent', async (t) => {
  const { telling } = told(() => {
    throw new TypeError('x');
  });
  await t.rejects(tell({ target: memoryStore() }, table, [notice], telling), { name: 'TypeError' });
});

t.test('a channel that is broken does not make the others repeat themselves', async (t) => {
  const target = memoryStore();
  const heard: string[] = [];
  let isBroken = true;
  const channel = (name: string, fails: () => boolean) => ({
    name,
    send: async () => {
      if (fails()) throw new BucketwiseError('NOTICE_FAILED', { to: name, why: 'no answer' });
      heard.push(name);
    },
  });
  const { telling } = told(() => undefined);
  const both = { ...telling, notifiers: [channel('Slack', () => false), channel('SNS', () => isBroken)] };
  for (let run = 0; run < 3; run++) await tell({ target }, table, [notice], both);
  t.same(heard, ['Slack']);
  isBroken = false;
  for (let run = 0; run < 3; run++) await tell({ target }, table, [notice], both);
  t.same(heard, ['Slack', 'SNS']);
});

t.test('a record of a time when channels were not told apart counts for all of them', async (t) => {
  const target = memoryStore();
  const { sent, telling } = told(() => undefined);
  const key = `parquet/_bucketwise/clicks/notices/${'a'.repeat(32)}.json`;
  target.put(key, JSON.stringify({ schemaVersion: 1, kind: 'failure', subject: 's' }));
  await tell({ target }, table, [notice], telling);
  t.same(sent, []);
});
