import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { openFileStore } from '../../../src/adapters/files/object-store.js';
import { controlKeys } from '../../conformance/hostile-keys.js';
import { objectStoreSuite } from '../../conformance/object-store.js';

await objectStoreSuite(
  t,
  'a folder',
  async () => {
    const root = await mkdtemp(join(tmpdir(), 'bucketwise-store-'));
    return { store: openFileStore({ root }), close: () => rm(root, { recursive: true }) };
  },
  controlKeys,
);
