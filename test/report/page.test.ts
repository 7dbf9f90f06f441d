import t from 'tap';
import { usdFromText } from '../../src/kernel/usd.js';
import { reportPage } from '../../src/report/page.js';
import type { CompactionView } from '../../src/report/view.js';
import { viewOf } from './view.js';

const view = viewOf(['logs/a.csv', 'logs/b.csv']);
const finding = {
  prefix: 'logs/',
  kind: 'small-objects',
  objects: 1n,
  bytes: 1000n,
  monthlyUsd: '2',
  savingUsd: '1',
  recommendation: 'Compact into 1 file.',
  confidence: 'high',
  why: 'Small.',
} as const;
const withFindings = (savings: readonly string[]) =>
  reportPage({
    ...view,
    scan: {
      ...view.scan,
      findings: savings.map((savingUsd, at) => ({ ...finding, prefix: `p${at}/`, savingUsd })),
    },
  });

t.test('what saves nothing is not among what to do', async (t) => {
  const html = withFindings(['3', '0', '0']);
  t.match(html, 'saves $3.00 a month');
  t.notMatch(html, 'saves $0.00');
  t.match(html, '2 prefixes more hold small objects, but compacting them saves nothing at this use.');
  t.match(withFindings(['0']), '1 prefix holds small objects, but compacting it saves nothing at this use.');
});

t.test('findings beyond the fifty shown are counted', async (t) => {
  const html = withFindings(Array.from({ length: 60 }, () => '1'));
  t.equal(html.match(/saves \$1\.00 a month/g)?.length, 50);
  t.match(html, 'and 10 findings more');
});

t.test('a figure too long for its card is shortened, and told exactly beneath', async (t) => {
  const bill = { ...view.bill, total: usdFromText('12345678.904') };
  const html = reportPage({ ...view, bill });
  t.match(html, /<dd>\$12\.3 M<small>\$12,345,678\.90/);
  const many = viewOf(['logs/a.csv'], 1000, 2_618_000_000n);
  t.match(reportPage(many), /<dd>2\.62 B<small>2,618,000,000/);
  t.match(reportPage(view), /<dd>2<small>/);
});

t.test('every table can be scrolled with the keyboard, has a name and heads its columns', async (t) => {
  const html = reportPage({ ...view, compaction: [hours(3)] });
  const regions = html.match(/<div class="scroll"/g)?.length;
  t.ok(regions && regions >= 5);
  t.equal(html.match(/<div class="scroll" role="region" aria-label="[^"]+" tabindex="0">/g)?.length, regions);
  t.notMatch(html, /<th(?! scope="col")[ >]/);
  t.notMatch(html, /<th[^>]*><\/th>/);
});

t.test('hours beyond those listed are counted; the codec is not guessed', async (t) => {
  const html = reportPage({ ...view, compaction: [hours(2500)] });
  t.equal(html.match(/<td>hour=\d+/g)?.length, 2000);
  t.match(html, 'and 500 hours more');
  t.notMatch(html, 'Snappy');
});

function hours(count: number): CompactionView {
  const part = { objects: 10, bytes: 1000 };
  const target = { files: 1, bytes: 100, rows: 50 };
  return {
    table: 'clicks',
    engine: 'duckdb',
    partitions: Array.from({ length: count }, (_, n) => ({
      partition: `hour=${n}`,
      state: 'compacted',
      reason: '',
      sources: part,
      target,
      evidence: null,
      ownCost: null,
    })),
    totals: { partitions: count, due: 0, sources: part, target },
  };
}
