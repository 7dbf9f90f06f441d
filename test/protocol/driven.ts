/** The sequences as a test: how many there were, from which seed, and what they came to. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Tally } from './driving.js';

const program = join(import.meta.dirname, 'driving-process.ts');

export async function driven(t: Test, sequences: number): Promise<void> {
  const { code, out, errors } = await ended([String(sequences), process.env.BUCKETWISE_SEED ?? '']);
  if (code !== 0) return void t.fail(errors.slice(0, 4000));
  const tally = JSON.parse(out) as Tally;
  t.comment(JSON.stringify(tally));
  t.equal(tally.sequences, sequences);
  t.ok(tally.commits > sequences, 'most hours are committed, many more than once');
  for (const what of [
    'laterGenerations',
    'retirements',
    'deletions',
    'cleaned',
    'renames',
    'kills',
    'lost',
  ] as const)
    t.ok(tally[what] > 0, what);
}

/** The first sentence that weakened code breaks in so many sequences, which are the same each time. */
export async function faultOf(weakening: string, sequences: number): Promise<string | undefined> {
  const { code, errors } = await ended([String(sequences), '1', weakening]);
  return code === 0 ? undefined : (/\[cause\]: (.*)/.exec(errors)?.[1] ?? errors);
}

function ended(args: readonly string[]): Promise<{ code: number | null; out: string; errors: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args]);
  let [out, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, errors })));
}
