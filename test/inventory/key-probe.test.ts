import t from 'tap';
import { firstProbe, isDue, learned, questionOf } from '../../src/inventory/key-probe.js';
import type { KeyPage } from '../../src/inventory/ports.js';
import { batchOf } from './memory-pager.js';

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
