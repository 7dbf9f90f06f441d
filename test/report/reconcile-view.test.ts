import t from 'tap';
import { jsonText } from '../../src/app/shown.js';
import { matchedTable } from '../../src/report/reconcile-tables.js';
import {
  reconciliationCsv,
  reconciliationMarkdown,
  reconciliationPage,
  reconciliationText,
} from '../../src/report/reconcile-view.js';
import { reconciled } from '../reconcile/reconciled.js';
import { rowOf } from '../reconcile/synthetic-bill.js';

const value = reconciled([
  rowOf(),
  rowOf({ usageType: 'APN2-Requests-Tier2', quantity: '1000000', listCost: '2' }),
  rowOf({ usageType: 'Requests-Tier3', operation: 'S3-GlacierTransition', listCost: '0.03' }),
  rowOf({ usageType: 'Requests-Tier3', operation: 'S3-GDATransition', listCost: '0.05' }),
  rowOf({ usageType: 'StorageObjectCount', listCost: '0' }),
  rowOf({ lineType: 'Tax', listCost: '', billedCost: '7' }),
  rowOf({ usageType: '=HYPERLINK("x")|<script>alert(1)</script>', listCost: '1.5' }),
]);

t.test('the table has the worst error first and the total last', async (t) => {
  const lines = reconciliationText(value, 120).split('\n');
  const at = (text: string): number => lines.findIndex((line) => line.includes(text));
  t.ok(at('APN2-Requests-Tier2') < at('Requests-Tier1'));
  t.match(lines[at('APN2-Requests-Tier2')], /1,000,000 request\s+\$2\.00\s+\$0\.35\s+−\$1\.65\s+−82\.50 %/);
  t.match(lines[at('Requests-Tier1 ')], /\$0\.005\s+\$0\.005\s+\$0\.00\s+0\.00 %/);
  t.ok(at('Requests-Tier1') < lines.findIndex((line) => /^\s*Total\s.*%$/.test(line)));
});

t.test('a usage type of several prices is told apart by its operation', async (t) => {
  const text = reconciliationText(value, 140);
  t.match(text, 'Requests-Tier3 S3-GlacierTransition');
  t.match(text, 'Requests-Tier3 S3-GDATransition');
});

t.test('what is set apart and what is not understood stand with dollars and reason', async (t) => {
  for (const text of [
    reconciliationText(value, 120),
    reconciliationMarkdown(value),
    reconciliationPage(value).replace(/<[^>]*>/g, ' '),
  ]) {
    t.match(text, /tax[\s|]+.*\$7\.00/);
    t.match(text, 'this usage type is not known');
    t.match(text, 'bill.csv, line 8');
    t.match(text, '$10.58', 'the whole bill');
    t.match(text, /Not explained: \$3\.15/);
  }
});

t.test('a column that is the same in every row is in the heading instead', async (t) => {
  const one = reconciled([rowOf(), rowOf({ usageType: 'Requests-Tier2' })]);
  t.notOk(matchedTable(one).columns.some(({ name }) => name === 'Region' || name === 'Month'));
  t.match(reconciliationText(one, 100), 'us-east-1, 2026-11, in USD');
  t.ok(matchedTable(value).columns.some(({ name }) => name === 'Region'));
  t.notOk(matchedTable(value, true).columns.some(({ name }) => name === 'Region'));
});

t.test('a long table is cut for people, and says how much is cut', async (t) => {
  const table = matchedTable(value, false, 2);
  t.equal(table.rows.length, 4);
  t.match(table.rows[2]!.join(' '), 'and 3 lines more');
});

t.test('text from the bill cannot run: not in a page, not in a spreadsheet, not in Markdown', async (t) => {
  t.notMatch(reconciliationPage(value), '<script>');
  t.match(reconciliationCsv(value), `"'=HYPERLINK(""x"")`);
  t.notMatch(reconciliationMarkdown(value), /[^\\]<script>/);
});

t.test('CSV and JSON hold every group with exact amounts', async (t) => {
  const csv = reconciliationCsv(value).trim().split('\r\n');
  t.equal(csv.length, 1 + value.matched.groups.length + 1 + 1);
  t.ok(csv.slice(1).every((line) => line.split(',').length >= csv[0]!.split(',').length));
  t.match(
    csv[1],
    'matched,ap-northeast-2,2026-11,,APN2-Requests-Tier2,PutObject,STANDARD.get,1000000,request,1,2,2,0.35,',
  );
  const json = JSON.parse(jsonText(value));
  t.match(json, {
    schemaVersion: 1,
    currency: 'USD',
    rows: 7,
    billed: '10.585',
    matched: { errorPercent: '-79.136691' },
  });
});

t.test('a difference as small as the bill cuts its amounts is shown as small', async (t) => {
  const tiny = reconciled([rowOf({ quantity: '0.0000001', listCost: '0.0000000001' })]);
  t.match(reconciliationText(tiny, 120), /< 0\.000001 request\s+< \$0\.00001\s+< \$0\.00001/);
});
