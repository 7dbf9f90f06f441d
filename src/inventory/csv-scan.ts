/** The records of a CSV inventory: gunzipped text in, rows counted where they lie; what is no record is refused by file and line. */
import { raise } from '../kernel/errors.js';
import { columnRoles, fieldRoles } from './csv-columns.js';
import { type KernelFault, longestRecord, mostColumns, type TallyKernel } from './tally-kernel.js';

export interface CsvSource {
  /** For messages. */
  readonly file: string;
  /** The `fileSchema` of the manifest, split. */
  readonly columns: readonly string[];
}

/** The text of one file, in pieces of any size. */
export interface CsvScan {
  /** The bytes may be used again after it returns. Errors: INVENTORY_ROW_INVALID. */
  take(text: Uint8Array): void;
  /** The file has ended; how many rows it had. Errors: INVENTORY_ROW_INVALID. */
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
const lineEnd = Uint8Array.of(0x0a);

/** Feed it the bytes in any pieces: the answer does not depend on where they are cut. */
export function csvScan(kernel: TallyKernel, { file, columns }: CsvSource): CsvScan {
  const roles = fieldRoles(columns);
  const refuse = (place: string, why: string): never => raise('INVENTORY_ROW_INVALID', { file, place, why });
  if (!roles) return refuse('its columns', 'there is none named Key');
  if (columns.length > mostColumns) return refuse('its columns', `there are more than ${mostColumns}`);
  kernel.reserve(longestRecord + pieceBytes);
  kernel.beginCsv(roles.map((role) => (role ? columnRoles.indexOf(role) : -1)));
  const { inputAt } = kernel;
  const rowsBefore = kernel.rows();
  /** Bytes of the input that are not taken yet, and bytes that were. */
  let left = 0;
  let taken = 0;

  const scan = (piece: Uint8Array): void => {
    kernel.bytes.set(piece, inputAt + left);
    const end = inputAt + left + piece.length;
    const at = kernel.run(inputAt, end);
    taken += at - inputAt;
    const why = kernel.why();
    if (why !== 'whole' && why !== 'unfinished') refuse(place(kernel, taken), faultWords[why]);
    left = end - at;
    kernel.bytes.copyWithin(inputAt, at, end);
  };
  return {
    take(text) {
      for (let at = 0; at < text.length; at += pieceBytes) scan(text.subarray(at, at + pieceBytes));
    },
    end() {
      if (left > 0) scan(lineEnd);
      if (left > 0) refuse(place(kernel, taken), openQuote);
      return kernel.rows() - rowsBefore;
    },
  };
}

const place = (kernel: TallyKernel, taken: number): string =>
  `line ${kernel.lines() + 1} (byte ${taken} of its text)`;
