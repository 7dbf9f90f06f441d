import t from 'tap';
import { usdFromText, zeroUsd } from '../../src/kernel/usd.js';
import { billCsv, billMarkdown, billText } from '../../src/report/bill-view.js';
import { tilesOf } from '../../src/report/charts.js';
import { compactionText } from '../../src/report/compaction-view.js';
import { escaped } from '../../src/report/markup.js';
import { outcomeMarkdown, outcomeText } from '../../src/report/outcome-view.js';
import { reportPage } from '../../src/report/page.js';
import { scanCsv, scanMarkdown, scanText } from '../../src/report/scan-view.js';
import { csvTable, left, markdownTable, right, shortened, textTable } from '../../src/report/table.js';
import { money } from '../../src/report/view.js';
import type { PricedPrefix } from '../../src/scenarios/findings.js';
import { hostile, viewOf } from './view.js';

const hours = Array.from(
  { length: 200 },
  (_, n) => `csv/t/year=2026/month=11/day=01/hour=${String(n % 20).padStart(2, '0')}/${n}.csv`,
);
const balanced = (html: string, tag: string): boolean =>
  (html.match(new RegExp(`<${tag}[\\s>]`, 'g'))?.length ?? 0) ===
  (html.match(new RegExp(`</${tag}>`, 'g'))?.length ?? 0);

t.test('a cent is shown as a cent, and less than that is never shown as nothing', async (t) => {
  const shown = (text: string) => money(usdFromText(text));
  t.same(['0', '12.345', '1234567.891', '0.05', '0.0042', '0.000049', '-3.5', '0.10'].map(shown), [
    '$0.00',
    '$12.34',
    '$1,234,567.89',
    '$0.05',
    '$0.0042',
    '$0.000049',
    '−$3.50',
    '$0.10',
  ]);
});

