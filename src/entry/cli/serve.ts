/** `serve`: the HTTP API on loopback and the schedule of the configured tables, until it is told to stop. */
import { createRequire } from 'node:module';
import { raise } from '../../kernel/errors.js';
import { buildServer, isLoopback } from '../http/server.js';
import { type Door, given, watching, wholeNumber } from './door.js';

interface ServeFlags {
  readonly config?: string;
  readonly port: string;
  readonly host: string;
}

export async function run(door: Door, _: readonly string[], flags: ServeFlags): Promise<void> {
  if (!isLoopback(flags.host))
    raise('ARGUMENT_INVALID', { field: '--host', why: `"${flags.host}" is not a loopback address` });
  const port = wholeNumber('--port', flags.port);
  const { version } = createRequire(import.meta.url)('../../../package.json') as { version: string };
  const schedule = await door.app.serveTables(given({ config: flags.config }), watching(door));
  const server = await buildServer(door.app, schedule, version, door.terminal.note);
  try {
    const address = await server.listen({ port, host: flags.host });
    door.terminal.note(`bucketwise answers at ${address} (its description: ${address}/openapi.json)`);
    for (const line of schedule.lines()) door.terminal.note(line);
    schedule.catchUp();
    await stopped(door.signal);
    door.terminal.note('Stopping; what is under way is finished first.');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EADDRINUSE')
      raise('PORT_IN_USE', { port: flags.port }, cause);
    throw cause;
  } finally {
    await Promise.all([schedule.stop(), server.close()]);
  }
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
