/** A few sequences each time; test/servers drives the 20,000. */
import t from 'tap';
import { driven } from './driven.js';

t.test('whatever happens to an hour, no row of it is lost or doubled, and one run makes it whole', (t) =>
  driven(t, 150),
);
