/** A type is given only to texts it renders back to; everything else stays text. */
import t from 'tap';
import { inferColumns } from '../../src/compaction/infer.js';

const typeOf = (...texts: readonly string[]): string => {
  const rows = texts.map((text) => [{ text: text.replaceAll('"', ''), quoted: text.startsWith('"') }]);
  const found = inferColumns(['a'], rows);
  return found.ok ? found.columns[0]!.type : found.why;
};

const types: readonly (readonly [string, readonly string[], string])[] = [
  ['whole numbers', ['0', '-7', '999999999999999999'], 'bigint'],
  ['whole numbers beside nothing', ['1', '', '2'], 'bigint'],
  ['numbers beyond 18 digits', ['1', '9999999999999999999'], 'string'],
  ['codes with leading zeros', ['007', '12'], 'string'],
  ['plus signs', ['+1', '2'], 'string'],
  ['minus nothing', ['-0'], 'string'],
  ['fractions', ['1.5', '-0.25'], 'double'],
  ['a fraction that would lose its last zero', ['1.50'], 'string'],
  ['a whole number among fractions', ['1.5', '2'], 'string'],
  ['more digits than a double has', ['0.12345678901234567890'], 'string'],
  ['not a number', ['NaN', 'Infinity'], 'string'],
  ['true and false', ['true', 'false'], 'boolean'],
  ['TRUE', ['TRUE', 'false'], 'string'],
  ['days', ['2026-11-22', '2024-02-29'], 'date'],
  ['a day that never was', ['2026-02-30'], 'string'],
  ['instants', ['2026-11-22 05:00:00'], 'timestamp'],
  ['instants with a zone', ['2026-11-22T05:00:00Z'], 'string'],
  ['an hour that never was', ['2026-11-22 24:00:00'], 'string'],
  ['quoted numbers: somebody meant text', ['"1"', '2'], 'string'],
  ['nothing at all', ['', ''], 'string'],
  ['no rows', [], 'string'],
];
for (const [what, texts, type] of types)
  t.test(`${what}: ${type}`, async (t) => t.equal(typeOf(...texts), type));

t.test('names are written as an engine takes them, and two alike are refused', async (t) => {
  t.match(inferColumns(['Order ID', '2nd', 'naïve'], []), {
    ok: true,
    columns: [{ name: 'order_id' }, { name: '_2nd' }, { name: 'na_ve' }],
  });
  t.match(inferColumns(['Order ID', 'order-id'], []), { ok: false, why: 'two columns are named "order_id"' });
  t.match(inferColumns(['a', '李雷'], []), { ok: false, why: /names no column 2/ });
  t.match(inferColumns([], []), { ok: false, why: /no header and no row/ });
});

t.test('without a header columns are numbered', async (t) => {
  const row = [
    { text: '1', quoted: false },
    { text: 'x', quoted: false },
  ];
  t.match(inferColumns(null, [row]), {
    ok: true,
    columns: [
      { name: 'column_1', type: 'bigint' },
      { name: 'column_2', type: 'string' },
    ],
  });
});

t.test('a first row that looks like values is not taken for a header', async (t) => {
  for (const header of [
    ['7', 'x'],
    ['Ulm', '2026-11-22'],
    ['a', '1.5'],
    ['2026-11-22 05:00:00', 'b'],
    ['a', 'true'],
  ])
    t.match(
      inferColumns(header, []),
      { ok: false, why: /looks like a value: set header: false/ },
      header.join(),
    );
  for (const header of [
    ['id', 'town'],
    ['q1', '2026 Q1'],
    ['007', 'x'],
  ])
    t.match(inferColumns(header, []), { ok: true }, header.join());
});
