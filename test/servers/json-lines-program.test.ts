import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { bucketwise, json } from '../e2e/bucketwise.js';
import { parquetRows } from '../e2e/rows.js';

const hour = (n: number): string => `year=2026/month=10/day=01/hour=0${n}`;

t.test(
  'hours of JSON lines become Parquet with every value as it was written; a broken line refuses its hour',
  async (t) => {
    const dir = t.testdir();
    const put = (n: number, name: string, text: string): void => {
      mkdirSync(join(dir, 'json', hour(n)), { recursive: true });
      writeFileSync(join(dir, 'json', hour(n), name), text);
    };
    put(
      1,
      'a.jsonl',
      '{"id":9007199254740993,"price":1.50,"word":"a \\"b\\",\\n\\u00e9"}\n\n{"word":"","id":2}\n',
    );
    put(1, 'b.jsonl', '{"id":3,"price":-0.25,"word":null}');
    put(2, 'a.jsonl', '{"id":4}\n{"id":5,\n');
    put(3, 'a.jsonl', '{"id":6.5,"word":"x"}\n');
    const config = join(dir, 'bucketwise.yaml');
    writeFileSync(
      config,
      `tables: [{ name: words, lookback: 36500d, source: { uri: "file://${dir}/json", format: jsonl, columns: [{ name: id, type: bigint }, { name: price, type: "decimal(10,2)" }, { name: word, type: string }] }, target: { uri: "file://${dir}/parquet" } }]`,
    );
    const run = await bucketwise(['compact', 'run', '--config', config, '--yes', '--json']);
    t.equal(run.code, 3, run.err);
    const { partitions } = json(run) as { partitions: { state: string; reason: string; evidence: string }[] };
    t.same(
      partitions.map(({ state }) => state),
      ['compacted', 'refused', 'refused'],
    );
    t.match(partitions[1]!.reason, /a\.jsonl" cannot be read: line 2: it is not JSON/);
    t.match(partitions[2]!.reason, /a\.jsonl, line 1: column "id": "6\.5" would not be kept as bigint/);
    t.same(await parquetRows(join(dir, 'parquet', hour(1))), [
      ['9007199254740993', '1.5', 'a "b",\né'],
      ['2', null, ''],
      ['3', '-0.25', null],
    ]);
    const evidence = JSON.parse(readFileSync(join(dir, 'parquet', partitions[0]!.evidence), 'utf8'));
    t.match(evidence, { rowsIn: 3, rowsOut: 3, verifyLevel: 'values' });
    t.equal(evidence.digests.rowsIn, evidence.digests.rowsOut);
  },
);

t.test('CSV that was taken for JSON lines is read once its format is said', async (t) => {
  const dir = t.testdir({ lake: { [hour(4)]: { 'a.csv': '7,1.00,x\n' } } });
  const config = join(dir, 'bucketwise.yaml');
  const states: string[] = [];
  for (const format of ['format: jsonl', 'format: jsonl', 'format: csv, header: false']) {
    writeFileSync(
      config,
      `tables: [{ name: words, lookback: 36500d, source: { uri: "file://${dir}/lake", ${format}, columns: [{ name: id, type: bigint }, { name: price, type: "decimal(10,2)" }, { name: word, type: string }] }, target: { uri: "file://${dir}/parquet" } }]`,
    );
    const run = await bucketwise(['compact', 'run', '--config', config, '--yes', '--json']);
    const { partitions } = json(run) as { partitions: { state: string }[] };
    states.push(...partitions.map(({ state }) => state));
  }
  t.same(states, ['refused', 'refused', 'compacted']);
  t.same(await parquetRows(join(dir, 'parquet', hour(4))), [['7', '1', 'x']]);
});
