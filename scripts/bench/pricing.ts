/**
 * Usage documents priced in a second of processor time, beside writing and reading the resulting bill as JSON.
 * Run alone, as it is shipped: node --import tsx scripts/bench/pricing.ts
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { firstDay, parseMonth } from '../../src/kernel/day.js';
import type { RateCard } from '../../src/pricing/rate-card.js';
import type { UsageDocument } from '../../src/pricing/usage-document.js';
import { completed, fullDocument } from '../../test/pricing/full-document.js';
import { builtParts } from './built-program.js';

/** Built as the program is: a loader that names functions as they are made would be measured with it. */
const pricing = await builtParts(
  ['price-book', 'monthly-bill', 'price-file', 'usage-document'],
  'src/pricing',
);
const built = (name: string) => import(join(dirname(pricing), `${name}.js`));
const { cardFor } = (await built('price-book')) as typeof import('../../src/pricing/price-book.js');
const { monthlyBill } = (await built('monthly-bill')) as typeof import('../../src/pricing/monthly-bill.js');
const { parsePriceFile } = (await built('price-file')) as typeof import('../../src/pricing/price-file.js');
const { usageFromDocument } = (await built(
  'usage-document',
)) as typeof import('../../src/pricing/usage-document.js');

const ROUNDS = 31;
const ROUND_MICROSECONDS = 60_000;

function cardOf(region: string): RateCard {
  const text = readFileSync(`${import.meta.dirname}/../../pricing/${region}.json`, 'utf8');
  return cardFor(parsePriceFile(text, region), firstDay(parseMonth('2026-11')));
}
const card = completed(cardOf('us-east-1'), cardOf('eu-west-2'));

const head = { region: 'us-east-1', month: '2026-11' };
const small: UsageDocument = {
  ...head,
  storage: [{ class: 'STANDARD', objects: 1_000_000, bytes: 1_234_567_890_123 }],
  requests: [{ class: 'STANDARD', put: 100_000, get: 2_000_000 }],
};
const usual: UsageDocument = {
  ...head,
  storage: [
    { class: 'STANDARD', objects: 1_000_000, bytes: 12_345_678_901_234 },
    {
      class: 'STANDARD_IA',
      objects: 10_000_000,
      bytes: 102_400_000_000,
      sizes: [{ objectBytes: 10_240, objects: 10_000_000 }],
    },
    { class: 'GLACIER', objects: 1000, bytes: 987_654_321 },
  ],
  requests: [
    { class: 'STANDARD', put: 100_000, list: 5000, get: 2_000_000 },
    { class: 'STANDARD_IA', get: 1000 },
  ],
  retrieval: [{ class: 'STANDARD_IA', bytes: 123_456_789 }],
  cloudTrailDataEvents: 100_000,
};
const documents = { small, usual, full: fullDocument() as unknown as UsageDocument };

/** Calls in a second of processor time, over one round. */
function speed(act: () => unknown): number {
  const start = process.cpuUsage();
  let calls = 0;
  let spent = 0;
  while (spent < ROUND_MICROSECONDS) {
    for (let i = 0; i < 20; i += 1) act();
    calls += 20;
    const { user, system } = process.cpuUsage(start);
    spent = user + system;
  }
  return (calls / spent) * 1e6;
}

const rows = Object.entries(documents).map(([name, document]) => {
  const usage = usageFromDocument(document, name);
  const made = monthlyBill(usage, card);
  const acts = {
    document: () => monthlyBill(usageFromDocument(document, name), card),
    bill: () => monthlyBill(usage, card),
    json: () => JSON.parse(JSON.stringify(made)),
  };
  const found = { document: [] as number[], bill: [] as number[], json: [] as number[] };
  // Side by side, round by round, so that a busy moment of the machine meets all three.
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [act, run] of Object.entries(acts)) found[act as keyof typeof acts].push(speed(run));
  const sorted = (act: keyof typeof acts) => found[act].toSorted((a, b) => a - b);
  const median = (act: keyof typeof acts) => sorted(act)[ROUNDS >> 1]!;
  return {
    document: name,
    lines: made.lines.length,
    'documents/s': Math.round(median('document')),
    best: Math.round(sorted('document').at(-1)!),
    'bills/s': Math.round(median('bill')),
    'JSON of it/s': Math.round(median('json')),
    'best JSON/s': Math.round(sorted('json').at(-1)!),
    'documents ÷ JSON': Number((median('document') / median('json')).toFixed(2)),
  };
});
console.table(rows);
