/** Whether the name of a file says a format or may say a writer, as file-names.ts reads it. */

const plus: u8 = 0x2b;
const dash: u8 = 0x2d;
const dot: u8 = 0x2e;

/** The extension in [from, to) in small letters, as a number; 0 when it is longer than eight. */
function wordIn(from: usize, to: usize): u64 {
  if (to - from > 8) return 0;
  let word: u64 = 0;
  for (let at = from; at < to; at += 1) {
    const byte = load<u8>(at);
    word = (word << 8) | <u64>(<u32>byte - 0x41 <= 25 ? byte | 0x20 : byte);
  }
  return word;
}

// csv tsv psv json jsonl ndjson parquet orc avro log txt xml
function isFormat(word: u64): bool {
  return (
    word == 0x637376 || word == 0x747376 || word == 0x707376 || word == 0x6a736f6e || word == 0x6a736f6e6c ||
    word == 0x6e646a736f6e || word == 0x70617271756574 || word == 0x6f7263 || word == 0x6176726f ||
    word == 0x6c6f67 || word == 0x747874 || word == 0x786d6c
  );
}

// gz gzip bz2 zst lz4 snappy deflate
function isCompression(word: u64): bool {
  return (
    word == 0x677a || word == 0x677a6970 || word == 0x627a32 || word == 0x7a7374 || word == 0x6c7a34 ||
    word == 0x736e61707079 || word == 0x6465666c617465
  );
}

/** Behind the last dot, where no more than eight bytes follow it; else 0. */
function dotBefore(from: usize, to: usize): usize {
  for (let at = to; at > from && to - at <= 8; at -= 1) if (load<u8>(at - 1) == dot) return at;
  return 0;
}

/** As file-names.ts, exactly. */
export function saysFormat(from: usize, to: usize): bool {
  const last = dotBefore(from, to);
  if (last == 0) return false;
  const word = wordIn(last, to);
  if (isFormat(word)) return true;
  if (!isCompression(word)) return false;
  const before = dotBefore(from, last - 1);
  return before != 0 && isFormat(wordIn(before, last - 1));
}

/** As the writers of file-names.ts, too generously. */
export function mayBeWritten(from: usize, to: usize): bool {
  // "000000_0"
  const length = to - from;
  if (length < 8) return false;
  const start = load<u32>(from);
  // "part-" and "ls.s3."
  if ((start == 0x74726170 && load<u8>(from + 4) == dash) || start == 0x732e736c) return true;
  let digits: usize = 0;
  while (digits < 13 && <u32>load<u8>(from + digits) - 0x30 <= 9) digits += 1;
  if (load<u8>(from + digits) == 0x5f && (digits == 6 || digits == 8 || digits == 12)) return true;
  if (length < 15) return false;
  // CloudFront: E2EXAMPLE12345.2026-11-22-05.1f0c2a3b.gz
  if (<u8>start == 0x45 && (load<u8>(from + 13) == dot || load<u8>(from + 14) == dot)) return true;
  // S3: 2026-11-22-05-01-09-0123456789ABCDEF
  if (length >= 36 && hasTimeBefore(to - 16)) return true;
  // Kafka Connect: topic+0+0000000001.gz
  if (countOf(plus, from, to) >= 2) return true;
  // Firehose: -1-2026-11-22-05-01-09-1f0c2a3b-4d5e-6f70-8192-a3b4c5d6e7f8
  return length >= 50 && countOf(dash, from, to) >= 11;
}

/** A dash stands right before `to`, and five times three bytes before that: around the numbers of a date and time. */
function hasTimeBefore(to: usize): bool {
  for (let at = to - 1, i = 0; i < 6; i += 1, at -= 3) if (load<u8>(at) != dash) return false;
  return true;
}

function countOf(byte: u8, from: usize, to: usize): i32 {
  let count = 0;
  for (let at = from; at < to; at += 16) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(byte)));
    count += popcnt(to - at < 16 ? found & ((1 << <i32>(to - at)) - 1) : found);
  }
  return count;
}