t.test('the page is self-contained, balanced, and holds every part', async (t) => {
  const html = reportPage(viewOf(hours));
  t.match(html, "default-src 'none'");
  t.notMatch(html, /<script|https?:\/\/|@import|url\(/);
  for (const tag of ['div', 'table', 'section', 'svg', 'g', 'details', 'ul', 'p', 'text', 'li'])
    t.ok(balanced(html, tag), tag);
  for (const title of [
    'Where the money is',
    'How small is small',
    'What to do',
    'The bill, line by line',
    'What if every hour',
    'What this rests on',
  ])
    t.match(html, title);
  t.equal(html.match(/<svg/g)?.length, 3, 'a treemap for wide and narrow, and the histogram');
});

t.test('keys and classes of strangers steer no terminal and are no markup, in sentences too', async (t) => {
  const strange = '\u001b[31m<b>_x_\u202e\nz';
  const view = viewOf(Array.from({ length: 200 }, (_, n) => `${strange}/${n}.csv`));
  t.match(view.scan.findings, [{ prefix: `${strange}/` }]);
  const basis = { assumptions: [strange], notCounted: [strange] };
  const bill = { ...view.bill, ...basis };
  const outcome = { ...view.outcome!, ...basis };
  const scan = { ...view.scan, source: `s3://lake/${strange}/` };
  const plain = [
    scanText({ ...view, scan, bill }, 20, 100),
    scanMarkdown({ ...view, scan, bill }, 20),
    billText(bill, 100),
    billMarkdown(bill),
    outcomeText(outcome, 100),
    outcomeMarkdown(outcome),
  ];
  for (const text of plain) {
    t.match(text, 'u001b');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    t.notMatch(text, /[\u001b\u202e]|\nz/);
  }
  for (const text of [plain[1]!, plain[3]!, plain[5]!]) t.notMatch(text, /<b>|[^\\]_x/);
});

t.test('a change that saves nothing is not shown as a saving', async (t) => {
  const { scan } = viewOf(Array.from({ length: 200 }, (_, n) => `logs/${n}.csv`));
  t.match(scan.findings, [{ savingUsd: '0' }]);
  const text = scanText(viewOf(Array.from({ length: 200 }, (_, n) => `logs/${n}.csv`)), 20, 100);
  t.notMatch(text, /Saves about/);
});

t.test('keys of strangers are text on every page and in every table', async (t) => {
  const view = viewOf(hostile);
  const html = reportPage(view);
  t.notMatch(html, /<script|\u202E/);
  t.match(html, '&lt;script&gt;');
  t.ok(balanced(html, 'td'));
  const text = scanText(view, 50, 200);
  t.notMatch(text, /\u202E/);
  t.match(text, 'new\\u000aline/');
  t.match(scanCsv(view), `"'=SUM(A1)/"`);
  t.equal(escaped(`<a href="x">&'`), '&lt;a href=&quot;x&quot;&gt;&amp;&#39;');
});

t.test('an empty scan and a single object make a page', async (t) => {
  const one = reportPage(viewOf(['a']));
  t.match(one, 'Where the money is');
  const nothing = { ...viewOf(['a']), priced: [], bars: [] };
  t.match(reportPage(nothing), 'Nothing here costs anything.');
});

t.test(
  'a hundred thousand prefixes make a page below a megabyte, the rest folded into one tile',
  async (t) => {
    const view = viewOf(['a/x']);
    const [root] = view.priced;
    const rows: PricedPrefix[] = Array.from({ length: 100_000 }, (_, n) => ({
      ...root!,
      prefix: `p${String(n).padStart(6, '0')}/`,
      depth: 1,
      monthly: usdFromText(`${(n % 1000) + 1}`),
    }));
    const html = reportPage({ ...view, priced: [root!, ...rows] });
    t.ok(html.length < 1024 ** 2, `${html.length}`);
    const tiles = tilesOf([root!, ...rows]);
    t.equal(tiles.length, 151);
    t.match(tiles.at(-1)?.name, '99,850 smaller prefixes');
  },
);

t.test('prefixes that cost nothing have no tile', async (t) => {
  const [row] = viewOf(['a']).priced;
  t.same(tilesOf([{ ...row!, monthly: zeroUsd }]), []);
});

t.test('tables are aligned, and the widest text gives way in its middle', async (t) => {
  const table = {
    columns: [left('Name'), right('Amount')],
    rows: [
      ['a'.repeat(40), '1'],
      ['名前', '22'],
    ],
  };
  const lines = textTable(table, 30).split('\n');
  t.ok(lines.every((line) => [...line].length <= 30));
  t.match(lines[2], /^a+…a+ +1$/);
  t.equal(shortened('abcdefghij', 5), 'ab…ij');
});

t.test('CSV and Markdown hold what a reader of them would run or break on as plain text', async (t) => {
  const table = {
    columns: [left('a'), left('b')],
    rows: [
      ['=1+1', '-5'],
      ['x,"y"', 'p|q<b>'],
    ],
  };
  t.equal(csvTable(table), `a,b\r\n"'=1+1",-5\r\n"x,""y""",p|q<b>\r\n`);
  t.match(markdownTable(table), 'p\\|q&lt;b\\>');
});

t.test('a bill as text ends in its total and says what it rests on', async (t) => {
  const { bill } = viewOf(hours);
  const text = billText(bill, 140);
  t.match(text, /Total +\$\d/);
  t.match(text, 'Assumed:');
  t.equal(billCsv(bill).trim().split('\r\n').length, bill.lines.length + 1);
});

t.test('a what-if as text says before, after, once and when it has paid', async (t) => {
  const text = outcomeText(viewOf(hours).outcome!, 120);
  t.match(text, /~ compact +\$\S+ → \$\S+ a month/);
  t.match(text, /One-time cost \$\S+, paid back in 2026-11/);
  t.match(text, 'Not counted:');
});

t.test('a long compaction is told by its refused hours and the first of the rest', async (t) => {
  const row = (n: number) => ({
    partition: `hour=${n}`,
    state: n === 90 ? 'refused' : 'compacted',
    reason: n === 90 ? 'x.csv, line 3: a quote is never closed' : '',
    sources: { objects: 10, bytes: 1000 },
    target: { files: 1, bytes: 100, rows: 50 },
    evidence: null,
  });
  const partitions = Array.from({ length: 100 }, (_, n) => row(n));
  const text = compactionText(
    {
      table: 't',
      engine: 'duckdb',
      partitions,
      totals: {
        partitions: 100,
        due: 0,
        sources: { objects: 1000, bytes: 1 },
        target: { files: 99, bytes: 1, rows: 4950 },
      },
    },
    120,
  );
  t.match(text, '99 compacted, 1 refused');
  t.match(text, 'hour=90: x.csv, line 3');
  t.match(text, '… and 88 hours more');
});
