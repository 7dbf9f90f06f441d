/** Benchmarks that run the program as users do need it built, and built from the sources that lie there now; its parts, too. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../bundle.mjs';

const root = join(import.meta.dirname, '../..');

/** Throws what to do. */
export function requireBuilt(): void {
  const built = join(root, 'dist', 'index.js');
  if (!existsSync(built)) throw new Error('dist/ is missing: run "npm run build" first');
  const builtAt = statSync(built).mtimeMs;
  const newer = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .find((name) => statSync(join(root, 'src', name)).mtimeMs > builtAt);
  if (newer !== undefined) throw new Error(`dist/ is older than src/${newer}: run "npm run build" first`);
}

/** Builds modules of a folder as the program is built; where the first of them lies then. */
export async function builtParts(modules: readonly string[], from = 'scripts/bench'): Promise<string> {
  const to = 'dist/bench/parts';
  await bundle(modules, { from, to });
  return join(root, to, `${modules[0]}.js`);
}
