/** Needs no server, only time: hours written together through Athena, the run cut at every call, and recovered. */
import t from 'tap';
import { withCredentials } from '../adapters/aws/stub-server.js';
import { athenaServer, withReadback } from '../crash/remote.js';
import { cutGroups } from '../crash/remote-groups.js';

withReadback(t);
withCredentials(t);

t.test(
  'hours written together through Athena, cut at any call in any of three ways, are made whole by the next run',
  (t) => cutGroups(t, athenaServer),
);
