/** The rows of a source that was compacted may come back under another etag: its upload was repeated in other parts, or encrypted anew. */
import { printable } from '../kernel/s3.js';
import type { Attempt } from './commit.js';
import { type Evidence, readRecord } from './journal.js';
import type { Proof } from './proof.js';
import type { HourValues, SourceValues } from './source-values.js';
import { digestText } from './values/row-digest.js';

type Compacted = Proof['sources'][number];

/** Sources that are to be added, each with the key of what was compacted with the same rows and is not as it was any more. */
export type Repeats = ReadonlyMap<string, string>;

/**
 * Where digests are kept the same rows are the same digest, under whatever name. At level counts there are none: there
 * the same name with as many rows in as many bytes is taken for the same.
 */
export async function repeatedSources(attempt: Attempt, { sources }: HourValues): Promise<Repeats> {
  const { generation, table } = attempt;
  if (generation.gone.length === 0 || table.source.sameBytes === 'add') return new Map();
  // Evidence names them as they were named where they lay then.
  const before = (await compactedSources(attempt)).flatMap((one) => {
    const now = generation.gone.find(
      ({ key, etag }) => etag === one.etag && one.key.endsWith(key.slice(table.sourcePrefix.length)),
    );
    return now ? [{ ...one, key: now.key }] : [];
  });
  return new Map(
    sources.flatMap((one) => {
      const same = before.find((other) => isSame(one, other));
      return same ? [[one.source.key, same.key] as const] : [];
    }),
  );
}

function isSame({ source, file }: SourceValues, before: Compacted): boolean {
  const rows = file.rows + file.rejected.length;
  if (rows === 0 || rows !== before.rows) return false;
  const digest = digestText(file.digest);
  return before.digest !== undefined && file.rows > 0
    ? before.digest === digest
    : source.key === before.key && source.size === before.size;
}

/** Of all generations whose files the pointer names. */
async function compactedSources({ ports, generation, spent }: Attempt): Promise<Compacted[]> {
  const found: Compacted[] = [];
  let next: string | null = generation.base?.pointer.record.evidence ?? null;
  while (next !== null) {
    spent.get += 1;
    const read: { readonly record: Evidence } | undefined = await readRecord<Evidence>(ports.target, next, [
      'sources',
    ]);
    found.push(...(read?.record.sources ?? []));
    next = read?.record.earlier ?? null;
  }
  return found;
}

export function repeatedText(repeats: Repeats): string {
  const [[key, before], ...more] = [...repeats] as [[string, string], ...[string, string][]];
  const them = more.length === 0 ? ' has' : ` and ${more.length} more have`;
  return `"${printable(key)}"${them} the rows of what was compacted as "${printable(before)}" and is not as it was any more: they are in the hour already. Delete it; if its rows are to be there twice, set source.sameBytes: add.`;
}
