/** A suite that the runner is told to leave out must be one that runs in a shared process, and the other way round. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { groups } from './suites.js';

t.test('the folders left out by the runner are those run together, besides the servers', async (t) => {
  const { exclude } = parse(readFileSync(join(import.meta.dirname, '../../.taprc'), 'utf8'));
  t.same([...exclude].sort(), [...groups.flat(), 'servers'].map((folder) => `test/${folder}/**`).sort());
});
