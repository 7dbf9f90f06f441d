/** The records of a CSV inventory, plain or in gzip: bytes in, rows counted where they lie; what is no record is refused by file and line. */
import { raise } from '../kernel/errors.js';
import { printable } from '../kernel/s3.js';
import { columnRoles, fieldRoles } from './csv-columns.js';
import { openGunzipText, roomFor } from './gzip/gunzip-text.js';
import type { Crc32 } from './gzip/gzip-header.js';
import { longestRecord, mostColumns } from './kernel-memory.js';
import type { KernelFault, TallyKernel } from './tally-kernel.js';

export interface CsvSource {
  /** For messages. */
  readonly file: string;
  /** The `fileSchema` of the manifest, split. */
  readonly columns: readonly string[];
}

/** The bytes of one file, in pieces of any size; the answer does not depend on where they are cut. */
export interface CsvScan {
  /** The bytes may be used again after it returns. Errors: INVENTORY_ROW_INVALID; INVENTORY_CORRUPT where they are no gzip. */
  take(bytes: Uint8Array): void;
  /** The file has ended; how many rows it had. Errors: as `take`. */
  end(): number;
}

export const faultWords: Readonly<Record<Exclude<KernelFault, 'whole' | 'unfinished'>, string>> = {
  badEscape: 'its Key has a "%" without two hexadecimal digits behind it',
  badUtf8: 'its Key, StorageClass or IntelligentTieringAccessTier is no UTF-8',
  noKey: 'its Key is empty',
  badLatest: 'its IsLatest is neither true nor false',
  badMarker: 'its IsDeleteMarker is neither true nor false',
  badSize: 'its Size is no whole number of bytes',
  tooManyHeld: 'its storage class is too long to be one, or one of more than 250 different ones',
  afterQuote: 'something other than a comma follows the closing quote of a field',
  bareQuote: 'a quote stands within a field that has none around it',
  bareReturn: 'a carriage return stands within a field that has no quotes around it',
  tooMany: 'it has more fields than the inventory has columns',
  tooFew: 'it has fewer fields than the inventory has columns',
  tooLong: `it is longer than ${longestRecord / 1024} KiB`,
};
const openQuote = 'the quotes around a field are never closed';

const pieceBytes = 1 << 20;
const lineEnd = 0x0a;

/** Of a text as it is. */
export function csvScan(kernel: TallyKernel, source: CsvSource): CsvScan {
  kernel.reserve(longestRecord + pieceBytes);
  const records = recordsIn(kernel, source);
  const { inputAt } = kernel;
  /** Where the bytes end that are not taken yet. */
  let end = inputAt;
  const scan = (piece: Uint8Array): void => {
    kernel.bytes.set(piece, end);
    end += piece.length;
    const at = records.count(inputAt, end);
    kernel.bytes.copyWithin(inputAt, at, end);
    end -= at - inputAt;
  };
  return {
    take(text) {
      for (let at = 0; at < text.length; at += pieceBytes) scan(text.subarray(at, at + pieceBytes));
    },
    end: () => records.end(inputAt, end),
  };
}

/** Of a text in gzip, which is unpacked to where its records are counted. */
export function gzipCsvScan(kernel: TallyKernel, source: CsvSource, crc32: Crc32): CsvScan {
  kernel.reserve(roomFor(longestRecord));
  const records = recordsIn(kernel, source);
  const { memory, bytes, inputAt } = kernel;
  const text = openGunzipText(
    { memory, bytes, at: inputAt },
    {
      crc32,
      mostLeft: longestRecord,
      read: records.count,
      refuse: (at, why) =>
        raise('INVENTORY_CORRUPT', { file: printable(source.file), at: `, byte ${at} of its text`, why }),
    },
  );
  return {
    take: text.take,
    end() {
      const { from, to } = text.end();
      return records.end(from, to);
    },
  };
}

interface Records {
  /** Whole ones in [from, to) of the memory; where the first one begins that is left. */
  count(from: number, to: number): number;
  /** What was left, in [from, to) with room for a byte behind it, is the last one; how many there were. */
  end(from: number, to: number): number;
}

function recordsIn(kernel: TallyKernel, { file, columns }: CsvSource): Records {
  const roles = fieldRoles(columns);
  const refuse = (place: string, why: string): never => raise('INVENTORY_ROW_INVALID', { file, place, why });
  if (!roles) return refuse('its columns', 'there is none named Key');
  if (columns.length > mostColumns) return refuse('its columns', `there are more than ${mostColumns}`);
  kernel.beginCsv(roles.map((role) => (role ? columnRoles.indexOf(role) : -1)));
  const rowsBefore = kernel.rows();
  let taken = 0;
  const count = (from: number, to: number): number => {
    const at = kernel.run(from, to);
    taken += at - from;
    const why = kernel.why();
    if (why !== 'whole' && why !== 'unfinished') refuse(place(kernel, taken), faultWords[why]);
    return at;
  };
  return {
    count,
    end(from, to) {
      if (from < to) {
        kernel.bytes[to] = lineEnd;
        if (count(from, to + 1) === from) refuse(place(kernel, taken), openQuote);
      }
      return kernel.rows() - rowsBefore;
    },
  };
}

const place = (kernel: TallyKernel, taken: number): string =>
  `line ${kernel.lines() + 1} (byte ${taken} of its text)`;
