import t from 'tap';
import { sumUsd, usdFromText, zeroUsd } from '../../src/kernel/usd.js';
import { tilesOf } from '../../src/report/tiles.js';
import type { PricedPrefix } from '../../src/scenarios/priced-rows.js';
import { viewOf } from './view.js';

const [first] = viewOf(['a']).priced;
const row = (prefix: string, depth: number, dollars: string, objects = 1n): PricedPrefix => ({
  ...first!,
  prefix,
  depth,
  objects,
  monthly: usdFromText(dollars),
});
const shown = (rows: readonly PricedPrefix[]) =>
  tilesOf(rows).map(({ name, money, objects }) => [name, money, objects]);

t.test('the objects that lie directly in a prefix have a tile beside those below it', async (t) => {
  t.same(shown([row('', 0, '10', 3001n), row('logs/', 1, '10', 3001n), row('logs/old/', 2, '1', 1n)]), [
    ['the rest of logs/', '$9.00', 3000n],
    ['logs/old/', '$1.00', 1n],
  ]);
});

t.test('the median of what is left is of the objects that are left', async (t) => {
  const big = Array.from({ length: 50 }, (_, n) => `logs/old/${n}`);
  const { priced, scan } = viewOf(['logs/a', 'logs/b', ...big]);
  const whole = scan.prefixes.map((one) => one.prefix);
  t.same(whole, ['', 'logs/', 'logs/old/']);
  const rows = priced.map((one) => ({ ...one, histogram: one.histogram.map((bar) => ({ ...bar })) }));
  const bar = (upToBytes: number, objects: bigint, bytes: bigint) => ({
    class: 'STANDARD',
    upToBytes,
    objects,
    bytes,
  });
  const mixed = [bar(1024, 50n, 50_000n), bar(2 ** 20, 2n, 1_800_000n)];
  const [root, logs, old] = rows;
  const tiles = tilesOf([
    { ...root!, histogram: mixed },
    { ...logs!, histogram: mixed, medianObjectBytes: 1000 },
    { ...old!, histogram: mixed.slice(0, 1) },
  ]);
  t.equal(tiles.find(({ name }) => name === 'the rest of logs/')?.medianObjectBytes, 900_000);
});

t.test('the tiles share out the whole bill, however many prefixes there are', async (t) => {
  const folded = [
    row('', 0, '100', 100_000n),
    ...Array.from({ length: 100 }, (_, n) => row(`t${String(n).padStart(2, '0')}/`, 1, '1', 1000n)),
  ].flatMap((one) =>
    one.depth === 0
      ? [one]
      : [one, ...Array.from({ length: 90 }, (_, n) => row(`${one.prefix}d${n + 10}/`, 2, '0.012'))],
  );
  const tiles = tilesOf(folded);
  t.equal(tiles.length, 100, 'each table is one tile: what lies below is too small to see');
  t.equal(
    tiles.reduce((sum, tile) => sum + tile.objects, 0n),
    100_000n,
  );
  t.equal(tiles.reduce((sum, tile) => sum + tile.dollars, 0).toFixed(6), '100.000000');
});

t.test('more than there is room for: the costliest are seen, what is left is one tile', async (t) => {
  const rows = Array.from({ length: 400 }, (_, n) => row(`p${n + 1000}/`, 1, `${n < 200 ? 2 : 3}`));
  const tiles = tilesOf([
    { ...row('', 0, '0', 400n), monthly: sumUsd(rows.map((one) => one.monthly)) },
    ...rows,
  ]);
  t.equal(tiles.length, 150);
  t.match(tiles[0], { name: 'the rest', money: '$553.00', objects: 251n });
});

t.test('a long chain of prefixes is opened down to where it parts', async (t) => {
  const deep = Array.from({ length: 2000 }, (_, n) => row('a/'.repeat(n), n, '5', 2n));
  const last = deep.at(-1)!.prefix;
  t.same(
    shown([...deep, row(`${last}x/`, 2000, '2'), row(`${last}y/`, 2000, '3')]).map(([name]) => name),
    [`${last}y/`, `${last}x/`],
  );
});

t.test('prefixes that cost nothing have no tile', async (t) => {
  t.same(tilesOf([{ ...first!, monthly: zeroUsd }]), []);
  t.same(tilesOf([]), []);
});
