import t from 'tap';
import { parseDay } from '../../src/kernel/day.js';
import { exactly } from '../../src/kernel/quantity.js';
import { usdFromText } from '../../src/kernel/usd.js';
import { type BillLine, bill, type Section, sections } from '../../src/pricing/bill.js';
import { november } from './card.js';

const head = {
  region: 'us-east-1',
  month: november,
  rateCardDate: parseDay('2025-10-22'),
  assumptions: ['this is assumed'],
  notCounted: ['that is not counted'],
};
const line = (section: Section, amount: string): BillLine => ({
  section,
  name: section,
  usageType: '',
  operation: '',
  class: null,
  quantity: exactly('1'),
  unit: 'GB',
  tiers: [],
  price: null,
  amount: usdFromText(amount),
  note: '',
});

t.test('a bill carries its head, its lines in order, and their sums', async (t) => {
  const lines = [line('get', '0.1'), line('storage', '0.2'), line('get', '0.3')];
  const made = bill(head, lines);
  t.same(JSON.parse(JSON.stringify(made)), {
    schemaVersion: 1,
    region: 'us-east-1',
    month: '2026-11',
    currency: 'USD',
    rateCardDate: '2025-10-22',
    lines: JSON.parse(JSON.stringify(lines)),
    sections: { storage: '0.2', get: '0.4' },
    total: '0.6',
    assumptions: ['this is assumed'],
    notCounted: ['that is not counted'],
  });
  t.same(Object.keys(made.sections), ['storage', 'get'], 'in the order of the sections');
});

t.test('each section has its own sum, in this order', async (t) => {
  const made = bill(
    head,
    sections.map((section) => line(section, '1')),
  );
  t.same(Object.keys(made.sections), [
    'storage',
    'overhead',
    'put',
    'get',
    'list',
    'transitions',
    'retrieval',
    'transfer',
    'queries',
    'management',
    'side bills',
    's3 tables',
  ]);
  t.equal(made.total.toString(), '12');
});

t.test('a bill of nothing is zero and has no sections', async (t) => {
  const made = bill(head, []);
  t.equal(made.total.toString(), '0');
  t.same(made.sections, {});
});
