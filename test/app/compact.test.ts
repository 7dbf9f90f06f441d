/** What the use case does before it reaches a table. */
import t from 'tap';
import { compact } from '../../src/app/compact.js';
import type { Surroundings } from '../../src/app/surroundings.js';

const config = `
tables:
  - name: clicks
    source: { uri: "file:///lake/csv" }
    target: { uri: "file:///lake/parquet" }
`;
const given = { files: { read: async () => config } } as unknown as Surroundings;
const watch = { progress: () => undefined, note: () => undefined };

for (const verb of ['plan', 'run', 'status'] as const)
  t.test(
    `an interrupt before the first table ends ${verb} as an interrupt, not as an empty result`,
    async (t) => {
      await t.rejects(compact(given, verb, { config: 'b.yaml' }, { ...watch, signal: AbortSignal.abort() }), {
        code: 'INTERRUPTED',
      });
    },
  );
