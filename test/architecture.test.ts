import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import t from 'tap';
import { type SourceFile, trespasses } from './architecture.js';

const src = join(import.meta.dirname, '..', 'src');

function sources(): SourceFile[] {
  return readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({
      path: relative(src, path).split(sep).join('/'),
      text: readFileSync(path, 'utf8'),
    }));
}

t.test('every import of the house is one the design allows', async (t) => {
  const files = sources();
  t.ok(files.length > 20, 'the house was really read');
  t.same(trespasses(files), []);
});

t.test('no file of the house is longer than 250 lines', async (t) => {
  const long = sources()
    .map(({ path, text }) => `${path}: ${text.split('\n').length - 1}`)
    .filter((line) => Number(line.split(': ')[1]) > 250);
  t.same(long, []);
});

const planted: readonly (readonly [string, string, string])[] = [
  ['a vendor in pricing', 'pricing/x.ts', "import { S3Client } from '@aws-sdk/client-s3';"],
  ['node:fs in compaction', 'compaction/x.ts', "import { readFile } from 'node:fs/promises';"],
  ['pricing using scenarios', 'pricing/x.ts', "import { compact } from '../scenarios/compact.js';"],
  ['a door using a domain', 'entry/cli/x.ts', "import type { Bill } from '../../pricing/bill.js';"],
  ['a door using node:fs', 'entry/cli/x.ts', "import { readFileSync } from 'node:fs';"],
  ['a dynamic import', 'scenarios/x.ts', "const x = await import('../compaction/run.js');"],
  ['a dynamic import over lines', 'pricing/x.ts', "const x = await import(\n  'node:fs'\n);"],
  ['a computed import', 'pricing/x.ts', 'const x = await import(name);'],
  ['a re-export', 'prefixes/x.ts', "export { bill } from '../pricing/bill.js';"],
  ['a re-export of everything', 'prefixes/x.ts', "export * from '../pricing/bill.js';"],
  ['a type-only import', 'kernel/x.ts', "import type { Bill } from '../pricing/bill.js';"],
  ['an import for its effect', 'report/x.ts', "import 'node:http';"],
  ['a require', 'pricing/x.ts', "const fs = require('node:fs');"],
  ['decimal.js outside the kernel', 'pricing/x.ts', "import { Decimal } from 'decimal.js';"],
  ['an adapter using a use case', 'adapters/files/x.ts', "import { createApp } from '../../app.js';"],
  ['an adapter using a whole domain', 'adapters/files/x.ts', "import { bill } from '../../pricing/bill.js';"],
  ['the wall clock in a pure file', 'scenarios/x.ts', 'export const at = () => Date.now();'],
  ['chance in a pure file', 'prefixes/x.ts', 'export const x = Math.random();'],
  ['the environment in a pure file', 'report/x.ts', 'export const x = process.env.HOME;'],
  ['a file outside the rooms', 'extra.ts', 'export const x = 1;'],
];

t.test('a planted trespass is found', async (t) => {
  for (const [what, path, text] of planted) {
    t.equal(trespasses([{ path, text }]).length, 1, what);
  }
});

t.test('what is allowed is not called a trespass', async (t) => {
  const allowed: readonly SourceFile[] = [
    { path: 'pricing/x.ts', text: "import { charge } from '../kernel/usd.js'; // import 'node:fs'" },
    { path: 'compaction/x.ts', text: "import { partitionOf } from '../prefixes/partition-keys.js';" },
    { path: 'adapters/aws/x.ts', text: "import { S3Client } from '@aws-sdk/client-s3';" },
    { path: 'world.ts', text: "const { openS3Store } = await import('./adapters/aws/object-store.js');" },
    { path: 'entry/cli/x.ts', text: "import { createApp } from '../../app.js';" },
  ];
  t.same(trespasses(allowed), []);
});
