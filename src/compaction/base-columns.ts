/** Files that are added to an hour must have its columns: a reader of the hour reads files of both generations as one table. */
import type { Attempt } from './commit.js';
import { type Evidence, readRecord } from './journal.js';
import { columnText } from './schema.js';
import type { HourValues } from './source-values.js';

type Shown = Evidence['schema'];

/** Why today's columns cannot stand beside those of the hour's files, or undefined. New columns at the end can, and are NULL before. */
export async function columnFault(
  { ports, generation, partition, spent }: Attempt,
  { schema }: HourValues,
): Promise<string | undefined> {
  const pointer = generation.base?.pointer.record;
  if (generation.kind === 'whole' || !pointer || pointer.files.length === 0) return undefined;
  spent.get += 1;
  const found = await readRecord<Evidence>(ports.target, pointer.evidence, ['schema']);
  const was = found?.record.schema ?? [];
  const is = schema.columns.map((column) => ({ name: column.name, type: columnText(column) }));
  const at = was.findIndex(({ name, type }, i) => name !== is[i]?.name || type !== is[i].type);
  if (at < 0) return undefined;
  return `the files of ${partition} have the columns ${textOf(was)}, and ${placeOf(schema.from)} now ${textOf(is)}: files of both would lie side by side. Set the columns back for what came late, or put the hour's other sources back, so that it can be made anew; new columns may only follow after the last`;
}

const placeOf = (from: string): string =>
  from === 'config' ? 'the config has' : from === 'sources' ? 'the sources have' : `${from} has`;

const textOf = (columns: Shown): string => columns.map(({ name, type }) => `${name} ${type}`).join(', ');
