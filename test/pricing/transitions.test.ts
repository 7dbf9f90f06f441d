import t from 'tap';
import { type TransitionTarget, type TransitionUsage, transitionTargets } from '../../src/pricing/usage.js';
import { assumed, rows, size } from './month.js';

const free = 'A lifecycle transition carries no retrieval charge; AWS does not say so directly.';
const sizes = [size(131_071n, 1000n), size(131_072n, 2000n)];
const into = (to: TransitionTarget, more: Partial<TransitionUsage> = {}) => ({
  transitions: [{ to, objects: 3000n, ...more }],
});

const targets: Readonly<Record<TransitionTarget, readonly [string, string, string]>> = {
  STANDARD_IA: ['Requests-Tier4', 'S3-SIATransition', '0.03'],
  ONEZONE_IA: ['Requests-Tier4', 'S3-ZIATransition', '0.03'],
  INTELLIGENT_TIERING: ['Requests-Tier4', 'S3-INTTransition', '0.03'],
  GLACIER_IR: ['Requests-Tier4', 'S3-GIRTransition', '0.06'],
  GLACIER: ['Requests-Tier3', 'S3-GlacierTransition', '0.09'],
  DEEP_ARCHIVE: ['Requests-Tier3', 'S3-GDATransition', '0.15'],
};

for (const to of transitionTargets)
  t.test(`each object that moves into ${to} is a request`, async (t) => {
    const [usageType, operation, usd] = targets[to];
    t.same(rows(into(to, { smallObjects: 'move' })), [
      ['transitions', `Transition into ${to}`, usageType, operation, to, '3000 request', usd, ''],
    ]);
  });

t.test('these are all targets there are', async (t) => {
  t.same(transitionTargets, Object.keys(targets));
});

t.test('objects below 128 KiB stay, unless the rule moves them', async (t) => {
  const note = '1,000 of 3,000 objects are below 128 KiB and stay where they are.';
  const skipped = [
    [
      'transitions',
      'Transition into GLACIER_IR',
      'Requests-Tier4',
      'S3-GIRTransition',
      'GLACIER_IR',
      '2000 request',
      '0.04',
      note,
    ],
  ];
  t.same(rows(into('GLACIER_IR', { sizes })), skipped);
  t.same(assumed(into('GLACIER_IR', { sizes })), [
    'Objects below 128 KiB are not moved to GLACIER_IR, as lifecycle rules made since September 2024 do (say otherwise with smallObjects: move).',
    free,
  ]);
  t.same(rows(into('GLACIER_IR', { sizes, smallObjects: 'skip' })), skipped);
  t.same(assumed(into('GLACIER_IR', { sizes, smallObjects: 'skip' })), [free]);
  t.equal(rows(into('GLACIER_IR', { sizes, smallObjects: 'move' }))[0]?.[5], '3000 request');
  t.same(assumed(into('GLACIER_IR', { sizes, smallObjects: 'move' })), [free]);
});

t.test('where none is small nothing is said of small ones', async (t) => {
  const large = { sizes: [size(131_072n, 3000n)] };
  t.same(assumed(into('GLACIER', large)), [free]);
  t.same(
    rows(into('GLACIER', large)).map((line) => [line[5], line[7]]),
    [['3000 request', '']],
  );
});

t.test('where all are small nothing moves', async (t) => {
  t.same(rows(into('GLACIER', { sizes: [size(131_071n, 3000n)] })), []);
});

t.test('without sizes all are taken to move, and that is said', async (t) => {
  const said =
    'All 3,000 objects named go to GLACIER: without their sizes it is not known how many are below 128 KiB, which a rule made since September 2024 skips (give sizes).';
  for (const more of [{}, { smallObjects: 'skip' as const }]) {
    t.equal(rows(into('GLACIER', more))[0]?.[5], '3000 request');
    t.same(assumed(into('GLACIER', more)), [said, free]);
  }
});

t.test('a rule that names no object costs and says nothing', async (t) => {
  for (const more of [{}, { sizes: [] }, { smallObjects: 'move' as const }]) {
    const nothing = into('GLACIER', { objects: 0n, ...more });
    t.same(rows(nothing), []);
    t.same(assumed(nothing), []);
  }
});
