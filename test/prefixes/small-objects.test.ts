import t from 'tap';
import { KIB, MIB } from '../../src/kernel/bytes.js';
import type { ObjectRecord } from '../../src/kernel/s3.js';
import { addObjects, createPrefixTree, prefixTreeDefaults } from '../../src/prefixes/prefix-tree.js';
import { flagSmallObjects, smallObjectDefaults } from '../../src/prefixes/small-objects.js';
import { objectNamed } from '../inventory/memory-lister.js';
import { summaryOf } from './summary.js';

const flagsOf = (objects: readonly ObjectRecord[]) => {
  const tree = createPrefixTree({ prefix: '', ...prefixTreeDefaults });
  addObjects(tree, objects);
  return flagSmallObjects(summaryOf(tree).prefixes, smallObjectDefaults);
};
const many = (objects: number, name: (i: number) => string, size: number, storageClass?: string) =>
  Array.from({ length: objects }, (_, i) => objectNamed(name(i), size, storageClass));
const two = (i: number) => String(i % 24).padStart(2, '0');
const hourly = (i: number) => `csv/clicks/year=2026/month=11/day=22/hour=${two(i)}/${i}.csv`;

t.test('a table of small files is flagged once, at the table, with the files it would become', async (t) => {
  const flags = flagsOf(many(2400, hourly, 10 * KIB));
  t.match(flags, [
    {
      prefix: 'csv/clicks/',
      kind: 'small-files',
      objects: 2400n,
      bytes: BigInt(2400 * 10 * KIB),
      confidence: 'high',
      recommendation: 'Compact into about 24 files of up to 128 MiB.',
      why: '2,400 of 2,400 objects are below 128 KiB, 10 KiB on average.',
    },
  ]);
  t.equal(flags.length, 1);
});

t.test('each small object is in one finding only', async (t) => {
  const flags = flagsOf([
    ...many(300, (i) => `a/b/${i}`, 10),
    ...many(200, (i) => `a/${i}`, 10),
    ...many(50, (i) => `a/c/${i}`, 10),
  ]);
  t.same(
    flags.map((flag) => [flag.prefix, flag.objects]),
    [
      ['a/b/', 300n],
      ['a/', 250n],
    ],
  );
});

t.test('large objects, few objects and a minority of small ones are no finding', async (t) => {
  t.same(flagsOf(many(1000, (i) => `a/${i}`, MIB)), []);
  t.same(flagsOf(many(99, (i) => `a/${i}`, 10)), []);
  t.same(flagsOf([...many(400, (i) => `a/${i}`, 10), ...many(500, (i) => `a/l${i}`, MIB)]), []);
  t.same(flagsOf([]), []);
});

t.test('small objects in a class with a floor are named for their padding', async (t) => {
  const flags = flagsOf([
    ...many(150, (i) => `ia/${i}`, 2 * KIB, 'STANDARD_IA'),
    ...many(9, (i) => `ia/b${i}`, MIB, 'STANDARD_IA'),
  ]);
  t.match(flags, [
    { prefix: 'ia/', kind: 'padded-objects', objects: 150n, bytes: BigInt(300 * KIB), confidence: 'high' },
  ]);
  t.match(flags[0]?.why, /150 objects of 2 KiB on average are billed as 128 KiB each/);
});

t.test('small objects in an archive are named for their overhead', async (t) => {
  t.match(flagsOf(many(150, (i) => `old/${i}`, 2 * KIB, 'DEEP_ARCHIVE')), [
    { prefix: 'old/', kind: 'archived-small-objects', objects: 150n, why: /40 KiB of overhead each/ },
  ]);
});

t.test('objects that may not hold rows are flagged with low confidence', async (t) => {
  t.match(flagsOf(many(150, (i) => `thumbs/${i}.jpg`, 2 * KIB)), [
    { confidence: 'low', recommendation: /^If these objects hold rows/ },
  ]);
  t.match(flagsOf(many(150, (i) => `json/${i}.json`, 2 * KIB)), [{ confidence: 'medium' }]);
});

t.test('the writer is named, and what to set there', async (t) => {
  const name = (i: number) =>
    `fh/2026/11/22/${two(i)}/clicks-1-2026-11-22-05-01-09-1f0c2a3b-4d5e-6f70-8192-${String(i).padStart(12, '0')}`;
  t.match(flagsOf(many(200, name, 2 * KIB)), [
    {
      prefix: 'fh/',
      confidence: 'high',
      recommendation: /raise the buffer size/,
      why: /written by Amazon Data Firehose/,
    },
  ]);
});

t.test('folders without a name are flagged like others', async (t) => {
  const flags = flagsOf([...many(300, (i) => `/${i}`, 10), ...many(200, (i) => `//x/${i}`, 10)]);
  t.same(
    flags.map((flag) => [flag.prefix, flag.objects]),
    [
      ['/', 300n],
      ['//x/', 200n],
    ],
  );
});

t.test('most small objects come first', async (t) => {
  const flags = flagsOf([
    ...many(150, (i) => `a/${i}`, 10),
    ...many(300, (i) => `b/${i}`, 10, 'GLACIER_IR'),
    ...many(150, (i) => `c/${i}`, 10),
  ]);
  t.same(
    flags.map((flag) => flag.prefix),
    ['b/', 'a/', 'c/'],
  );
});
