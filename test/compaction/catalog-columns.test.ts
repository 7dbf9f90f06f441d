import t from 'tap';
import { catalogColumns } from '../../src/compaction/catalog-columns.js';
import { columnText } from '../../src/compaction/schema.js';
import { parseLayout } from '../../src/prefixes/partition-keys.js';

const layout = parseLayout('year=YYYY/month=MM/day=DD/hour=HH');
const of = (...types: readonly string[]) =>
  catalogColumns({ columns: types.map((type, at) => ({ name: `c${at}`, type })) }, layout);

const taken: readonly (readonly [string, string])[] = [
  ['boolean', 'boolean'],
  ['int', 'integer'],
  ['INTEGER', 'integer'],
  ['bigint', 'bigint'],
  ['double', 'double'],
  ['decimal(10,2)', 'decimal(10,2)'],
  ['decimal(38, 38)', 'decimal(38,38)'],
  ['decimal(5)', 'decimal(5,0)'],
  ['decimal', 'decimal(10,0)'],
  ['date', 'date'],
  ['timestamp', 'timestamp'],
  ['timestamp(3)', 'timestamp'],
  ['string', 'string'],
  ['varchar', 'string'],
];
t.test("the words of Hive and Trino for a type are taken for ours, in the table's order", async (t) => {
  const found = of(...taken.map(([theirs]) => theirs));
  t.same(
    found.ok && found.columns.map(columnText),
    taken.map(([, ours]) => ours),
  );
  t.same(
    found.ok && found.columns.map(({ name }) => name),
    taken.map((_, at) => `c${at}`),
  );
});

const refused: readonly (readonly [string, RegExp])[] = [
  ['smallint', /"c0" is smallint, .*a reader would cut larger values/],
  ['float', /"c0" is float, .*fewer digits than a double/],
  ['real', /fewer digits/],
  ['varchar(20)', /cut longer texts/],
  ['timestamp(9)', /at most six digits/],
  ['timestamp(3) with time zone', /no time zone/],
  ['decimal(39,2)', /1 to 38 digits/],
  ['decimal(4,5)', /1 to 38 digits/],
  ['decimal(0,0)', /1 to 38 digits/],
  ['array<int>', /no list and no structure/],
  ['row(a integer)', /no list and no structure/],
  ['struct<a:int>', /no list and no structure/],
  ['binary', /"c0" is binary, which is no type of ours$/],
];
for (const [type, why] of refused)
  t.test(`${type} is refused with column, type and reason`, async (t) => {
    const found = of(type);
    t.match(!found.ok && found.why, why);
  });

t.test('what names no column of the files is refused', async (t) => {
  const named = (...names: readonly string[]) =>
    catalogColumns({ columns: names.map((name) => ({ name, type: 'int' })) }, layout);
  t.match(named('hour'), { ok: false, why: /"hour" has the name of a partition key of year=YYYY/ });
  t.match(named('a', 'a'), { ok: false, why: /"a" is there twice/ });
  t.match(named('a-b'), { ok: false, why: /"a-b" has a name that is not written in a-z/ });
  t.match(named(), { ok: false, why: 'it has no columns' });
});
