import t from 'tap';
import { giveBack, sumCount, takeRoom } from '../../src/prefixes/sum-room.js';

t.test('no two rooms have a sum in common, and all begin with nothing', async (t) => {
  const rooms = Array.from({ length: 600 }, takeRoom);
  rooms.forEach(({ sums, at }, number) => {
    t.ok(
      sums.subarray(at, at + sumCount).every((sum) => sum === 0),
      `room ${number}`,
    );
    sums.fill(number + 1, at, at + sumCount);
  });
  t.ok(
    rooms.every(({ sums, at }, number) => sums[at] === number + 1 && sums[at + sumCount - 1] === number + 1),
  );
});

t.test('a room that is given back is the next one, and empty', async (t) => {
  const { sums, at } = takeRoom();
  sums.fill(7, at, at + sumCount);
  giveBack({ sums, at });
  const next = takeRoom();
  t.same([next.sums === sums, next.at], [true, at]);
  t.equal(sums.subarray(at, at + sumCount).indexOf(7), -1);
});
