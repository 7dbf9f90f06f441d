import t from 'tap';
import { usdFromText } from '../../src/kernel/usd.js';
import { billCsv, billMarkdown, billText } from '../../src/report/bill-view.js';
import { histogramSvg, treemapSvg } from '../../src/report/charts.js';
import { compactionText } from '../../src/report/compaction-view.js';
import { escaped } from '../../src/report/markup.js';
import { outcomeMarkdown, outcomeText } from '../../src/report/outcome-view.js';
import { reportPage } from '../../src/report/page.js';
import { scanCsv, scanMarkdown, scanText } from '../../src/report/scan-view.js';
import {
  csvTable,
  displayWidth,
  left,
  markdownTable,
  right,
  shortened,
  textTable,
} from '../../src/report/table.js';
import { compactNumber, money } from '../../src/report/view.js';
import type { PricedPrefix } from '../../src/scenarios/priced-rows.js';
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
  t.equal(html.match(/role="img"/g)?.length, 3, 'a treemap for wide and narrow, and the histogram');
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
  const view = viewOf(Array.from({ length: 200 }, (_, n) => `logs/${n}.csv`));
  t.match(scanText(view, 20, 100), /Saves about/);
  const findings = view.scan.findings.map((finding) => ({ ...finding, savingUsd: '0' }));
  t.notMatch(scanText({ ...view, scan: { ...view.scan, findings } }, 20, 100), /Saves about/);
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

t.test('a hundred thousand prefixes make a page below a megabyte', async (t) => {
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

t.test('names in wide letters are shortened to the columns they take, not to their count', async (t) => {
  for (const name of ['名前'.repeat(20), '😀'.repeat(30), `${'e\u0301'.repeat(40)}z`, '𠮷'.repeat(20)])
    for (const width of [5, 12, 13]) {
      const short = shortened(name, width);
      t.ok(displayWidth(short) <= width, `${short} takes ${displayWidth(short)} of ${width}`);
      t.ok(displayWidth(short) >= width - 2, 'and uses what there is');
    }
  const table = { columns: [left('Name'), right('Amount')], rows: [['名前'.repeat(20), '1']] };
  for (const line of textTable(table, 30).split('\n')) t.ok(displayWidth(line) <= 30, line);
});

t.test('a big number on a chart has three digits and its unit', async (t) => {
  t.same([0, 72, 9_999, 72_000, 999_999, 2_618_000_000, 4.2e12, 3e15].map(compactNumber), [
    '0',
    '72',
    '9,999',
    '72 K',
    '1 M',
    '2.62 B',
    '4.2 T',
    '3,000 T',
  ]);
});

/** Where each text of a chart stands, from its own attributes; `each` is the width of a letter. */
const textsOf = (svg: string, name: string, each: number) =>
  [...svg.matchAll(new RegExp(`<text class="${name}" x="([-\\d.]+)" y="([-\\d.]+)">([^<]+)`, 'g'))].map(
    ([, x, y, text]) => ({ text: text!, y: Number(y), x: Number(x), half: (text!.length * each) / 2 }),
  );

t.test('the numbers above the bars stand apart, however long they are', async (t) => {
  for (const scale of [1e-9, 1, 1e9]) {
    const bars = Array.from({ length: 18 }, (_, n) => ({
      label: `${n}`,
      upToBytes: 2 ** (n + 10),
      objects: BigInt(Math.ceil(scale * (n % 5) * 123_457)),
      dollars: scale * ((n % 4) + 1) * 1.2345,
      money: money(usdFromText((scale * ((n % 4) + 1) * 1.2345).toFixed(12))),
    }));
    const texts = textsOf(histogramSvg(bars, 2 ** 27), 'value', 6);
    t.ok(texts.length >= 8, `${texts.length} numbers`);
    for (const [at, a] of texts.entries()) {
      t.ok(a.x - a.half >= -14, `${a.text} begins inside the picture`);
      for (const b of texts.slice(at + 1))
        t.ok(
          Math.abs(a.x - b.x) >= a.half + b.half || Math.abs(a.y - b.y) >= 11,
          `${a.text} and ${b.text} stand apart`,
        );
    }
  }
});

t.test('a tile says an amount whole or not at all', async (t) => {
  const tile = {
    name: 'a-rather-long-name/of-a-prefix/',
    dollars: 1,
    money: '$0.00021',
    objects: 1n,
    medianObjectBytes: 100,
  };
  for (const width of [60, 75, 90, 120, 200, 400]) {
    const svg = treemapSvg([tile], width, 100);
    for (const [, text] of svg.matchAll(/<text class="(?:money|detail)"[^>]*>([^<]+)/g))
      t.match(text, /^(\$0\.00021|1 object|1 object, median 100 B)$/);
  }
  t.match(treemapSvg([tile], 400, 100), '1 object, median 100 B');
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
    ownCost: null,
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
