/**
 * Makes dist/: the program in a few files, since Node takes longer to find and link many modules than to read them, and the types of all.
 * What is imported later stays in files of its own, and packages stay outside.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '..');

/**
 * One file for each of these of `from`, and others for what they share. All of them that find another file by their own place lie two
 * folders below dist/, as their sources below src/ do.
 * @param {readonly string[]} modules @param {{ from: string, to: string, shared?: string }} folders
 */
export async function bundle(modules, { from, to, shared = '' }) {
  await build({
    absWorkingDir: root,
    entryPoints: modules.map((module) => `${from}/${module}.ts`),
    outbase: from,
    outdir: to,
    chunkNames: `${shared}[name]-[hash]`,
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'warning',
  });
}

/** What is started or imported by its name. */
const entries = [
  'index',
  'entry/cli/main',
  'entry/lambda/handler',
  'adapters/duckdb/worker',
  'adapters/inventory/scan-thread',
];

if (process.argv[1] === import.meta.filename) {
  // A deleted source must not live on.
  rmSync(resolve(root, 'dist'), { recursive: true, force: true });
  const types = [resolve(root, 'node_modules/typescript/bin/tsc'), '-p', resolve(root, 'tsconfig.json')];
  const { status } = spawnSync(process.execPath, types, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  await bundle(entries, { from: 'src', to: 'dist', shared: 'shared/chunks/' });
}
