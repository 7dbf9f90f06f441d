import fc from 'fast-check';
import t from 'tap';
import {
  detectLayout,
  findPartition,
  knownLayouts,
  parseLayout,
  parsePartition,
  partitionOf,
  partitionPath,
  tableOf,
} from '../../src/prefixes/partition-keys.js';

const hive = parseLayout('year=YYYY/month=MM/day=DD/hour=HH');
const five = Date.UTC(2026, 10, 22, 5);

t.test('an hour is read from each of the usual forms, and its path is the one in the key', async (t) => {
  const keys: readonly (readonly [template: string, partition: string])[] = [
    ['year=YYYY/month=MM/day=DD/hour=HH', 'year=2026/month=11/day=22/hour=05'],
    ['year=YYYY/month=MM/day=DD/hour=HH', 'year=2026/month=11/day=22/hour=5'],
    ['dt=YYYY-MM-DD/hour=HH', 'dt=2026-11-22/hour=05'],
    ['date=YYYY-MM-DD/hour=HH', 'date=2026-11-22/hour=05'],
    ['dt=YYYY-MM-DD-HH', 'dt=2026-11-22-05'],
    ['YYYY/MM/DD/HH', '2026/11/22/05'],
    ['dt=YYYYMMDDHH', 'dt=2026112205'],
    ['v1.2/YYYYMMDDTHH', 'v1.2/20261122T05'],
  ];
  for (const [template, partition] of keys) {
    const layout = parseLayout(template);
    t.equal(layout.grain, 'hour');
    t.same(partitionOf(`csv/clicks/${partition}/a.csv`, 'csv/clicks/', layout), {
      partition,
      hourStart: five,
    });
  }
});

t.test('a layout without an hour has the grain of a day', async (t) => {
  const daily = parseLayout('dt=YYYY-MM-DD');
  t.equal(daily.grain, 'day');
  t.same(partitionOf('t/dt=2026-11-22/a', 't/', daily), {
    partition: 'dt=2026-11-22',
    hourStart: five - 5 * 3_600_000,
  });
});

t.test('a date that does not exist is no partition', async (t) => {
  const dates = [
    'year=2026/month=13/day=01/hour=00',
    'year=2026/month=00/day=01/hour=00',
    'year=2026/month=02/day=29/hour=00',
    'year=2026/month=02/day=31/hour=00',
    'year=2026/month=04/day=31/hour=00',
    'year=2026/month=01/day=00/hour=00',
    'year=2026/month=01/day=01/hour=24',
    'year=0026/month=01/day=01/hour=00',
    'year=026/month=01/day=01/hour=00',
    'year=20260/month=01/day=01/hour=00',
    'year=2026/month=001/day=01/hour=00',
    'year=2026/month=1/day=1/hour=__HIVE_DEFAULT_PARTITION__',
  ];
  for (const path of dates) t.equal(partitionOf(`t/${path}/a.csv`, 't/', hive), undefined, path);
  t.ok(partitionOf('t/year=2028/month=02/day=29/hour=00/a.csv', 't/', hive), 'a leap day exists');
});

t.test('keys that only resemble a partition are none', async (t) => {
  const keys = [
    't/year=2026/month=11/day=22/hour=05;rm -rf/a.csv',
    't/year=2026/month=11/day=22/hour=05',
    't/year=2026/month=11/day=22/hour=05.csv',
    't/year=2026/month=11/day=22//hour=05/a.csv',
    't/year=2026/month=11/day=22/../hour=05/a.csv',
    't/year=2026/month=11/day=22/HOUR=05/a.csv',
    't/year=2026/month=11/day=22/hour=\u0660\u0665/a.csv',
    't/year=2026/month=11/day=22/hour=\uff10\uff15/a.csv',
    't/year=2026/month=11/day=22/hour=%30%35/a.csv',
    't/year=2026/month=11/day=22/hour=05\u0000/a.csv',
    't/year=2026/month=11/day=22/hour=05\n/a.csv',
    't/year=2026/month=11/day=22/hour=+5/a.csv',
    't/year=2026/month=11/day=22/hour=-5/a.csv',
    't/year=2026/month=11/day=22/hour= 5/a.csv',
    't/xyear=2026/month=11/day=22/hour=05/a.csv',
    't/sub/year=2026/month=11/day=22/hour=05/a.csv',
    't//year=2026/month=11/day=22/hour=05/a.csv',
    'tt/year=2026/month=11/day=22/hour=05/a.csv',
    '/t/year=2026/month=11/day=22/hour=05/a.csv',
  ];
  for (const key of keys) t.equal(partitionOf(key, 't/', hive), undefined, key);
});

