/** A committed hour is checked against its evidence: the same files, each with its size, etag, rows, codec and columns. */
import pLimit from 'p-limit';
import { BucketwiseError, raise } from '../kernel/errors.js';
import { printable } from '../kernel/s3.js';
import type { Hour } from './hours.js';
import { type Evidence, readRecord } from './journal.js';
import type { CompactionPorts, StoredObject, WrittenFile } from './ports.js';
import { publishedKeys } from './publish.js';
import { isListed, listFault } from './symlink.js';
import type { CompactionTable } from './table.js';

export interface HourVerdict {
  readonly partition: string;
  readonly generation: number;
  readonly files: number;
  readonly rows: number;
  /** In plain words; empty when the hour holds. */
  readonly faults: readonly string[];
}

const hoursAtOnce = 8;

/** Hours without a commit are passed over. Errors: INTERRUPTED. */
export async function verifyHours(
  ports: CompactionPorts,
  table: CompactionTable,
  hours: readonly Hour[],
  watch: { readonly progress: (done: number, partition: string) => void; readonly signal: AbortSignal },
): Promise<HourVerdict[]> {
  const limit = pLimit(hoursAtOnce);
  let done = 0;
  const verdicts = await Promise.all(
    hours.map((hour) =>
      limit(async () => {
        if (watch.signal.aborted) raise('INTERRUPTED', { state: 'Nothing was changed.' });
        const verdict = await verifyHour(ports, table, hour);
        done += 1;
        watch.progress(done, hour.partition);
        return verdict;
      }),
    ),
  );
  return verdicts.filter((one) => one !== undefined);
}

/** Reads footers and listings only. Undefined for an hour without a commit. */
export async function verifyHour(
  ports: CompactionPorts,
  table: CompactionTable,
  { partition, pointer: found, claim }: Hour,
): Promise<HourVerdict | undefined> {
  if (!found) return undefined;
  const pointer = found.record;
  const chain = await evidenceChain(ports, pointer.evidence);
  const faults = [
    ...chain.faults,
    ...filesFaults(pointer.files, chain.records),
    ...(await allFaults(chain.records, (one) => recordFaults(ports, one))),
    ...((claim?.published ?? 0) < pointer.generation
      ? []
      : await nameFaults(ports, table, { partition, files: pointer.files })),
  ];
  return {
    partition,
    generation: pointer.generation,
    files: pointer.files.length,
    rows: pointer.files.reduce((sum, { rows }) => sum + rows, 0),
    faults,
  };
}

interface Chain {
  /** The newest first. */
  readonly records: readonly Evidence[];
  readonly faults: readonly string[];
}

/** A generation that added files leans on the evidence of the one before. */
async function evidenceChain({ target }: CompactionPorts, newest: string): Promise<Chain> {
  const records: Evidence[] = [];
  for (let key: string | null = newest; key !== null; ) {
    const found: { readonly record: Evidence } | undefined = await readRecord<Evidence>(target, key, [
      'files',
      'rowsIn',
      'rowsOut',
    ]);
    if (!found) return { records, faults: [`the evidence record ${key} is missing`] };
    records.push(found.record);
    key = found.record.earlier ?? null;
  }
  return { records, faults: [] };
}

function filesFaults(files: readonly WrittenFile[], records: readonly Evidence[]): string[] {
  const named = (all: readonly WrittenFile[]): string =>
    JSON.stringify(all.map(({ key, size, etag, rows }) => [key, size, etag, rows]).sort());
  return named(files) === named(records.flatMap((one) => one.files))
    ? []
    : ['the pointer names other files than the evidence'];
}

async function recordFaults(ports: CompactionPorts, evidence: Evidence): Promise<string[]> {
  const { files, rowsIn, rowsOut, quarantined } = evidence;
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  const counts =
    rows === rowsOut && rowsIn === rowsOut + quarantined
      ? []
      : [
          `the evidence of generation ${evidence.generation} counts ${rowsIn} rows in, ${rowsOut} out, ${rows} in its files`,
        ];
  return [...counts, ...(await allFaults(files, (file) => fileFaults(ports, evidence, file)))];
}

async function fileFaults(ports: CompactionPorts, evidence: Evidence, file: WrittenFile): Promise<string[]> {
  const name = printable(file.key);
  try {
    const size = await sizeAt(ports, file);
    const footer = await ports.footers.read(file);
    const types = (columns: Evidence['schema']): string =>
      columns.map((column) => `${column.name} ${column.type}`).join(', ');
    return [
      ...(size === file.size ? [] : [`${name} has ${size} bytes instead of ${file.size}`]),
      ...(footer.rows === file.rows ? [] : [`${name} holds ${footer.rows} rows instead of ${file.rows}`]),
      ...(footer.codecs.every((codec) => evidence.codecs.includes(codec))
        ? []
        : [`${name} has another codec`]),
      ...(types(footer.columns) === types(evidence.schema) ? [] : [`${name} has other columns`]),
    ];
  } catch (error) {
    if (!(error instanceof BucketwiseError)) throw error;
    return [error.message];
  }
}

/** The final names hold as many bytes as the files they were copied from. */
async function nameFaults(
  ports: CompactionPorts,
  table: CompactionTable,
  pointer: Parameters<typeof publishedKeys>[1],
): Promise<string[]> {
  if (isListed(table)) return [await listFault(ports, table, pointer)].filter((one) => one !== undefined);
  const names = publishedKeys(table, pointer);
  return allFaults(pointer.files, async (file) => {
    const key = names[pointer.files.indexOf(file)]!;
    const size = await sizeAt(ports, { key });
    return size === file.size
      ? []
      : [
          `${printable(key)} ${size === undefined ? 'is missing' : `has ${size} bytes instead of ${file.size}`}`,
        ];
  });
}

async function sizeAt(
  { target }: CompactionPorts,
  { key }: Pick<StoredObject, 'key'>,
): Promise<number | undefined> {
  for await (const { objects } of target.list({ prefix: key }))
    return objects.find((object) => object.key === key)?.size;
  return undefined;
}

/** One after the other: an hour has a few files. */
async function allFaults<T>(
  items: readonly T[],
  faultsOf: (item: T) => Promise<string[]>,
): Promise<string[]> {
  const faults: string[] = [];
  for (const item of items) faults.push(...(await faultsOf(item)));
  return faults;
}
