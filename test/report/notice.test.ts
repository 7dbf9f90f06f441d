import t from 'tap';
import { digestNotice, runNotices } from '../../src/report/notice.js';
import type { CompactionView } from '../../src/report/view.js';

const size = { objects: 4, bytes: 2048 };
const hour = (n: number, state: string, reason = '', isOfThisRun = true) => ({
  partition: `hour=${String(n).padStart(2, '0')}`,
  state,
  reason,
  sources: size,
  target: { files: 1, bytes: 512, rows: 9 },
  evidence: null,
  ownCost: isOfThisRun ? {} : null,
});

const report = (partitions: CompactionView['partitions']): CompactionView => ({
  table: 'clicks',
  engine: 'duckdb',
  partitions,
  totals: {
    partitions: partitions.length,
    due: 1,
    sources: size,
    target: { files: 2, bytes: 1024, rows: 18 },
  },
});

t.test('a run that went well is no news', async (t) => {
  t.same(runNotices(report([hour(1, 'compacted'), hour(2, 'open'), hour(3, 'due')])), []);
});

t.test(
  'hours that failed and hours refused in this run are two pieces of news, with the reasons',
  async (t) => {
    const notices = runNotices(
      report([
        hour(1, 'failed', 'the disk is full', false),
        hour(2, 'refused', 'a.csv, line 3: a quote is never closed'),
        hour(3, 'refused', 'known since yesterday', false),
      ]),
    );
    t.same(
      notices.map(({ kind, subject }) => [kind, subject]),
      [
        ['failure', 'bucketwise: clicks: 1 hour failed'],
        ['refused', 'bucketwise: clicks: 1 hour refused'],
      ],
    );
    t.match(notices[0]!.text, '- hour=01: the disk is full');
    t.match(notices[1]!.text, '- hour=02: a.csv, line 3: a quote is never closed');
    t.notMatch(notices[1]!.text, 'yesterday');
  },
);

t.test('the same news has the same id, other reasons another', async (t) => {
  const id = (reason: string) => runNotices(report([hour(1, 'failed', reason)]))[0]!.id;
  t.equal(id('x'), id('x'));
  t.not(id('x'), id('y'));
});

t.test(
  'of many hours ten are named and the rest counted; what a key holds cannot break a line',
  async (t) => {
    const rows = Array.from({ length: 13 }, (_, n) => hour(n, 'failed', `bad\n<!channel>${'x'.repeat(999)}`));
    const { text, subject } = runNotices(report(rows))[0]!;
    const lines = text.split('\n');
    t.equal(lines.filter((line) => line.startsWith('- hour=')).length, 10);
    t.ok(lines.every((line) => line.length < 400));
    t.ok(lines.includes('and 3 more'));
    t.match(text, 'bad\\u000a');
    t.match(subject, /^[ -~]{1,100}$/);
  },
);

t.test('a digest says what is compacted and what is left, and is one piece of news a day', async (t) => {
  const reports = [report([hour(1, 'compacted'), hour(2, 'compacted'), hour(3, 'late'), hour(4, 'refused')])];
  const notice = digestNotice(reports, '2026-11-26');
  t.match(
    notice.text,
    '- clicks: 2 hours compacted (4 objects of 2 KiB into 2 files of 1 KiB); 1 late, 1 refused',
  );
  t.equal(notice.id, digestNotice(reports, '2026-11-26').id);
  t.not(notice.id, digestNotice(reports, '2026-11-27').id);
});

t.test('a digest names a table that could not be looked at, with the reason', async (t) => {
  const failure = { message: 'There is no bucket "gone" at this endpoint.' };
  const { text } = digestNotice([{ ...report([]), failure }, report([hour(1, 'compacted')])], '2026-11-26');
  t.match(text, '- clicks: There is no bucket "gone" at this endpoint.\n- clicks: 1 hour compacted');
});