t.test('what follows the partition in a key is a name, never a path to walk', async (t) => {
  const partition = 'year=2026/month=11/day=22/hour=05';
  for (const name of ['', '../x', "'; drop table t; --", '*', '[1]', 'hour=06/a', '\u{1f600}', '\u0000'])
    t.same(partitionOf(`t/${partition}/${name}`, 't/', hive), { partition, hourStart: five }, name);
});

t.test('the path of an hour is the partition of that hour', async (t) => {
  const hours = fc.integer({ min: Date.UTC(1000, 0) / 3_600_000, max: Date.UTC(9999, 11) / 3_600_000 });
  const templates = [
    ...knownLayouts.map((layout) => layout.template),
    'year=YYYY/month=M/day=D/hour=H',
    'YYYYMMDD/HH',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...templates), hours, (template, hour) => {
      const layout = parseLayout(template);
      const partition = partitionPath(layout, hour * 3_600_000);
      const start = layout.grain === 'hour' ? hour * 3_600_000 : Math.floor(hour / 24) * 86_400_000;
      t.same(partitionOf(`t/${partition}/a`, 't/', layout), { partition, hourStart: start });
      t.same(parsePartition(layout, partition), { partition, hourStart: start });
    }),
  );
});

const custom: readonly (readonly [template: string, grainMs?: number])[] = [
  ['day=YYYY-MM-DD/hr=HH'],
  ['dt=YYYYMMDDHH'],
  ['HH/DD/MM/YYYY'],
  ['YYYY/MM/DD/HH/mm', 900_000],
  ['year=YYYY/month=MM/day=DD/hour=HH/minute=mm', 300_000],
  ['dt=YYYYMMDDHHmm', 60_000],
  ['dt=YYYY-MM-DD-HH.mm', 1_800_000],
  ['YYYY/M/D/H', 6 * 3_600_000],
  ['dt=YYYY-MM-DD/hour=HH', 12 * 3_600_000],
];

t.test('a path that was read is written as it was read, whatever the grain', async (t) => {
  const minutes = fc.integer({ min: Date.UTC(1000, 0) / 60_000, max: Date.UTC(9999, 11) / 60_000 });
  fc.assert(
    fc.property(fc.constantFrom(...custom), minutes, ([template, grainMs], minute) => {
      const layout = parseLayout(template, grainMs);
      const start = Math.floor((minute * 60_000) / layout.grainMs) * layout.grainMs;
      const path = partitionPath(layout, start);
      const read = partitionOf(`t/${path}/a.csv`, 't/', layout);
      t.same(read, { partition: path, hourStart: start });
      t.equal(partitionPath(layout, read!.hourStart), path);
      t.equal(parsePartition(layout, path).hourStart, start);
    }),
  );
});

