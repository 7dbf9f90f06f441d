import t from 'tap';
import { billedBytes } from '../../src/pricing/query.js';
import { assumed, GB, rows, TB } from './month.js';

const MB = 2n ** 20n;
const asked = (count: bigint, bytesScannedEach: bigint) => ({
  queries: [{ engine: 'athena' as const, count, bytesScannedEach }],
});

t.test('a query is billed by whole megabytes, ten at least', async (t) => {
  for (const [scanned, billed] of [
    [1n, 10n * MB],
    [10n * MB - 1n, 10n * MB],
    [10n * MB, 10n * MB],
    [10n * MB + 1n, 11n * MB],
    [11n * MB, 11n * MB],
    [11n * MB + 1n, 12n * MB],
    [TB, TB],
  ] as const)
    t.equal(billedBytes(scanned), billed, `${scanned}`);
});

t.test('queries are billed by what each scans', async (t) => {
  const line = (quantity: string, usd: string, note: string) => [
    ['queries', 'Athena, bytes scanned', 'USE1-DataScannedInTB', '', '', `${quantity} TB`, usd, note],
  ];
  t.same(rows(asked(1024n, 2n * GB)), line('2', '10', ''));
  t.same(
    rows(asked(1024n, 1024n)),
    line('0.009765625', '0.048828125', 'Each of 1,024 queries scans 1 KiB and is billed as 10 MiB.'),
  );
  t.same(assumed(asked(1n, 1n)), [
    'Athena counts MB and TB as powers of 1,024; its S3 and Glue requests are billed apart.',
  ]);
  t.same(rows({ ...asked(1024n, GB), region: 'ap-northeast-2' })[0]?.[2], 'APN2-DataScannedInTB');
});

t.test('queries that scan nothing are free, and the bill says why', async (t) => {
  t.same(rows(asked(2000n, 0n)), []);
  t.same(assumed(asked(2000n, 0n)), [
    '2,000 Athena queries that scan nothing are taken for DDL or failed ones, which are free.',
  ]);
});

t.test('no queries are no line and no word', async (t) => {
  for (const nothing of [asked(0n, 0n), asked(0n, GB)]) {
    t.same(rows(nothing), []);
    t.same(assumed(nothing), []);
  }
});
