import t from 'tap';
import { openLedger } from '../../src/pricing/line.js';
import { belowFloor, floorBytes, fromFloor, grouped, portion, total } from '../../src/pricing/sizes.js';
import { cardOf } from './card.js';
import { size } from './month.js';

const open = () => openLedger(cardOf('us-east-1'), {});

t.test('the floor is 128 KiB, and an object of just that size is not below it', async (t) => {
  t.equal(floorBytes, 131_072n);
  const sizes = [size(131_071n, 3n), size(131_072n, 5n), size(1n, 7n), size(200_000n, 11n)];
  const held = { class: 'STANDARD_IA', objects: 26n, bytes: 3_248_580n, sizes } as const;
  const ledger = open();
  t.same(belowFloor(ledger, held, 'rule'), { objects: 10n, bytes: 393_220n });
  t.same(fromFloor(ledger, held, 'rule'), { objects: 16n, bytes: 2_855_360n });
  t.same([...ledger.assumptions], []);
});

t.test('without sizes all objects have the average, and that is said with the rule it decides', async (t) => {
  const ledger = open();
  const held = { class: 'GLACIER_IR', objects: 2000n, bytes: 2_049_999n } as const;
  t.same(belowFloor(ledger, held, 'this rule'), { objects: 2000n, bytes: 2_049_999n });
  t.same(
    [...ledger.assumptions],
    [
      'No sizes were given for GLACIER_IR: all 2,000 objects are taken to have the average size of 1 KiB (this rule).',
    ],
  );
  t.same(fromFloor(ledger, held, 'this rule'), { objects: 0n, bytes: 0n });
});

t.test('an average of just the floor is not below it, a byte less in all is', async (t) => {
  const of = (bytes: bigint) => belowFloor(open(), { class: 'STANDARD_IA', objects: 2n, bytes }, 'r').objects;
  t.equal(of(262_144n), 0n);
  t.equal(of(262_143n), 2n);
});

t.test('of no objects nothing is assumed', async (t) => {
  const ledger = open();
  t.same(belowFloor(ledger, { class: 'STANDARD_IA', objects: 0n, bytes: 0n }, 'r'), {
    objects: 0n,
    bytes: 0n,
  });
  t.same([...ledger.assumptions], []);
});

t.test('portions and totals are sums', async (t) => {
  t.same(portion([size(2n, 3n), size(5n, 7n)]), { objects: 10n, bytes: 41n });
  t.same(portion([]), { objects: 0n, bytes: 0n });
  t.equal(total([1n, 2n, 3n]), 6n);
  t.equal(total([]), 0n);
});

t.test('counts are written in groups of three', async (t) => {
  for (const [count, text] of [
    [0n, '0'],
    [7n, '7'],
    [999n, '999'],
    [1000n, '1,000'],
    [10_000_000n, '10,000,000'],
    [2n ** 64n, '18,446,744,073,709,551,616'],
    [
      12_345_678_901_234_567_890_123_456_789_012_345_678_901n,
      '12,345,678,901,234,567,890,123,456,789,012,345,678,901',
    ],
  ] as const)
    t.equal(grouped(count), text);
});
