#!/usr/bin/env node
/** The command line: arguments in, data on stdout, sentences on stderr, one exit code out. */
import { createRequire } from 'node:module';
import { CommanderError } from 'commander';
import { BucketwiseError, errorTable, raise } from '../../kernel/errors.js';
import { printable } from '../../kernel/s3.js';
import type { Door } from './door.js';
import { type Act, buildProgram, type CommonOptions } from './program.js';
import { openTerminal } from './terminal.js';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  });
// `bucketwise scan … | head`: the reader has what it wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  process.exit(told(new BucketwiseError('OUTPUT_FAILED', { why: error.message }, error)));
});
// Where nobody can be told, the exit code still says it.
process.stderr.on('error', () => undefined);

let verbose = process.argv.includes('--verbose');

const act: Act = async (load, args, options: CommonOptions) => {
  verbose = options.verbose;
  const terminal = openTerminal(options);
  const format = options.json ? 'json' : options.output;
  const [module, { createWorld }, { createApp, formats }] = await Promise.all([
    load(),
    import('../../world.js'),
    import('../../app.js'),
  ]);
  // Before an hour of listing, not after it.
  if (!formats.includes(format)) raise('FORMAT_UNKNOWN', { format, known: formats.join(', ') });
  const world = createWorld({
    environment: process.env,
    ...(options.region === undefined ? {} : { region: options.region }),
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(options.endpointUrl === undefined ? {} : { endpointUrl: options.endpointUrl }),
  });
  const door: Door = { app: createApp(world), terminal, signal: stop.signal, format };
  await module.run(door as never, args, options as never);
};

async function main(): Promise<number> {
  try {
    await buildProgram(version(), act).parseAsync();
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return told(error);
  }
}

function version(): string {
  const require = createRequire(import.meta.url);
  return (require('../../../package.json') as { version: string }).version;
}

/** The message and what to do on stderr; the exit code from the table. */
function told(error: unknown): number {
  const known =
    error instanceof BucketwiseError
      ? error
      : new BucketwiseError('UNEXPECTED', { why: (error as Error)?.message ?? String(error) }, error);
  process.stderr.write(`${known.code}: ${printable(known.message)}\n${printable(known.hint)}\n`);
  if (verbose) process.stderr.write(`${traceOf(known)}\n${traceOf(known.cause)}\n`);
  return errorTable[known.code].exit;
}

/** Line by line, since a message may hold what a stranger wrote. */
const traceOf = (error: unknown): string =>
  String((error as Error | undefined)?.stack ?? '')
    .split('\n')
    .map(printable)
    .join('\n');

process.exitCode = await main();
// After a failure or an interrupt a server may still owe an answer: its connection must not hold the process.
if (process.exitCode !== 0) process.stdout.write('', () => process.exit());