t.test('a grain that cuts no whole is refused with the reason', async (t) => {
  const hour = 3_600_000;
  const wrong: readonly (readonly [string, number | undefined, RegExp])[] = [
    ['YYYY/MM/DD/HH/mm', undefined, /has minutes \(mm\) and needs a grain/],
    ['YYYY/MM/DD/mm', 900_000, /lacks the hour/],
    ['YYYY/MM/DD/HH/mm', 7 * 60_000, /no part of an hour/],
    ['YYYY/MM/DD/HH/mm', hour, /no part of an hour/],
    ['YYYY/MM/DD/HH/mm', 90_000, /no part of an hour/],
    ['YYYY/MM/DD/HH', 5 * hour, /no part of a day/],
    ['YYYY/MM/DD/HH', 24 * hour, /no part of a day/],
    ['YYYY/MM/DD/HH', 900_000, /no part of a day/],
    ['YYYY/MM/DD', 2 * hour, /a day has no grain/],
  ];
  for (const [template, grainMs, why] of wrong)
    t.throws(() => parseLayout(template, grainMs), { code: 'PARTITION_INVALID', message: why }, template);
});

t.test('small letters are minutes only where they stand for themselves', async (t) => {
  t.equal(parseLayout('comm=YYYY/MM/DD/HH').grain, 'hour');
  t.equal(parseLayout('YYYY/MM/DD/mmx').grain, 'day');
  const quarters = parseLayout('YYYY/MM/DD/HH/mm', 900_000);
  t.equal(partitionOf('2026/11/22/05/60/a', '', quarters), undefined);
  t.match(partitionOf('2026/11/22/05/07/a', '', quarters), { partition: '2026/11/22/05/07' });
});

t.test('single letters write numbers without a leading zero', async (t) => {
  t.equal(
    partitionPath(parseLayout('year=YYYY/month=M/day=D/hour=H'), five),
    'year=2026/month=11/day=22/hour=5',
  );
  t.equal(partitionPath(hive, five), 'year=2026/month=11/day=22/hour=05');
});

t.test('a template that cannot name hours or days is refused with the reason', async (t) => {
  const templates: readonly (readonly [string, RegExp])[] = [
    ['', /folders/],
    ['/YYYY/MM/DD', /folders/],
    ['YYYY/MM/DD/', /folders/],
    ['YYYY//MM/DD', /folders/],
    ['../YYYY/MM/DD', /folders/],
    ["dt='YYYY-MM-DD'", /folders/],
    ['dt=YYYY-MM-DD HH', /folders/],
    ['year=YYYY/day=DD', /month/],
    ['month=MM/day=DD', /year/],
    ['year=YYYY/month=MM', /day/],
    ['year=YY/month=MM/day=DD', /year/],
    ['YYYY/MM/DD/dt=YYYY', /twice/],
    ['YYYY/MM/DD/HH/HH', /twice/],
  ];
  for (const [template, why] of templates)
    t.throws(() => parseLayout(template), { code: 'PARTITION_INVALID', message: why }, template);
});

t.test('a partition as typed must be one of the layout', async (t) => {
  t.same(parsePartition(hive, 'year=2026/month=11/day=22/hour=05/'), {
    partition: 'year=2026/month=11/day=22/hour=05',
    hourStart: five,
  });
  for (const text of [
    '',
    'year=2026',
    'year=2026/month=11/day=22/hour=25',
    'year=2026/month=11/day=22/hour=05/x',
    '..',
  ])
    t.throws(() => parsePartition(hive, text), { code: 'PARTITION_INVALID' }, text);
});

t.test('a partition is found wherever its table lies', async (t) => {
  const found = findPartition('lake/csv/clicks/region=eu/year=2026/month=11/day=22/hour=05/a.csv');
  t.match(found, {
    tablePrefix: 'lake/csv/clicks/region=eu/',
    partition: 'year=2026/month=11/day=22/hour=05',
    hourStart: five,
    layout: { template: 'year=YYYY/month=MM/day=DD/hour=HH', grain: 'hour' },
  });
  t.equal(findPartition('2026/11/22/05/a')?.tablePrefix, '');
  t.equal(findPartition('logs/2026/11/22/a')?.layout.template, 'YYYY/MM/DD');
  t.equal(findPartition('t/dt=2026-11-22/a')?.layout.grain, 'day');
});

