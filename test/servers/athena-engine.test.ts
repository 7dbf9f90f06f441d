/** The Athena engine does what every engine must, through the real SDK client and an endpoint that executes; here, for it takes a while. */
import t from 'tap';
import { athenaWorld } from '../athena/world.js';
import { engineSuite } from '../conformance/engine.js';
import { groupSuite } from '../conformance/group.js';

t.test('Athena', async (t) => {
  await engineSuite(t, 'Athena', () => athenaWorld(t), {
    keepsOrder: false,
    reader: 'OpenCSVSerDe',
    refusesIdleDigits: true,
  });
});

t.test('Athena, several hours', (t) => groupSuite(t, 'Athena', () => athenaWorld(t)));
