/** What an engine's error says of a value, in the words every engine uses for it. */
import type { WriteJob, WriteResult } from '../../compaction/ports.js';
import { misfitIn } from '../../compaction/sql/statement.js';
import { printable } from '../../kernel/s3.js';

/** A refusal when the words name a value; `counts` is the row of "count misfits", where it could be had. */
export function misfitRefusal(
  job: WriteJob,
  words: string,
  counts?: readonly unknown[],
): WriteResult | undefined {
  const misfit = misfitIn(words);
  if (!misfit) return undefined;
  const type = job.columns.find(({ name }) => name === misfit.column)?.type ?? '';
  const why = `column "${misfit.column}": "${printable(misfit.text)}" would not be kept as ${type}`;
  return { outcome: 'refused', why: `${why}${countsText(job, counts)}` };
}

function countsText({ columns }: WriteJob, counts: readonly unknown[] | undefined): string {
  if (!counts) return '';
  const typed = columns.filter(({ type }) => type !== 'string');
  const told = typed.flatMap(({ name }, at) => {
    const count = Number(counts[at * 2]);
    return count > 0 ? [`${count} in "${name}"`] : [];
  });
  return told.length > 0 ? ` (values that do not fit: ${told.join(', ')})` : '';
}
