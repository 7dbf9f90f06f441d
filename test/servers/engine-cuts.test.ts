/** Needs no server, only time: runs through Athena and Trino cut at every call to a store or to the engine, and recovered. */
import t from 'tap';
import { withCredentials } from '../adapters/aws/stub-server.js';
import { athenaServer, cutEverywhere, quickTrino, trinoServer, withReadback } from '../crash/remote.js';

// Beside other suites on two processors it takes minutes.
t.setTimeout(900_000);
withReadback(t);
withCredentials(t);

const long = { timeout: 800_000 };

t.test('a run through Trino, cut at any call in any of four ways, is made whole by the next', long, (t) =>
  cutEverywhere(t, trinoServer),
);

t.test('so is one of whose short statements no more than the first page was noted', long, (t) =>
  cutEverywhere(t, quickTrino, 2),
);

t.test('a run through Athena, cut at any call in any of three ways, is made whole by the next', long, (t) =>
  cutEverywhere(t, athenaServer),
);
