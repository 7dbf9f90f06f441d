/** Who may import whom, as DESIGN lays it down; `trespasses` reads sources as text and names every breach. */

/** A rule allows a folder (or one file), a single module "a/b", or a package by name. */
interface Rule {
  readonly at: string;
  readonly may: readonly string[];
}

const vendors = [
  '@aws-sdk/*',
  '@smithy/*',
  '@duckdb/node-api',
  'csv-parse',
  'hyparquet',
  'hyparquet-compressors',
  'vega-datasets',
];
const domains = [
  'pricing',
  'inventory',
  'prefixes',
  'scenarios',
  'compaction',
  'reconcile',
  'schedule',
  'report',
];

/** The first rule whose `at` begins the path of a file decides. */
export const rules: readonly Rule[] = [
  { at: 'kernel', may: ['decimal.js', 'node:crypto', 'node:buffer'] },
  { at: 'pricing', may: ['kernel'] },
  { at: 'prefixes', may: ['kernel'] },
  { at: 'schedule', may: ['kernel', 'croner'] },
  { at: 'inventory', may: ['kernel', 'prefixes', 'node:buffer', 'p-limit'] },
  { at: 'compaction', may: ['kernel', 'p-limit', 'prefixes/partition-keys'] },
  { at: 'scenarios', may: ['kernel', 'pricing', 'prefixes'] },
  { at: 'reconcile', may: ['kernel', 'pricing'] },
  { at: 'report', may: ['kernel', 'pricing', 'prefixes', 'scenarios', 'reconcile', 'd3-hierarchy'] },
  {
    at: 'adapters',
    may: [
      'kernel',
      'inventory/ports',
      'inventory/report-ports',
      'inventory/query-ports',
      'inventory/sql',
      'inventory/manifest-place',
      'inventory/manifest',
      'inventory/inventory-tally',
      'inventory/csv-columns',
      'inventory/columnar',
      'inventory/orc',
      'inventory/parquet',
      'prefixes/tree-part',
      'inventory/list-page-bytes',
      'reconcile/ports',
      'schedule/ports',
      'compaction/ports',
      'compaction/parquet-ports',
      'compaction/schema',
      'compaction/sql',
      'compaction/csv-records',
      'compaction/json-lines',
      'compaction/csv-traits',
      'prefixes/partition-keys',
      'p-limit',
      'node:*',
      ...vendors,
    ],
  },
  { at: 'documents.ts', may: ['kernel', 'ajv', 'yaml'] },
  {
    at: 'config',
    may: ['kernel', 'documents', 'compaction/schema', 'prefixes/partition-keys'],
  },
  { at: 'app.ts', may: ['kernel', 'config', 'documents', ...domains] },
  { at: 'app/', may: ['kernel', 'app', 'config', 'documents', ...domains] },
  {
    at: 'world.ts',
    may: ['kernel', 'world', 'adapters', 'app', 'config', 'documents', 'node:*', ...vendors],
  },
  { at: 'world', may: ['kernel', 'adapters', 'app', 'config', 'documents', 'node:*', ...vendors] },
  { at: 'index.ts', may: ['kernel', 'app', 'world', 'config', 'documents', ...domains] },
  {
    at: 'entry/cli',
    may: [
      'kernel',
      'app',
      'world',
      'config',
      'entry/http',
      'commander',
      'node:process',
      'node:module',
      'package.json',
    ],
  },
  { at: 'entry/http', may: ['kernel', 'app', 'world', 'config', 'documents', 'fastify', '@fastify/swagger'] },
  { at: 'entry/lambda', may: ['kernel', 'app', 'world', 'config'] },
];

/** Only these may act; the rest of a domain folder is pure and may not touch time, chance or the process. */
const impure = [
  'compaction/run.ts',
  'inventory/report.ts',
  'inventory/live-listing.ts',
  'schedule/scheduler.ts',
];

const forbiddenWords: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b/, 'Date.now'],
  [/\bnew Date\(\s*\)/, 'new Date()'],
  [/\bMath\.random\b/, 'Math.random'],
  [/\bprocess\s*\./, 'process'],
  [/\bset(?:Timeout|Interval|Immediate)\s*\(/, 'a timer'],
  [/\bconsole\s*\./, 'console'],
  [/\brandomUUID\b/, 'randomUUID'],
];

export interface SourceFile {
  /** Below src/, with "/". */
  readonly path: string;
  readonly text: string;
}

/** One sentence for each breach; empty when the house is in order. */
export function trespasses(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => [...importTrespasses(file), ...purityTrespasses(file)]);
}

function importTrespasses(file: SourceFile): string[] {
  const rule = rules.find(({ at }) => file.path === at || file.path.startsWith(at));
  if (!rule) return [`${file.path} has no rule: put it into a folder of the design`];
  return importsOf(file.text).flatMap((specifier) => {
    if (specifier === undefined) return [`${file.path} imports something computed at run time`];
    const target = resolved(file.path, specifier);
    return isAllowed(rule, target) ? [] : [`${file.path} may not import ${target}`];
  });
}

function isAllowed(rule: Rule, target: string): boolean {
  const own = rule.at.replace(/\.ts$|\/$/, '');
  return [own, ...rule.may].some(
    (name) =>
      target === name ||
      target.startsWith(`${name}/`) ||
      (name.endsWith('*') && target.startsWith(name.slice(0, -1))),
  );
}

function purityTrespasses(file: SourceFile): string[] {
  const isDomain = domains.includes(file.path.split('/')[0] ?? '') || file.path.startsWith('kernel/');
  if (!isDomain || impure.includes(file.path)) return [];
  const code = withoutComments(file.text);
  return forbiddenWords
    .filter(([pattern]) => pattern.test(code))
    .map(([, name]) => `${file.path} is pure and may not use ${name}`);
}

/** "../kernel/usd.js" seen from pricing/bill.ts → "kernel/usd". Packages and node: modules stay as they are. */
function resolved(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return new URL(specifier, `file:///${from}`).pathname.slice(1).replace(/\.(?:js|ts|mjs)$/, '');
}

/** Static, type-only, re-exporting, dynamic and require imports; undefined for one whose name is computed. */
export function importsOf(text: string): (string | undefined)[] {
  const code = withoutComments(text);
  const found: (string | undefined)[] = [];
  for (const match of code.matchAll(/(?:^|[;}\s])(?:import|export)\s[^;'"`]*?\sfrom\s*['"]([^'"]+)['"]/g))
    found.push(match[1]);
  for (const match of code.matchAll(/(?:^|[;}\s])import\s*['"]([^'"]+)['"]/g)) found.push(match[1]);
  for (const match of code.matchAll(
    /\b(?:import|require|createRequire\([^)]*\))\s*\(\s*(?:(['"])([^'"]+)\1\s*\)|(?=[^)]))/g,
  ))
    found.push(match[2]);
  return found;
}

/** Comments become blanks; string literals stay, for they hold the names of the imports. */
function withoutComments(text: string): string {
  return text.replace(
    /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (_, literal: string | undefined) => literal ?? ' ',
  );
}
