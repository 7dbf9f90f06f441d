/** src/pricing, already mutated, and its tests become one script that a worker evaluates in a few milliseconds. */
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';

// Random inputs would make the score a matter of luck; every Region's file and the compiler are not what is mutated.
const leftOut = ['properties.test.ts', 'price-facts.test.ts'];
const files = readdirSync('test/pricing')
  .filter((name) => name.endsWith('.test.ts') && !leftOut.includes(name))
  // What a mutant of the schema breaks is seen here soonest.
  .sort((a, b) => Number(b.includes('values')) - Number(a.includes('values')) || (a < b ? -1 : 1))
  .map((name) => `./test/pricing/${name}`);

/** tap and ajv are answered by files beside this one, except to those files themselves. */
function standIns({ onResolve }) {
  onResolve({ filter: /^(?:tap|ajv)$/ }, ({ path, importer }) =>
    importer.includes('scripts/mutation/')
      ? { path, external: true }
      : { path: resolve(`scripts/mutation/${path}.ts`) },
  );
}

await build({
  stdin: {
    contents: [
      ...[...files, './test/golden/published.test.ts'].map((file) => `import '${file}';`),
      "export { registered } from 'tap';",
    ].join('\n'),
    resolveDir: process.cwd(),
  },
  bundle: true,
  // Loaded once by each worker.
  packages: 'external',
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // The worker evaluates a script, which has no import() of its own.
  supported: { 'dynamic-import': false },
  plugins: [{ name: 'stand-ins', setup: standIns }],
  // Both folders of tests lie at this depth.
  define: { 'import.meta.dirname': JSON.stringify(resolve('test/pricing')) },
  outfile: 'mutation-bundle.cjs',
  logLevel: 'warning',
});
