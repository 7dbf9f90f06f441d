import t from 'tap';
import { begunAnew, emptyTrail, strayed } from '../../src/inventory/key-trail.js';

t.test('places without a key are not followed for ever, though each is new', async (t) => {
  const trail = emptyTrail();
  const walk = (places: number): (string | undefined)[] =>
    Array.from({ length: places }, (_, at) => strayed(trail, { token: `t${at}` })).filter(Boolean);
  t.same(walk(100_000), []);
  t.match(strayed(trail, { token: 'on' }), /more follows, after 100,000 pages in a row without a new key/);
  begunAnew(trail);
  t.same(walk(100_000), [], 'counted from the last new key');
});

t.test('a circle is found wherever it begins, before it is gone round thrice', async (t) => {
  for (const before of [0, 1, 5, 100])
    for (const length of [1, 2, 5, 33, 1000]) {
      const trail = emptyTrail();
      const place = (at: number): number => (at < before ? at : before + ((at - before) % length));
      let at = 0;
      while (at < 1e5 && strayed(trail, { key: 'k', version: `${place(at)}` }) === undefined) at += 1;
      t.ok(at <= 3 * Math.max(before, length), `${before}, ${length}: after ${at}`);
    }
});
