/** Runs the built program as a user does: its own process, its own streams. */
import {
  type ChildProcessWithoutNullStreams,
  type SpawnOptionsWithoutStdio,
  spawn,
} from 'node:child_process';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');
const program = join(root, 'dist', 'entry', 'cli', 'main.js');

/** A test runner's own imports, handed down in NODE_OPTIONS, would make every start of the program three times as slow. */
const asUsersStartIt = ['-u', 'NODE_OPTIONS', process.execPath] as const;

export function startProgram(
  args: readonly string[],
  options: SpawnOptionsWithoutStdio,
): ChildProcessWithoutNullStreams {
  return spawn('env', [...asUsersStartIt, program, ...args], options);
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Start {
  readonly cwd?: string;
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Standard input stays open behind `input`. */
  readonly keepOpen?: boolean;
  /** SIGINT as soon as this is true. */
  readonly interruptOnce?: () => boolean;
  /** SIGTERM when stderr has said this. */
  readonly endWhen?: RegExp;
}

export function bucketwise(args: readonly string[], start: Start = {}): Promise<Ended> {
  const child = startProgram(args, {
    cwd: start.cwd ?? root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...start.environment },
    stdio: 'pipe',
  });
  let out = '';
  let err = '';
  let isEnding = false;
  const watch = setInterval(() => {
    if (!start.interruptOnce?.()) return;
    clearInterval(watch);
    child.kill('SIGINT');
  }, 10);
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk;
    // Once: a second signal ends the program without waiting for what is under way.
    if (isEnding || !start.endWhen?.test(err)) return;
    isEnding = child.kill('SIGTERM');
  });
  if (start.keepOpen) child.stdin.write(start.input ?? '');
  else child.stdin.end(start.input ?? '');
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(watch);
      resolve({ code, out, err });
    });
  });
}

export const json = (ended: Ended): Record<string, unknown> => JSON.parse(ended.out);
