import fc from 'fast-check';
import t from 'tap';
import { unknownColumns } from '../../src/inventory/csv-columns.js';
import { openTally, type TallyOptions } from '../../src/inventory/inventory-tally.js';
import { type KernelLimits, longestRecord } from '../../src/inventory/kernel-memory.js';
import { summarise } from '../../src/prefixes/prefix-rows.js';
import { mergeParts } from '../../src/prefixes/tree-merge.js';
import { openPlainTally, type PlainTally } from './plain-tally.js';

const options: TallyOptions = {
  prefix: '',
  depth: 3,
  maxPrefixes: 1000,
  smallBelowBytes: 100,
  versions: 'all',
};
/** So small that the tables are emptied again and again. */
const limits: KernelLimits = { slots: 5, rows: 4, folders: 4, folderTextBytes: 40, sampleTextBytes: 60 };
const columns = [
  'Bucket',
  'Key',
  'IsLatest',
  'IsDeleteMarker',
  'Size',
  'ETag',
  'StorageClass',
  'IntelligentTieringAccessTier',
];
const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`;
const record = (...values: readonly string[]): string => values.map(quoted).join(',');
const line = (key: string, size = '1', storageClass = 'STANDARD'): string =>
  `${record('b', key, 'true', 'false', size, 'e', storageClass, '')}\n`;

function scanned(tally: PlainTally, text: Uint8Array, cuts: readonly number[] = [], names = columns) {
  const scan = tally.addCsv({ file: 'data/1.csv.gz', columns: names });
  const sorted = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
  for (let i = 1; i < sorted.length; i++) {
    // Its own bytes, which change as soon as they are taken.
    const piece = Uint8Array.from(text.subarray(sorted[i - 1], sorted[i]));
    scan.take(piece);
    piece.fill(0x22);
  }
  const rows = scan.end();
  const part = tally.part();
  return { rows, partRows: part.rows, leftOut: part.leftOut, ...summarise(mergeParts([part])) };
}
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const summaryOf = (text: string, given: Partial<TallyOptions> = {}, names = columns) =>
  scanned(openTally({ ...options, ...given }, limits), bytesOf(text), [], names);
const counts = (text: string, given: Partial<TallyOptions> = {}) =>
  summaryOf(text, given).prefixes.map((row) => [row.prefix, Number(row.tallies[0]?.objects)]);

t.test(
  'keys are form-encoded: a plus is a space, and an encoded slash parts folders like any other',
  async (t) => {
    t.same(counts(line('a+b/x') + line('a%20b/y') + line('a%2Fb%2fc') + line('%C3%A4/%F0%9F%98%80/z')), [
      ['', 4],
      ['a b/', 2],
      ['a/', 1],
      ['a/b/', 1],
      ['ä/', 1],
      ['ä/\u{1f600}/', 1],
    ]);
  },
);

t.test('hostile keys are keys like others', async (t) => {
  const keys = [
    "'; drop--/x",
    '../../etc/passwd',
    '%00/%0A%22/x',
    '%E2%80%AE/x',
    '__proto__/x',
    'a,b/x',
    '%25/x',
  ];
  const text = keys.map((key) => line(key)).join('');
  t.same(
    counts(text)
      .map(([prefix]) => prefix)
      .slice(1)
      .sort(),
    [
      '\0/',
      '\0/\n"/',
      "'; drop--/",
      '%/',
      '../',
      '../../',
      '../../etc/',
      '__proto__/',
      'a,b/',
      '\u202e/',
    ].sort(),
  );
});

t.test('the format of a row is read from decoded names', async (t) => {
  const keys = ['t/dt%3D2026-11-22/x%2Ecsv%2egz', 't/_SUCCESS', 'u/part-00000-4f.c000.snappy.parquet'];
  t.match(summaryOf(keys.map((key) => line(key)).join('')).prefixes, [
    { prefix: '' },
    { prefix: 't/', format: 'csv.gz', partitioning: 'dt=YYYY-MM-DD', partitions: 1 },
    { prefix: 'u/', format: 'parquet', writer: 'Spark' },
  ]);
});

t.test(
  'quotes are optional, doubled quotes stand for one, lines end as they like, and the last may lack its end',
  async (t) => {
    const text = `b,a/x,,,5,,STANDARD,\r\n${record('b', 'a/"q"/y', '', '', '7', '', 'STAND"ARD', '')}\nb,z,true,false,"0",e,,`;
    t.match(summaryOf(text).totals, [
      { class: '', objects: 1n },
      { class: 'STAND"ARD', bytes: 7n },
      { class: 'STANDARD', bytes: 5n },
    ]);
    t.same(counts(text)[2], ['a/"q"/', 1]);
  },
);

t.test('noncurrent versions and delete markers are counted, or left out', async (t) => {
  const text = [
    record('b', 'k', 'true', 'false', '5', '', 'STANDARD', ''),
    record('b', 'k', 'false', 'false', '7', '', 'STANDARD', ''),
    record('b', 'k', 'false', 'true', '', '', '', ''),
    record('b', 'l', 'true', 'true', '', '', '', ''),
  ].join('\n');
  const marked = { class: '', objects: 0n, bytes: 0n, deleteMarkers: 2n };
  t.match(summaryOf(text), {
    rows: 4,
    leftOut: 0,
    totals: [marked, { objects: 2n, bytes: 12n, noncurrentObjects: 1n, noncurrentBytes: 7n }],
    unknownClasses: [],
  });
  t.match(summaryOf(text, { versions: 'current' }), {
    rows: 4,
    leftOut: 3,
    totals: [{ class: 'STANDARD', objects: 1n, bytes: 5n, noncurrentObjects: 0n, deleteMarkers: 0n }],
  });
});

t.test('objects without a known size are counted as such', async (t) => {
  t.match(summaryOf(line('a', '') + line('b', '9')).totals, [{ objects: 2n, bytes: 9n, unsizedObjects: 1n }]);
  t.match(summaryOf('b,x\nb,y\n', {}, ['Bucket', 'Key']).totals, [
    { class: '', objects: 2n, unsizedObjects: 2n },
  ]);
});

t.test('tiers are counted apart, however they are spelt', async (t) => {
  const tiered = (key: string, tier: string) =>
    `${record('b', key, '', '', '1', '', 'INTELLIGENT_TIERING', tier)}\n`;
  const { totals } = summaryOf(
    tiered('a', 'FREQUENT') +
      tiered('b', 'ARCHIVE_INSTANT_ACCESS') +
      tiered('c', 'ARCHIVE_INSTANT') +
      tiered('d', ''),
  );
  t.same(
    totals.map(({ accessTier, objects }) => [accessTier, objects]),
    [
      [undefined, 1n],
      ['ARCHIVE_INSTANT', 2n],
      ['FREQUENT', 1n],
    ],
  );
});

t.test('keys outside the scanned prefix are left out', async (t) => {
  const text = line('a/b/x') + line('a/bc') + line('a%2Fb%2Fc/y') + line('x');
  t.same(counts(text, { prefix: 'a/b/' }), [
    ['a/b/', 2],
    ['a/b/c/', 1],
  ]);
  t.equal(summaryOf(text, { prefix: 'a/b/' }).leftOut, 2);
});

const good = line('good');
const refusals: readonly (readonly [string, string, RegExp])[] = [
  ['a key with half an escape', line('a%2'), /"%" without two hexadecimal digits/],
  ['a folder with a bad escape', line('a%zz/b'), /"%" without two hexadecimal digits/],
  ['a key that is no UTF-8', line('a%C3%28'), /no UTF-8/],
  ['a folder that is half a surrogate', line('%ED%A0%80/b'), /no UTF-8/],
  ['an empty key', line(''), /Key is empty/],
  ['a negative size', line('a', '-1'), /Size is no whole number/],
  ['a fraction', line('a', '1.5'), /Size is no whole number/],
  ['a size beyond all numbers', line('a', '9007199254740993'), /Size is no whole number/],
  ['a size with a space', line('a', ' 1'), /Size is no whole number/],
  ['a field too many', `${line('a').slice(0, -1)},"x"\n`, /more fields/],
  ['a field too few', `${record('b', 'k')}\n`, /fewer fields/],
  ['an empty line', '\n', /fewer fields/],
  ['something behind a quote', `"b"x${line('a').slice(3)}`, /closing quote/],
  ['a quote within a plain field', `b"${line('a').slice(3)}`, /a quote stands within/],
  ['a lone carriage return', `b\rb${line('a').slice(3)}`, /carriage return/],
  ['quotes that are never closed', '"b,a\n', /never closed/],
  ['another truth', line('a').replace('"true"', '"TRUE"'), /IsLatest/],
  ['another marker', line('a').replace('"false"', '"no"'), /IsDeleteMarker/],
  ['a class of a kilobyte', line('a', '1', 'S'.repeat(1024)), /storage class/],
  ['a record of a megabyte', line('a'.repeat(longestRecord)), /longer than 256 KiB/],
  ['a record that never ends', `"${'a'.repeat(2 * longestRecord)}`, /longer than 256 KiB/],
];
for (const [what, text, why] of refusals)
  t.test(`${what} is refused with file, line and byte`, async (t) => {
    // One of the lines before has a line end within quotes.
    const before = `${good}${good.replace('"e"', '"e\n"')}`;
    const place = `line 4 (byte ${before.length} of its text)`;
    for (const cuts of [[], [before.length + 3], [before.length - 1, before.length + 1]])
      t.throws(() => scanned(openTally(options, limits), bytesOf(before + text), cuts), {
        code: 'INVENTORY_ROW_INVALID',
        message: why,
        details: { file: 'data/1.csv.gz', place },
      });
  });

