/** The temporary tables of an attempt are named after it: whoever knows its path can take them away. */
import { droppedByName, listed } from '../../compaction/sql/hour-statements.js';
import { attemptToken, type Statement } from '../../compaction/sql/statement.js';
import { raise } from '../../kernel/errors.js';
import type { Prefix } from '../../kernel/s3.js';
import type { Work } from './athena-engine.js';
import { resultLines } from './athena-execution.js';

/** The tables are named after the attempt: one that stays is in nobody's way and goes with `sweep`. How many stay. */
export async function drop(
  work: Work,
  statements: readonly Statement[],
  token: () => string,
): Promise<number> {
  const signal = AbortSignal.timeout(60_000);
  let staying = 0;
  for (const statement of statements) {
    const dropped = await work.run(statement, token(), signal).catch(() => undefined);
    if (dropped?.state !== 'SUCCEEDED') staying += 1;
  }
  return staying;
}

/** Done in the name of no attempt: each statement has a token of its own. */
export async function sweep(work: Work, path: Prefix): Promise<void> {
  const token = (): string => attemptToken(work.options.fresh(), 0);
  const found = await work.run(listed(work.ground, path), token(), AbortSignal.timeout(60_000));
  const names = found.state === 'SUCCEEDED' ? await resultLines(work.service, found.id) : [];
  const drops = droppedByName(work.ground, path, names);
  if (found.state !== 'SUCCEEDED' || (await drop(work, drops, token)) > 0)
    raise('ENGINE_FAILED', {
      engine: 'athena',
      partition: path,
      why: 'temporary tables could not be dropped; the next run tries again',
    });
}
