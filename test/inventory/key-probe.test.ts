import t from 'tap';
import { afterPage, firstProbe, isDue, learned, questionOf } from '../../src/inventory/key-probe.js';
import type { KeyPage } from '../../src/inventory/ports.js';
import { batchOf } from './memory-pager.js';

const numbered = (count: number, key: (i: number) => string): string[] =>
  Array.from({ length: count }, (_, i) => key(i));
const pad = (i: number): string => String(i).padStart(4, '0');

const answer = (prefixes: readonly string[], keys: readonly string[] = [], token?: string): KeyPage => ({
  ...{ batch: batchOf(keys), prefixes },
  ...(token !== undefined && { next: { token } }),
});

t.test('a hundred folders are asked for first, and the rest only of a server that has room', async (t) => {
  const first = firstProbe('lake/');
  t.same(questionOf(first), { prefix: 'lake/', delimiter: '/', maxKeys: 100 });
  t.equal(isDue(first, 1, { isFull: () => true }), true);
  const { landmarks, next } = learned(first, answer(['lake/a/', 'lake/b/'], [], 't'));
  t.same(landmarks, [{ key: 'lake/a/' }, { key: 'lake/b/' }]);
  t.same(questionOf(next!), { prefix: 'lake/', delimiter: '/', from: { token: 't' } });
  const eight = { isFull: (streams: number) => streams >= 8 };
  for (const streams of [1, 4, 7, 8]) t.equal(isDue(next!, streams, eight), false, `${streams} of eight`);
  const many = { isFull: (streams: number) => streams >= 64 };
  t.equal(isDue(next!, 3, many), false, 'too early to tell');
  t.equal(isDue(next!, 4, many), true);
  t.equal(isDue(next!, 16, many), false);
  t.equal(isDue(next!, 4, {}), true);
  t.same(learned(next!, answer(['lake/z/'], [], 'more')), { landmarks: [{ key: 'lake/z/' }] });
  t.same(learned(first, answer(['lake/a/', 'lake/b/'])).next, undefined, 'nothing is left to ask');
});

t.test('one folder alone is looked into, four levels deep, unless keys lie beside it', async (t) => {
  let probe = firstProbe('');
  const asked: string[] = [];
  for (let level = 0; level < 9; level++) {
    asked.push(questionOf(probe).prefix);
    const { next, landmarks } = learned(probe, answer([`${probe.prefix}d/`]));
    t.same(landmarks, []);
    if (!next) break;
    t.equal(isDue(next, 1, {}), true);
    probe = next;
  }
  t.same(asked, ['', 'd/', 'd/d/', 'd/d/d/']);
  t.same(learned(firstProbe(''), answer(['d/'], ['a'])), { landmarks: [] });
  t.same(learned(firstProbe(''), answer([])), { landmarks: [] });
});

t.test('behind many small folders only the rest is worth a request, and nothing behind keys in none', (t) => {
  const pages: readonly [string, string, readonly string[], 'all' | 'rest' | 'nothing'][] = [
    ['17 folders', '', numbered(34, (i) => `${pad(i >> 1)}/${i}`), 'rest'],
    ['16 folders', '', numbered(32, (i) => `${pad(i >> 1)}/${i}`), 'all'],
    ['keys beside folders', 'é/', numbered(17, (i) => `é/${pad(i)}`), 'nothing'],
    ['and a folder', 'é/', [...numbered(17, (i) => `é/${pad(i)}`), 'é/x/1'], 'rest'],
    ['few keys', 'é/', numbered(16, (i) => `é/${pad(i)}`), 'all'],
    ['one folder', 'lake/', numbered(1000, (i) => `lake/a/${pad(i)}/x`), 'all'],
    [
      'a key that is the beginning of the next',
      '/',
      ['/a', '/a/b', ...numbered(16, (i) => `/a/b${i}`)],
      'all',
    ],
    ['no key', '', [], 'all'],
  ];
  for (const [what, prefix, keys, isLeft] of pages) {
    const probe = firstProbe(prefix);
    const left = { all: probe, rest: { ...probe, from: { key: keys.at(-1) } }, nothing: undefined };
    t.same(afterPage(probe, batchOf(keys)), left[isLeft], what);
  }
  t.end();
});
