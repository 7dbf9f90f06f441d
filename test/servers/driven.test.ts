/** Needs no server, only time. */
import t from 'tap';
import { driven } from '../protocol/driven.js';

t.test(
  'whatever happens to an hour, 20,000 times: no row is lost or doubled, and one run makes it whole',
  (t) => driven(t, Number(process.env.BUCKETWISE_SEQUENCES ?? 20_000)),
);
