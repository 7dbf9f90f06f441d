/** Headers that change: by name where the table allows it, a new column only where it may grow, and never a swapped value. */
import t from 'tap';
import { openLake } from './lake.js';

const lake = await openLake();
t.teardown(() => lake.close());

const columns = [
  { name: 'id', type: 'bigint' },
  { name: 'town', type: 'string' },
  { name: 'x', type: 'double' },
] as const;

t.test('fields are taken by name, whatever their order, and a missing column is NULL', async (t) => {
  const { row, rows, evidence } = await lake.compact(
    {
      'a.csv': 'id,town,x\n1,Ulm,0.5\n',
      'b.csv': '\ufeffTown,ID\r\n"Bern, ""West""\nx",2\r\n\r\n,3\r\n',
      'c.csv': 'x,id\n1.5,4',
    },
    { columns, columnChanges: 'add-null' },
  );
  t.equal(row.state, 'compacted', row.reason);
  t.strictSame(rows, [
    { id: 1n, town: 'Ulm', x: 0.5 },
    { id: 2n, town: 'Bern, "West"\nx', x: null },
    { id: 3n, town: null, x: null },
    { id: 4n, town: null, x: 1.5 },
  ]);
  t.match(evidence, { rowsIn: 4, rowsOut: 4 });
  t.equal(evidence?.digests.rowsOut, evidence?.digests.rowsIn);
});

t.test('in a file of one field a blank line is a record, however many columns the table has', async (t) => {
  const { row, rows } = await lake.compact(
    { 'a.csv': 'town\nUlm\n\nBern\n', 'b.csv': 'town\n\n' },
    { columns, columnChanges: 'add-null' },
  );
  t.equal(row.state, 'compacted', row.reason);
  t.strictSame(
    rows.map(({ town }) => town),
    ['Ulm', null, 'Bern', null],
  );
});

t.test('the longest record is one that the engine reads with the columns it lacks', async (t) => {
  const compacted = (length: number) =>
    lake.compact(
      { 'a.csv': `town\r\nUlm\r\n${'x'.repeat(length)}\r\n` },
      { columns, columnChanges: 'add-null' },
    );
  const { row } = await compacted(1_999_996);
  t.equal(row.state, 'compacted', row.reason);
  const longer = await compacted(1_999_997);
  t.match(longer.row, {
    state: 'refused',
    reason: /a\.csv, line 3: a record is longer than 1999996 bytes/,
  });
});

t.test('a bad record of a file in another order goes aside as it stands there', async (t) => {
  const { row, rows, aside } = await lake.compact(
    { 'a.csv': 'town,id\nUlm,1\nBern,x\nRom,3\n' },
    { columns, columnChanges: 'add-null', onBadRow: 'quarantine' },
  );
  t.equal(row.state, 'compacted', row.reason);
  t.strictSame(
    rows.map(({ id, town }) => `${id} ${town}`),
    ['1 Ulm', '3 Rom'],
  );
  t.match(aside, [{ line: 3, column: 'id', raw: 'Bern,x' }]);
});

t.test('a new column, a column twice and another table’s header are refused by file', async (t) => {
  const changes = { columns, columnChanges: 'add-null' } as const;
  const refusals: readonly (readonly [string, RegExp])[] = [
    ['id,town,x,extra\n1,Ulm,0.5,e\n', /a\.csv: its column "extra" is new to the table$/],
    ['id,ID\n1,2\n', /a\.csv: two of its columns are named "id"$/],
    ['1,Ulm,0.5\n2,Bern,1.5\n', /a\.csv: its column "1" is new to the table$/],
  ];
  for (const [text, why] of refusals) {
    const { row } = await lake.compact({ 'a.csv': text }, changes);
    t.equal(row.state, 'refused');
    t.match(row.reason, why);
  }
});

t.test('a table that may grow takes a new column as text', async (t) => {
  const { row, rows, evidence } = await lake.compact(
    { 'a.csv': 'id,town\n1,Ulm\n', 'b.csv': 'id,Note,town\n2,007,Bern\n', 'c.csv': 'Page,id\n/x,3\n' },
    { columns: [{ name: 'id', type: 'bigint' }], columnChanges: 'widen' },
  );
  t.equal(row.state, 'refused', 'declared columns do not grow');
  t.match(row.reason, /its column "town" is new to the table/);
  t.strictSame([rows, evidence], [[], undefined]);
});
