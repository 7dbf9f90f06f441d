import t from 'tap';
import { createPace } from '../../../src/adapters/aws/list-pace.js';

t.test('a word to slow down halves what is under way, and what goes well raises it again', async (t) => {
  const pace = createPace(8);
  for (let i = 0; i < 8; i++) await pace.enter();
  let isIn = false;
  const ninth = pace.enter().then(() => {
    isIn = true;
  });
  await Promise.resolve();
  t.equal(isIn, false, 'no more than allowed');
  for (let i = 0; i < 8; i++) {
    pace.slower();
    pace.leave(false);
  }
  await ninth;
  t.equal(pace.allowed, 8, 'one word is not enough before a round is over');
  pace.slower();
  t.equal(pace.allowed, 4);
  pace.slower();
  t.equal(pace.allowed, 4, 'those under way say nothing new');
  pace.leave(true);
  t.ok(pace.allowed > 4 && pace.allowed < 5);
  for (let i = 0; i < 100; i++) {
    await pace.enter();
    pace.leave(true);
  }
  t.equal(pace.allowed, 8);
});

t.test('at least one request is always under way', async (t) => {
  const pace = createPace(4);
  for (let i = 0; i < 50; i++) {
    await pace.enter();
    pace.leave(false);
    pace.slower();
  }
  t.equal(pace.allowed, 1);
  await pace.enter();
  pace.leave(true);
});
