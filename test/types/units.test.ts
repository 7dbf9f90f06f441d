/** Wrong units do not compile: each line below a mark must be an error, or the type check of the tests fails. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import {
  addQuantities,
  count,
  gigabytes,
  ofGigabytes,
  type Quantity,
  rate,
  terabytes,
} from '../../src/kernel/quantity.js';
import { addUsd, charge, type Usd, usdFromText } from '../../src/kernel/usd.js';
import { type Ledger, lineIfAny } from '../../src/pricing/line.js';
import { type Price, priceOf, type RateCard } from '../../src/pricing/rate-card.js';
import { priced } from '../../src/pricing/tiers.js';

const perRequest = rate('request', '0.000005');
const requests = count('request', 3);
const months = count('GB-month', 3);
const usd = usdFromText('1');
const words = { section: 'get', name: '' } as const;

// biome-ignore lint/suspicious/noExplicitAny: what each takes is part of what is tried
export const compiled: readonly ((...given: any[]) => unknown)[] = [
  () => charge(perRequest, requests),
  // @ts-expect-error GB-months times a price per request
  () => charge(perRequest, months),
  // @ts-expect-error a float for a price
  () => charge(0.000005, requests),
  // @ts-expect-error a float for a quantity
  () => charge(perRequest, 3),
  // @ts-expect-error dollars for a quantity
  () => charge(perRequest, usd),
  // @ts-expect-error dollars for a price
  () => charge(usd, requests),
  // @ts-expect-error requests and GB-months do not add up
  () => addQuantities(requests, months),
  // @ts-expect-error a number is no amount
  () => addUsd(usd, 1),
  // @ts-expect-error dollars times dollars
  () => (usd as Usd) * (usd as Usd),
  // @ts-expect-error a quantity of one unit is not one of another
  (): Quantity<'GB'> => requests,
  // @ts-expect-error gigabytes at a price per terabyte
  () => charge(rate('TB', '5'), gigabytes(1n)),
  // @ts-expect-error terabytes at a price per gigabyte
  () => charge(rate('GB', '5'), terabytes(1n)),
  // @ts-expect-error bytes held for a month at a price per gigabyte moved
  () => charge(rate('GB', '5'), ofGigabytes('GB-month', 1n)),
  // @ts-expect-error hours at a price per DPU-hour
  () => charge(rate('DPU-hour', '0.44'), count('hour', 1)),
  // @ts-expect-error gigabytes at a price per GB-second
  () => charge(rate('GB-second', '1'), gigabytes(1n)),
  // @ts-expect-error objects kept for a month at a price per object listed
  () => charge(rate('object', '1'), count('object-month', 1)),
  // @ts-expect-error keys at a price per tag
  () => charge(rate('tag-month', '1'), count('key-month', 1)),
  // @ts-expect-error requests at a price per event
  () => charge(rate('event', '1'), requests),
  // @ts-expect-error jobs at a price per bucket
  () => charge(rate('bucket-month', '1'), count('job', 1)),
  // @ts-expect-error updates at a price per request
  () => charge(perRequest, count('update', 1)),
  // @ts-expect-error there is no such unit
  () => rate('GiB', '1'),
  // @ts-expect-error tiers of requests do not count gigabytes
  (price: Price<'request'>) => priced(price, gigabytes(1n), gigabytes(0n)),
  // @ts-expect-error an offset of another unit
  (price: Price<'GB'>) => priced(price, gigabytes(1n), requests),
  // @ts-expect-error a line of requests at a price per gigabyte
  (ledger: Ledger, price: Price<'GB'>) => ledger.line(words, price, requests),
  // @ts-expect-error the same, where there may be none
  (ledger: Ledger, of: () => Price<'GB'>) => lineIfAny(ledger, words, of, 1n, (n) => count('request', n)),
  // @ts-expect-error the price of a PUT is per request
  (card: RateCard): Price<'GB'> => priceOf(card, 'STANDARD', 'put'),
  // @ts-expect-error no class but EXPRESS_ONEZONE has a price of bytes put
  (card: RateCard) => priceOf(card, 'STANDARD', 'upload'),
];

t.test('three requests at half a thousandth of a cent', async (t) => {
  t.equal(String(compiled[0]?.()), '0.000015');
});

t.test('the compiler really says no', async (t) => {
  const root = join(import.meta.dirname, '..', '..');
  const dir = mkdtempSync(join(root, 'test', 'types', 'planted-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(
    join(dir, 'wrong.ts'),
    "import { count, rate } from '../../../src/kernel/quantity.js';\nimport { charge } from '../../../src/kernel/usd.js';\ncharge(rate('request', '1'), count('GB-month', 1));\n",
  );
  writeFileSync(
    join(dir, 'tsconfig.json'),
    JSON.stringify({ extends: '../../tsconfig.json', include: ['wrong.ts'] }),
  );
  // The test runner adds its own loader to every process; the compiler is to run without.
  const compile = 'unset NODE_OPTIONS; exec "$0" node_modules/typescript/bin/tsc -p "$1"';
  const { status, stdout } = spawnSync('sh', ['-c', compile, process.execPath, dir], {
    encoding: 'utf8',
    cwd: root,
  });
  t.not(status, 0);
  t.match(stdout, /wrong\.ts\(3,\d+\): error TS2345/);
});
