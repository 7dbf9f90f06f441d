/** Needs no server, only time: hours written together through Trino, the run cut at every call, and recovered. */
import t from 'tap';
import { withCredentials } from '../adapters/aws/stub-server.js';
import { trinoServer, withReadback } from '../crash/remote.js';
import { cutGroups } from '../crash/remote-groups.js';

withReadback(t);
withCredentials(t);

t.test(
  'hours written together through Trino, cut at any call in any of three ways, are made whole by the next run',
  (t) => cutGroups(t, trinoServer),
);
