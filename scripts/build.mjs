/** Makes dist/: the program, bundled, and the types of all of it. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { bundle } from './bundle.mjs';

/** What is started or imported by its name. */
const entries = [
  'index',
  'entry/cli/main',
  'entry/lambda/handler',
  'adapters/duckdb/worker',
  'adapters/inventory/scan-thread',
];

const root = resolve(import.meta.dirname, '..');
// A deleted source must not live on.
rmSync(resolve(root, 'dist'), { recursive: true, force: true });
const types = [resolve(root, 'node_modules/typescript/bin/tsc'), '-p', resolve(root, 'tsconfig.json')];
const { status } = spawnSync(process.execPath, types, { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
await bundle(entries, { from: 'src', to: 'dist', shared: 'shared/chunks/' });
