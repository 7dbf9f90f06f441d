// `npm run demo`: a sample lake from real records, then the built program on it.
import { spawnSync } from 'node:child_process';

const dir = process.argv[2] ?? 'demo-lake';
const step = (...args) => {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
};

step('--import', 'tsx', 'scripts/make-sample-lake.ts', dir);
step('dist/entry/cli/main.js', 'demo', dir);
