import t from 'tap';
import { scan } from '../../src/app/scan.js';
import { whatIf } from '../../src/app/what-if.js';
import { scanToJson } from '../../src/prefixes/scan-json.js';
import { createWorld } from '../../src/world.js';
import { memoryLister } from '../inventory/memory-lister.js';

const watch = { progress: () => undefined, note: () => undefined, signal: new AbortController().signal };
const keys = Array.from({ length: 100 }, (_, n) => `t/dt=2026-11-0${1 + (n % 5)}/hour=05/${n}.csv`);

async function asked(compressionRatio: string | number, month = '2026-11') {
  const given = {
    ...createWorld({ environment: {}, region: 'us-east-1' }),
    openLister: async () => ({ lister: memoryLister(keys), requests: () => ({ put: 0, get: 0, list: 1 }) }),
  };
  const taken = await scan(given, { uri: 's3://lake/', month: '2026-11' }, watch);
  const request = {
    scan: scanToJson(taken.value),
    scenario: 'compact',
    month,
    options: { compressionRatio },
  };
  return (await whatIf(given, request)).value;
}

t.test('a ratio is taken to the digit it was written with', async (t) => {
  t.match((await asked('0.57')).assumptions.join(), /, 57 % of the bytes/);
  t.match((await asked(0.29)).assumptions.join(), /, 29 % of the bytes/);
  t.match((await asked('0.0001')).assumptions.join(), /, 0\.01 % of the bytes/);
  t.match((await asked('2')).assumptions.join(), /, 200 % of the bytes/);
});

t.test('a ratio that would make storage free, or that is none, is refused', async (t) => {
  for (const ratio of ['0', '0.00004', '1e-1', '0x1', '', '2.0001', '-1', 'half', 1e-7, Number.NaN])
    await t.rejects(asked(ratio), { code: 'ARGUMENT_INVALID', message: /compression ratio/ }, String(ratio));
});

t.test('the path of months never leaves the calendar', async (t) => {
  t.equal((await asked('0.5', '9000-12')).months.at(-1)?.month, '9001-11');
  await t.rejects(asked('0.5', '9999-12'), { code: 'MONTH_INVALID' });
});
