/**
 * Writes the tables of README.md that derive from code, between their marks; `--check` only compares.
 *
 *   node --import tsx scripts/write-docs.ts [--check]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { errorTable } from '../src/kernel/errors.js';

const readme = new URL('../README.md', import.meta.url);

export function errorRows(): string {
  const rows = Object.entries(errorTable).map(
    ([code, { message, hint, status, exit, retryable }]) =>
      `| \`${code}\` | ${exit} | ${status} | ${retryable ? 'yes' : 'no'} | ${cell(message)} ${cell(hint)} |`,
  );
  return ['| code | exit | HTTP | retry | says |', '|---|---|---|---|---|', ...rows].join('\n');
}

const cell = (text: string): string =>
  text
    .replace(/\{(\w+)\}/g, '‹$1›')
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;');

export function withTables(text: string): string {
  return text.replace(
    /(<!-- errors -->\n)[\s\S]*?(\n<!-- \/errors -->)/,
    (_, open: string, close: string) => `${open}${errorRows()}${close}`,
  );
}

if (import.meta.filename === process.argv[1]) {
  const text = readFileSync(readme, 'utf8');
  const wanted = withTables(text);
  if (process.argv.includes('--check')) process.exitCode = wanted === text ? 0 : 1;
  else writeFileSync(readme, wanted);
}
