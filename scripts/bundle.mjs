/** Bundles modules as the program is built: Node takes longer to find and link many modules than to read them. */
import { resolve } from 'node:path';
import { build } from 'esbuild';

/**
 * One file for each of these modules of `from`, and others for what they share and what is imported later; packages stay outside.
 * All that find another file by their own place lie two folders below dist/, as their sources below src/ do.
 * @param {readonly string[]} modules @param {{ from: string, to: string, shared?: string }} folders
 */
export async function bundle(modules, { from, to, shared = '' }) {
  await build({
    absWorkingDir: resolve(import.meta.dirname, '..'),
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
