/** Every source is read once from its first byte to its last and counted, before any engine sees it. */
import { printable } from '../kernel/s3.js';
import { type Field, joined, splitRecords } from './csv-fields.js';
import { type Counted, recordCounter } from './csv-records.js';
import type { SourceReader, StoredObject } from './ports.js';
import type { CsvOptions } from './table.js';

export interface SourceCensus {
  readonly source: StoredObject;
  readonly rows: number;
  readonly header: readonly string[] | null;
  readonly bytes: number;
  /** The first records, without the header. */
  readonly sample: readonly (readonly Field[])[];
}

export type CensusResult =
  | { readonly ok: true; readonly census: SourceCensus }
  | { readonly ok: false; readonly why: string };

const sampleBytes = 1 << 16;

export async function takeCensus(
  reader: SourceReader,
  source: StoredObject,
  csv: CsvOptions,
  columns: number | undefined,
): Promise<CensusResult> {
  const counter = recordCounter({
    header: csv.header,
    delimiter: csv.delimiter,
    ...(columns === undefined ? {} : { columns }),
  });
  const head: Uint8Array[] = [];
  let seen = 0;
  for await (const chunk of reader.stream(source, csv.gzip)) {
    if (seen < sampleBytes) head.push(chunk.slice(0, sampleBytes - seen));
    seen += chunk.length;
    if (!counter.take(chunk)) break;
  }
  return resultOf(source, counter.end(), () => sampleOf(head, seen > sampleBytes, csv));
}

function resultOf(source: StoredObject, counted: Counted, sample: () => readonly Field[][]): CensusResult {
  if (!counted.ok)
    return { ok: false, why: `${printable(source.key)}, line ${counted.line}: ${counted.why}` };
  const { records, header, bytes } = counted.census;
  return { ok: true, census: { source, rows: records, header, bytes, sample: sample() } };
}

/** The last record of a cut sample may be half of one. */
function sampleOf(head: readonly Uint8Array[], isCut: boolean, csv: CsvOptions): readonly Field[][] {
  const text = new TextDecoder().decode(joined(head));
  const records = splitRecords(text, csv.delimiter).filter(
    (record) => record.length > 1 || record[0]?.text !== '',
  );
  return records.slice(csv.header ? 1 : 0, isCut ? -1 : undefined);
}
