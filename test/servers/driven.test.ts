/** Needs no server, only time: half of the sequences on each of two processors. */
import t from 'tap';
import { driven } from '../protocol/driven.js';

const sequences = Number(process.env.BUCKETWISE_SEQUENCES ?? 20_000);
t.setTimeout(1_800_000);
t.jobs = 2;

for (const half of ['one half', 'the other half'])
  t.test(
    `whatever happens to an hour, ${half} of ${sequences} times, no row is lost or doubled`,
    { timeout: 1_700_000 },
    (t) => driven(t, Math.ceil(sequences / 2)),
  );