t.test('more classes than there can be are refused', async (t) => {
  const text = (count: number) => Array.from({ length: count }, (_, i) => line('a', '1', `C${i}`)).join('');
  t.equal(summaryOf(text(250)).totals.length, 250);
  t.throws(() => summaryOf(text(251)), { code: 'INVENTORY_ROW_INVALID' });
});

t.test('columns are known by their names, and those that are not are reported', async (t) => {
  t.same(unknownColumns([...columns, 'Colour', 'e_tag', 'LifecycleExpirationDate']), ['Colour']);
  t.match(summaryOf('7,x\n', {}, ['size', 'key']).totals, [{ bytes: 7n }]);
  t.throws(() => summaryOf('', {}, ['Bucket', 'Size']), { code: 'INVENTORY_ROW_INVALID', message: /Key/ });
});

t.test('sums stay exact beyond 2^53', async (t) => {
  const most = String(Number.MAX_SAFE_INTEGER);
  const text = line('a/b', most).repeat(3) + line('a/b', '7');
  t.equal(summaryOf(text).totals[0]!.bytes, 3n * BigInt(most) + 7n);
  t.equal(summaryOf(text, { smallBelowBytes: 2 ** 53 }).totals[0]!.smallBytes, 3n * BigInt(most) + 7n);
});

