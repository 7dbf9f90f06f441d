/** The rows of a source that was compacted may come back under another etag: its upload was repeated in other parts, or encrypted anew. */
import { printable } from '../kernel/s3.js';
import type { Attempt } from './commit.js';
import { type Evidence, readRecord } from './journal.js';
import type { Proof } from './proof.js';
import { columnText } from './schema.js';
import type { HourValues, SourceValues } from './source-values.js';
import { digestText } from './values/row-digest.js';

/** A source that was compacted, and whether its digest is one that today's can be held against. */
type Compacted = Proof['sources'][number] & { readonly isComparable: boolean; readonly isDigested: boolean };

/** What was compacted before; `isSure` where the digests say that the rows are the same. */
interface Before {
  readonly key: string;
  readonly isSure: boolean;
}

/** Sources that are to be added, each with what was compacted with the same rows and is not as it was any more. */
export type Repeats = ReadonlyMap<string, Before>;

/**
 * Where digests of one form are there the same rows are the same digest, under whatever name. At level counts there are
 * none: there the same name with as many rows in as many bytes is taken for the same. Where digests were made of other
 * columns or not at all, as many rows under the same name or in as many bytes are: what is held can be let in, what was
 * doubled cannot be taken back.
 */
export async function repeatedSources(attempt: Attempt, values: HourValues): Promise<Repeats> {
  const { generation, table } = attempt;
  if (generation.gone.length === 0 || table.source.sameBytes === 'add') return new Map();
  // Evidence names them as they were named where they lay then.
  const before = (await compactedSources(attempt, values)).flatMap((one) => {
    const now = generation.gone.find(
      ({ key, etag }) => etag === one.etag && one.key.endsWith(key.slice(table.sourcePrefix.length)),
    );
    return now ? [{ ...one, key: now.key }] : [];
  });
  const isDigested = table.verify === 'values';
  return new Map(
    values.sources.flatMap((one) => {
      const same = before.find((other) => isSame(one, other, isDigested));
      return same ? [[one.source.key, { key: same.key, isSure: isSure(same, isDigested) }] as const] : [];
    }),
  );
}

/** At level counts both times nothing better was ever known. */
const isSure = ({ isComparable, isDigested }: Compacted, isDigestedNow: boolean): boolean =>
  isDigested === isDigestedNow && (isComparable || !isDigested);

function isSame({ source, file }: SourceValues, before: Compacted, isDigestedNow: boolean): boolean {
  const rows = file.rows + file.rejected.length;
  if (rows === 0 || rows !== before.rows) return false;
  const isNamed = source.key === before.key;
  const isSized = source.size === before.size;
  if (!isSure(before, isDigestedNow)) return isNamed || isSized;
  return isDigestedNow && file.rows > 0 ? before.digest === digestText(file.digest) : isNamed && isSized;
}

/** Of all generations whose files the pointer names. */
async function compactedSources(
  { ports, generation, spent }: Attempt,
  { schema }: HourValues,
): Promise<Compacted[]> {
  const found: Compacted[] = [];
  let next: string | null = generation.base?.pointer.record.evidence ?? null;
  while (next !== null) {
    spent.get += 1;
    const read: { readonly record: Evidence } | undefined = await readRecord<Evidence>(ports.target, next, [
      'sources',
    ]);
    const isLike = read !== undefined && isOfSchema(read.record, schema);
    for (const source of read?.record.sources ?? []) {
      const isDigested = source.digest !== undefined;
      found.push({ ...source, isDigested, isComparable: isLike && digestForm.test(source.digest ?? '') });
    }
    next = read?.record.earlier ?? null;
  }
  return found;
}

const digestForm = /^[0-9a-f]{16}$/;

/** Other columns, types or rules of text give the same rows other digests. */
const isOfSchema = (evidence: Evidence, { columns, textRule }: HourValues['schema']): boolean =>
  evidence.textRule === textRule &&
  JSON.stringify(evidence.schema?.map(({ name, type }) => [name, type])) ===
    JSON.stringify(columns.map((column) => [column.name, columnText(column)]));

export function repeatedText(repeats: Repeats): string {
  const [[key, { key: before, isSure }], ...more] = [...repeats] as [[string, Before], ...[string, Before][]];
  const others = more.length === 0 ? '' : ` and ${more.length} more`;
  const them = others === '' ? ' has' : `${others} have`;
  const it = printable(key);
  const was = `what was compacted as "${printable(before)}" and is not as it was any more`;
  const rest = 'Delete it; if its rows are to be there twice, set source.sameBytes: add.';
  return isSure
    ? `"${it}"${them} the rows of ${was}: they are in the hour already. ${rest}`
    : `"${it}"${them} as many rows as ${was}; whether they are the same cannot be told, for verify, the columns or their types were others then. If they are, delete it; if they are other rows, set source.sameBytes: add.`;
}
