import t from 'tap';
import { createPace, type Pace } from '../../../src/adapters/aws/list-pace.js';

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

/** Whether another request is of no use when so many are under way all the time and each answer takes so long. */
async function isFullWith(pace: Pace, requests: number, milliseconds: number): Promise<boolean> {
  for (let i = 0; i < requests; i++) await pace.enter();
  for (let i = 0; i < 60; i++) {
    pace.leave(true, milliseconds);
    await pace.enter();
  }
  pace.leave(true, milliseconds);
  const isFull = pace.isFull();
  for (let i = 1; i < requests; i++) pace.leave(true);
  return isFull;
}

t.test('a server is full once answers take six times as long as the soonest did alone', async (t) => {
  const pace = createPace(64);
  // The first has a connection to open, and another waits for an ACK.
  for (const milliseconds of [900, 10, 52]) {
    await pace.enter();
    pace.leave(true, milliseconds);
    t.equal(pace.isFull(), false);
  }
  t.equal(await isFullWith(pace, 8, 58), false, 'somewhat slower');
  t.equal(await isFullWith(pace, 8, 70), true);
  t.equal(await isFullWith(pace, 64, 20), false, 'as soon as it answers sooner again');
});

t.test('more requests are not begun at once than answers have told of', async (t) => {
  const pace = createPace(64);
  for (let i = 0; i < 3; i++) {
    await pace.enter();
    pace.leave(true, 10);
  }
  await isFullWith(pace, 4, 10);
  for (let i = 0; i < 22; i++) await pace.enter();
  t.equal(pace.isFull(), false, 'twenty-two, where four took no longer than one');
  for (let i = 0; i < 3; i++) await pace.enter();
  t.equal(pace.isFull(), true, 'twenty-five may take six times as long');
  for (let i = 0; i < 25; i++) pace.leave(true);
  t.equal(pace.isFull(22), false);
  t.equal(pace.isFull(25), true, 'so many streams that have yet to ask are as many requests');
});

t.test(
  'how long an answer takes is not known from requests beside each other, nor from those that failed',
  async (t) => {
    const pace = createPace(64);
    for (let i = 0; i < 5; i++) {
      await pace.enter();
      pace.leave(false, 1);
    }
    for (const milliseconds of [1, 1, 1, 1000, 1000]) {
      await Promise.all([pace.enter(), pace.enter()]);
      pace.leave(true, milliseconds);
      pace.leave(true, milliseconds);
    }
    t.equal(pace.isFull(), false);
  },
);
