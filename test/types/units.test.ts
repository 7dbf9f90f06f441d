/** Wrong units do not compile: each line below a mark must be an error, or the type check of the tests fails. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { addQuantities, count, type Quantity, rate } from '../../src/kernel/quantity.js';
import { addUsd, charge, type Usd, usdFromText } from '../../src/kernel/usd.js';

const perRequest = rate('request', '0.000005');
const requests = count('request', 3);
const months = count('GB-month', 3);
const usd = usdFromText('1');

export const compiled: readonly (() => unknown)[] = [
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