const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll('%2F', '/').replaceAll('%20', '+');
const segment = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    '',
    '..',
    'dt=2026-11-22',
    'dt=2026-11-23',
    '2026',
    '11',
    '22',
    '\u{1f600}',
    'x y',
  ),
  fc.string({ unit: 'grapheme', maxLength: 3 }),
);
const fileName = fc.constantFrom(
  'x',
  'part-00001-a.snappy.parquet',
  'x.csv.gz',
  'X.JSON',
  '_SUCCESS',
  '123456789012_CloudTrail_x',
  '20260102_030405_00006_abcde_x',
  'clicks-1-2026-11-22-05-01-09-1f0c2a3b-4d5e-6f70-8192-a3b4c5d6e7f8',
  'a.b.zst',
  '.log',
);
const key = fc
  .tuple(fc.array(segment, { maxLength: 4 }), fileName)
  .map(([folders, name]) => [...folders, name].join('/'));
const truth = fc.constantFrom('true', 'false', '');
const size = fc.oneof(
  fc.nat({ max: 10 }),
  fc.constantFrom(1023, 1024, 4095, 4096, 131071, 131072, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1),
  fc.nat({ max: 2 ** 31 - 1 }),
);
const row = fc
  .tuple(
    fc.oneof(key.map(encoded), key),
    truth,
    truth,
    fc.oneof(size.map(String), fc.constant('')),
    fc.constantFrom('STANDARD', 'STANDARD_IA', 'INTELLIGENT_TIERING', 'BEY"OND', ''),
    fc.constantFrom('', 'FREQUENT', 'ARCHIVE'),
    fc.constantFrom('\n', '\r\n'),
    fc.constantFrom('e', '', 'e\n', 'e,"'),
  )
  .map(([name, latest, marker, bytes, storageClass, tier, end, etag]) =>
    [record('b', name, latest, marker, bytes, etag, storageClass, tier), end].join(''),
  );
/** What breaks a text, or does not. */
const damage = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.tuple(fc.nat(), fc.constantFrom('"', ',', '\n', '%', '\r', 'x', '\u00ff')) },
);

type Outcome = { readonly said: unknown } | { readonly refused: unknown };
function outcome(tally: PlainTally, text: Uint8Array, cuts: readonly number[] = []): Outcome {
  try {
    return { said: scanned(tally, text, cuts) };
  } catch (error) {
    const { code, details } = error as {
      readonly code: string;
      readonly details: Readonly<Record<string, string>>;
    };
    return { refused: [code, details.place] };
  }
}

t.test(
  'any text, cut anywhere, is read as plain reading does: counted alike, or refused at the same place',
  async (t) => {
    let refused = 0;
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 25 }),
        damage,
        fc.array(fc.nat(), { maxLength: 4 }),
        fc.constantFrom('all' as const, 'current' as const),
        fc.constantFrom('', 'a/'),
        (rows, broken, cuts, versions, prefix) => {
          const whole = rows.join('');
          const at = broken ? broken[0] % (whole.length + 1) : 0;
          const text = Buffer.from(
            broken ? whole.slice(0, at) + broken[1] + whole.slice(at) : whole,
            'latin1',
          );
          const utf8 = broken?.[1] === '\u00ff' ? text : bytesOf(text.toString('latin1'));
          const given = { ...options, versions, prefix };
          const expected = outcome(openPlainTally(given), utf8);
          t.same(outcome(openTally(given, limits), utf8, cuts), expected);
          if ('refused' in expected) refused += 1;
        },
      ),
      { numRuns: 60 },
    );
    t.ok(refused > 3, `${refused} were refused`);
  },
);