t.test('numbers that are no date of our time are not taken for one', async (t) => {
  const named = ['t/dt=9999-12-31/a', 't/year=1900/month=01/day=01/hour=00/a', 't/date=1969-12-31/a'];
  const bare = ['customers/1234/12/05/a', 'v/3000/01/01/00/a', 'a/b/c', '', '/', 'year=2026/a'];
  for (const key of [...bare, ...named]) t.equal(findPartition(key), undefined, key);
});

t.test('the layout of a table is the one most keys follow', async (t) => {
  const hours = Array.from({ length: 30 }, (_, i) => Date.UTC(2026, 0, 1, i * 7));
  for (const template of knownLayouts.map((layout) => layout.template)) {
    const layout = parseLayout(template);
    const keys = [
      ...hours.map((hour) => `t/${partitionPath(layout, hour)}/a`),
      't/_SUCCESS',
      't/2026/01/01/x',
    ];
    t.equal(detectLayout(keys)?.template, template);
  }
  t.equal(detectLayout(['a', 'b/c']), undefined);
});

t.test('numbers without leading zeros are noticed', async (t) => {
  const bare = parseLayout('year=YYYY/month=M/day=D/hour=H');
  const keys = Array.from({ length: 40 }, (_, i) => `t/${partitionPath(bare, Date.UTC(2026, 0, 9, i))}/a`);
  t.equal(detectLayout(keys)?.template, 'year=YYYY/month=M/day=D/hour=H');
});

t.test('any text at all can be asked for its partition', async (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 1024 }), (key) => {
      const found = findPartition(key);
      t.ok(found === undefined || key.includes(found.partition));
    }),
  );
});

t.test('days and hours are recognised by the other names people give them', async (t) => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['t/dt=20261122/a.csv', 'dt=YYYYMMDD', '2026-11-22T00:00:00.000Z'],
    ['t/dt=20261122/hr=05/a.csv', 'dt=YYYYMMDD/hr=HH', '2026-11-22T05:00:00.000Z'],
    ['t/dt=20261122/hour=05/a.csv', 'dt=YYYYMMDD/hour=HH', '2026-11-22T05:00:00.000Z'],
    ['t/day=2026-11-22/a.csv', 'day=YYYY-MM-DD', '2026-11-22T00:00:00.000Z'],
    ['t/day=2026-11-22/hr=23/a.csv', 'day=YYYY-MM-DD/hr=HH', '2026-11-22T23:00:00.000Z'],
    ['t/date=2026-11-22/hr=1/a.csv', 'date=YYYY-MM-DD/hr=HH', '2026-11-22T01:00:00.000Z'],
    [
      't/year=2026/month=11/day=22/hr=07/a.csv',
      'year=YYYY/month=MM/day=DD/hr=HH',
      '2026-11-22T07:00:00.000Z',
    ],
  ];
  for (const [key, template, instant] of cases) {
    const found = findPartition(key);
    t.equal(found?.layout.template, template);
    t.equal(new Date(found!.hourStart).toISOString(), instant);
    t.equal(found?.tablePrefix, 't/');
    t.equal(partitionOf(key, 't/', found!.layout)?.partition, found?.partition);
  }
  for (const key of ['t/dt=20261322/a', 't/dt=2026112/a', 't/day=2026-02-30/a', 't/dt=202611220/a'])
    t.equal(findPartition(key), undefined, key);
});

t.test('a listing of some months is of their table', async (t) => {
  const cases = [
    ['csv/year=2026/', 'csv/'],
    ['csv/year=2026/month=11/', 'csv/'],
    ['csv/year=2026/month=11/day=22/hour=05/', 'csv/'],
    ['dt=2026-11/', ''],
    ['logs/2026/11/22/', 'logs/'],
    ['csv/old/', 'csv/old/'],
    ['', ''],
  ];
  for (const [folder, table] of cases) t.equal(tableOf(folder!), table);
});
