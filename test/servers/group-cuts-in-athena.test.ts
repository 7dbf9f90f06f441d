/** Needs no server, only time: hours written together through Athena, the run cut at its calls (BUCKETWISE_LONG=yes: at every one), and recovered. */
import t from 'tap';
import { withCredentials } from '../adapters/aws/stub-server.js';
import { athenaServer, withReadback } from '../crash/remote.js';
import { cutGroups } from '../crash/remote-groups.js';

const stride = process.env.BUCKETWISE_LONG === 'yes' ? 1 : 6;
t.setTimeout(1_800_000);
withReadback(t);
withCredentials(t);

t.test(
  'hours written together through Athena, cut at a call in any of three ways, are made whole by the next run',
  { timeout: 1_700_000 },
  (t) => cutGroups(t, athenaServer, stride),
);
