/** Needs no server, only time: the crash suite with every kind of table and many more pairs of cuts; hours written together. */
import t from 'tap';
import { cutEverywhere, ways } from '../compaction/backfill.js';

process.env.BUCKETWISE_ALL_CUTS = 'yes';
await import('../crash/compaction.test.js');
await import('../compaction/symlink.test.js');
await import('../crash/roll-up.test.js');

t.test(
  'a run that writes hours together, cut at any call in any of three ways, is made whole by the next',
  async (t) => {
    const calls = await cutEverywhere(t, () => ways);
    t.ok(calls > 30, `${calls} calls, in three ways each`);
  },
);
