import { crc32 } from 'node:zlib';
import t from 'tap';
import { openTally, type TallyOptions } from '../../../src/inventory/inventory-tally.js';
import { type KernelLimits, longestRecord } from '../../../src/inventory/kernel-memory.js';
import { summarise } from '../../../src/prefixes/prefix-rows.js';
import { mergeParts } from '../../../src/prefixes/tree-merge.js';
import { gzipOf } from './unpack.js';

const options: TallyOptions = {
  prefix: '',
  depth: 3,
  maxPrefixes: 1000,
  smallBelowBytes: 100,
  versions: 'all',
};
const limits: KernelLimits = { slots: 50, rows: 40, folders: 32, folderTextBytes: 400, sampleTextBytes: 600 };
const source = { file: 'data/1.csv.gz', columns: ['Key', 'Size', 'Note'] };

/** What was counted, or why it was not. */
function outcome(text: string, isPacked: boolean, step = 5000) {
  const tally = openTally(options, limits);
  const csv = isPacked ? tally.addGzipCsv(source, crc32) : tally.addCsv(source);
  const bytes = isPacked ? gzipOf(text) : Buffer.from(text);
  try {
    for (let at = 0; at < bytes.length; at += step) csv.take(bytes.subarray(at, at + step));
    const rows = csv.end();
    return { rows, ...summarise(mergeParts([tally.part()])) };
  } catch (error) {
    return (error as Error).message;
  }
}

const rows = (count: number, note: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => `"lake/d=${i % 20}/${i * 7919}.csv","${i}","${note(i)}"\n`).join(
    '',
  );

t.test('a file in gzip is counted as its text is, wherever its pieces end', async (t) => {
  const texts = [
    rows(20_000, (i) => 'n'.repeat(i % 90)),
    rows(50, (i) => 'a long note, '.repeat(i === 25 ? 20_000 : 10)),
    rows(9, () => `over\nlines ${'""'.repeat(40_000)}`),
    rows(3, () => '').slice(0, -1),
    '',
  ];
  for (const text of texts)
    for (const step of [text.length + 100, 700])
      t.same(outcome(text, true, step), outcome(text, false, step));
  t.match(outcome(texts[0]!, true), { rows: 20_000 });
});

t.test('a row that is refused has the same place in a file in gzip as in its text', async (t) => {
  const good = rows(9000, (i) => 'n'.repeat(i % 90));
  for (const bad of [
    '"a/b","x","n"\n',
    '"a/b","1"\n',
    '"a/b","1","open\n',
    `"a/b","1","${'n'.repeat(longestRecord)}"\n`,
  ]) {
    const expected = outcome(good + bad + rows(9000, () => 'n'), false);
    t.match(expected, /^data\/1\.csv\.gz, line 9001 \(byte \d+ of its text\): /);
    t.equal(outcome(good + bad + rows(9000, () => 'n'), true), expected);
  }
});
