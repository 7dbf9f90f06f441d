/** Parquet files made by hand, one page a column chunk, uncompressed: they may say of themselves what is not true. */

/** A field of a Thrift struct in the compact protocol. */
type Field = readonly [id: number, value: Value];
type Value =
  | { readonly i32: number }
  | { readonly i64: number }
  | { readonly bool: boolean }
  | { readonly text: string }
  | { readonly struct: readonly Field[] }
  | { readonly structs: readonly (readonly Field[])[] }
  | { readonly i32s: readonly number[] }
  | { readonly texts: readonly string[] };

export interface PlainColumn {
  readonly name: string;
  /** 0 BOOLEAN, 1 INT32, 2 INT64, 3 INT96, 4 FLOAT, 5 DOUBLE, 6 BYTE_ARRAY, 7 FIXED_LEN_BYTE_ARRAY. */
  readonly type: number;
  readonly typeLength?: number;
  readonly converted?: number;
  /** A LogicalType: the number of its union's field, and what stands in that. */
  readonly logical?: readonly [number, readonly Field[]];
  /** Each value as it stands in a PLAIN page. */
  readonly values: readonly Uint8Array[];
  readonly repeated?: boolean;
}

export interface PlainFile {
  readonly columns: readonly PlainColumn[];
  /** What it says of itself; the truth where it says nothing, and no check sum. */
  readonly says?: {
    readonly rows?: number;
    readonly groupRows?: number;
    readonly codec?: number;
    readonly crc?: number;
  };
}

export const int32 = (value: number): Uint8Array => new Uint8Array(Int32Array.of(value).buffer);
export const int64 = (value: bigint): Uint8Array => new Uint8Array(BigInt64Array.of(value).buffer);
/** Nanoseconds of a day, and its Julian number. */
export const int96 = (nanoseconds: bigint, julianDay: number): Uint8Array =>
  Uint8Array.of(...int64(nanoseconds), ...int32(julianDay));
export const byteArray = (bytes: Uint8Array): Uint8Array => Uint8Array.of(...int32(bytes.length), ...bytes);

/** TIMESTAMP(isAdjustedToUTC, unit): 1 milliseconds, 2 microseconds, 3 nanoseconds. */
export const timestamp = (isUtc: boolean, unit: 1 | 2 | 3): NonNullable<PlainColumn['logical']> => [
  8,
  [
    [1, { bool: isUtc }],
    [2, { struct: [[unit, { struct: [] }]] }],
  ],
];

const encoder = new TextEncoder();
const magic = encoder.encode('PAR1');

/** All columns are REQUIRED: a page holds its values and nothing else. */
export function plainParquet({ columns, says = {} }: PlainFile): Uint8Array {
  const bytes: number[] = [...magic];
  const rows = columns[0]?.values.length ?? 0;
  const chunks = columns.map((column) => {
    const data = column.values.flatMap((value) => [...value]);
    const at = bytes.length;
    bytes.push(...pageHeader(column.values.length, data.length, says.crc), ...data);
    return chunk(column, at, bytes.length - at, says.groupRows ?? rows, says.codec ?? 0);
  });
  const footer = struct([
    [1, { i32: 2 }],
    [
      2,
      {
        structs: [
          [
            [4, { text: 'root' }],
            [5, { i32: columns.length }],
          ],
          ...columns.map(element),
        ],
      },
    ],
    [3, { i64: says.rows ?? rows }],
    [
      4,
      {
        structs: [
          [
            [1, { structs: chunks }],
            [2, { i64: bytes.length }],
            [3, { i64: says.groupRows ?? rows }],
          ],
        ],
      },
    ],
  ]);
  return Uint8Array.of(...bytes, ...footer, ...int32(footer.length), ...magic);
}

const pageHeader = (values: number, size: number, crc: number | undefined): number[] =>
  struct([
    [1, { i32: 0 }],
    [2, { i32: size }],
    [3, { i32: size }],
    ...(crc === undefined ? [] : [[4, { i32: crc }] as const]),
    [
      5,
      {
        struct: [
          [1, { i32: values }],
          [2, { i32: 0 }],
          [3, { i32: 3 }],
          [4, { i32: 3 }],
        ],
      },
    ],
  ]);

const element = ({ name, type, typeLength, converted, logical, repeated }: PlainColumn): Field[] => [
  [1, { i32: type }],
  ...(typeLength === undefined ? [] : [[2, { i32: typeLength }] as const]),
  [3, { i32: repeated ? 2 : 0 }],
  [4, { text: name }],
  ...(converted === undefined ? [] : [[6, { i32: converted }] as const]),
  ...(logical ? [[10, { struct: [[logical[0], { struct: logical[1] }]] }] as const] : []),
];

const chunk = (
  { name, type }: PlainColumn,
  at: number,
  size: number,
  values: number,
  codec: number,
): Field[] => [
  [2, { i64: at }],
  [
    3,
    {
      struct: [
        [1, { i32: type }],
        [2, { i32s: [0] }],
        [3, { texts: [name] }],
        [4, { i32: codec }],
        [5, { i64: values }],
        [6, { i64: size }],
        [7, { i64: size }],
        [9, { i64: at }],
      ],
    },
  ],
];

function struct(fields: readonly Field[]): number[] {
  let last = 0;
  const bytes = fields.flatMap(([id, value]) => {
    const head = ((id - last) << 4) | kindOf(value);
    last = id;
    return [head, ...bodyOf(value)];
  });
  return [...bytes, 0];
}

function kindOf(value: Value): number {
  if ('bool' in value) return value.bool ? 1 : 2;
  if ('i32' in value) return 5;
  if ('i64' in value) return 6;
  if ('text' in value) return 8;
  return 'struct' in value ? 12 : 9;
}

function bodyOf(value: Value): number[] {
  if ('bool' in value) return [];
  if ('i32' in value) return varint(value.i32 < 0 ? -value.i32 * 2 - 1 : value.i32 * 2);
  if ('i64' in value) return varint(value.i64 * 2);
  if ('text' in value) return textBytes(value.text);
  if ('struct' in value) return struct(value.struct);
  if ('structs' in value) return list(12, value.structs.map(struct));
  if ('i32s' in value)
    return list(
      5,
      value.i32s.map((one) => varint(one * 2)),
    );
  return list(8, value.texts.map(textBytes));
}

const textBytes = (text: string): number[] => {
  const bytes = encoder.encode(text);
  return [...varint(bytes.length), ...bytes];
};

const list = (kind: number, items: readonly number[][]): number[] => [
  ...(items.length < 15 ? [(items.length << 4) | kind] : [0xf0 | kind, ...varint(items.length)]),
  ...items.flat(),
];

/** Zigzag of what is not negative is its double, of what is negative one less. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}
