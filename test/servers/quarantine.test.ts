/** Needs no server, only time: bad records of hours that Athena and Trino compact are put aside, and the others written. */
import t, { type Test } from 'tap';
import type { Evidence } from '../../src/compaction/journal.js';
import type { Column } from '../../src/compaction/schema.js';
import type { CompactionTable } from '../../src/compaction/table.js';
import { withCredentials } from '../adapters/aws/stub-server.js';
import { fakeWorld, hour, isPublished, table as plain, sourceKey } from '../compaction/fake-world.js';
import { athenaServer, recordsBelow, runOnce, trinoServer } from '../crash/remote.js';

const columns: readonly Column[] = [
  { name: 'id', type: 'bigint' },
  { name: 'town', type: 'string' },
];
const table: CompactionTable = { ...plain, onBadRow: 'quarantine', verify: 'counts' };

const good = ['1,Ulm', '2,two', '3,', '4,"a, b"', '5,Bern', '6,back\\slash', '7,beyond'];
const bad = [
  'two,Ulm',
  '12.7,x',
  '9223372036854775808,y',
  '"12,7",q',
  "it's,z",
  'two,again',
  '8',
  '9,too,many',
  '10,x,',
];

const servers = [athenaServer, trinoServer];
async function compacted(t: Test, start: typeof athenaServer, files: readonly string[], of = table) {
  withCredentials(t);
  const world = fakeWorld();
  for (const [at, text] of files.entries()) world.source.put(sourceKey(3, `${at}.csv`), `id,town\n${text}`);
  const server = await start(world);
  t.teardown(() => server.close());
  const { report } = await runOnce(world, server, undefined, 'before', of);
  const row = report!.partitions[0]!;
  const read = <T>(key: string): T => JSON.parse(world.target.text(key)) as T;
  return {
    ...{ world, server, row },
    evidence: row.evidence === null ? undefined : read<Evidence>(row.evidence),
    rows: await recordsBelow(world.target, isPublished),
  };
}

for (const start of servers)
  t.test(
    `bad records go aside with file, line and reason, and ${start.name} writes all the others`,
    async (t) => {
      const mixed = bad.flatMap((line, at) => (good[at] ? [line, good[at]] : [line]));
      const { world, server, row, evidence, rows } = await compacted(t, start, [
        `${mixed.join('\n')}\n`,
        `${good.map((line) => `1${line}`).join('\n')}\ntwo,in another file\n`,
      ]);
      t.match(row, { state: 'compacted', reason: '' });
      const kept = [...good, ...good.map((line) => `1${line}`)];
      const plainText = (line: string): string => line.replaceAll('"', '').replace(/,$/, ',null');
      t.same(rows, kept.map(plainText).sort());
      t.match(evidence, {
        rowsIn: kept.length + bad.length + 1,
        rowsOut: kept.length,
        quarantined: bad.length + 1,
      });
      const aside = world.target
        .text(evidence!.quarantine!)
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { file: string; line: number; raw: string; reason: string });
      t.same(aside.map(({ raw }) => raw).sort(), [...bad, 'two,in another file'].sort());
      t.match(aside[0], {
        file: sourceKey(3, '0.csv'),
        line: 2,
        reason: /"two" would not be kept as bigint/,
      });
      t.same(server.tables(), []);
    },
  );

for (const start of servers)
  t.test(`an hour without a bad record is asked for as ever (${start.name})`, async (t) => {
    const { server, row } = await compacted(t, start, [`${good.join('\n')}\n`]);
    t.equal(row.state, 'compacted');
    t.notOk(server.statements.some((sql) => /NOT IN|beyond" IS/.test(sql)));
  });

t.test('a column named like the one beyond the last is left in peace', async (t) => {
  const named = { ...table, columns: [columns[0]!, { name: 'beyond', type: 'string' }] as const };
  withCredentials(t);
  const world = fakeWorld();
  world.source.put(sourceKey(3, 'a.csv'), 'id,beyond\n1,x\n2,y,z\n');
  const server = await athenaServer(world);
  t.teardown(() => server.close());
  const { report } = await runOnce(world, server, undefined, 'before', named);
  t.match(report?.partitions[0], { state: 'compacted', target: { rows: 1 } });
});

t.test('a double that only exact printing can judge is refused by its value, not left out', async (t) => {
  const doubles: CompactionTable = { ...table, columns: [{ name: 'x', type: 'double' }] };
  withCredentials(t);
  const world = fakeWorld();
  world.source.put(sourceKey(3, 'a.csv'), 'x\n1.5\nabc\n0.10000000000000001\n');
  const server = await athenaServer(world);
  t.teardown(() => server.close());
  const { report } = await runOnce(world, server, undefined, 'before', doubles);
  t.match(report?.partitions[0], {
    state: 'refused',
    reason: /"0\.10000000000000001" would not be kept as double/,
  });
});

t.test('more than a query can name refuses the hour with the number', async (t) => {
  const many = Array.from({ length: 4000 }, (_, n) => `${'x'.repeat(80)}${n},y`).join('\n');
  const { row, server } = await compacted(t, athenaServer, [`1,Ulm\n${many}\n`]);
  t.equal(row.state, 'refused');
  t.match(row.reason, /2 columns and 4000 values that do not fit make a query of more than 262144 bytes/);
  t.equal(server.writes().length, 0);
});

t.test('an hour of which no row fits is refused before anything is asked', async (t) => {
  const { row, server } = await compacted(t, trinoServer, ['two,x\nthree,y\n']);
  t.match(row, { partition: hour(3), state: 'refused', reason: /not one of 2 records fits/ });
  t.same(server.statements, []);
});
