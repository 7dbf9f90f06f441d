/** Runs of numbers, bytes and truth values as ORC keeps them: the plainest of its encodings. */

interface Bytes {
  put(byte: number): void;
  all(): Uint8Array;
}

function growing(): Bytes {
  let bytes = new Uint8Array(1024);
  let length = 0;
  return {
    put: (byte) => {
      if (length === bytes.length) {
        const larger = new Uint8Array(2 * length);
        larger.set(bytes);
        bytes = larger;
      }
      bytes[length++] = byte;
    },
    all: () => bytes.subarray(0, length),
  };
}

/** In the order of their codes 0, 1, 3, 7, 15, 23, 27 to 31. */
const widths = [1, 2, 4, 8, 16, 24, 32, 40, 48, 56, 64] as const;
const codeOf = (width: number): number => (width <= 24 ? width - 1 : 27 + (width - 32) / 8);

export function numberRuns(values: readonly number[], version: 1 | 2, isSigned: boolean): Uint8Array {
  const out = growing();
  const most = version === 1 ? 128 : 512;
  for (let at = 0; at < values.length; at += most) {
    const run = values.slice(at, at + most);
    if (version === 1) literals(out, run, isSigned);
    else direct(out, run, isSigned);
  }
  return out.all();
}

function literals(out: Bytes, run: readonly number[], isSigned: boolean): void {
  out.put(256 - run.length);
  for (const value of run) varint(out, isSigned ? zigzag(value) : BigInt(value));
}

const zigzag = (value: number): bigint => (value < 0 ? BigInt(-value) * 2n - 1n : BigInt(value) * 2n);

function varint(out: Bytes, value: bigint): void {
  let rest = value;
  for (; rest > 127n; rest >>= 7n) out.put(Number(rest & 127n) | 128);
  out.put(Number(rest));
}

/** Equal numbers are a delta of nothing; others are packed. */
function direct(out: Bytes, run: readonly number[], isSigned: boolean): void {
  const count = run.length - 1;
  if (count > 1 && run.every((value) => value === run[0])) {
    out.put(0xc0 | (count >> 8));
    out.put(count & 0xff);
    varint(out, isSigned ? zigzag(run[0]!) : BigInt(run[0]!));
    out.put(0);
    return;
  }
  const isExact = run.every((value) => Math.abs(value) < 2 ** 51);
  const stored = isExact ? run.map((value) => doubled(value, isSigned)) : [];
  const greatest = stored.reduce((most, value) => Math.max(most, value), 0);
  const width = isExact ? widths.find((bits) => greatest < 2 ** bits)! : 64;
  out.put(0x40 | (codeOf(width) << 1) | (count >> 8));
  out.put(count & 0xff);
  if (isExact) packed(out, stored, width);
  else for (const value of run) bigEndian(out, isSigned ? zigzag(value) : BigInt(value), width);
}

const doubled = (value: number, isSigned: boolean): number =>
  isSigned ? (value < 0 ? -2 * value - 1 : 2 * value) : value;

function bigEndian(out: Bytes, value: bigint, width: number): void {
  for (let shift = width - 8; shift >= 0; shift -= 8) out.put(Number((value >> BigInt(shift)) & 255n));
}

function packed(out: Bytes, stored: readonly number[], width: number): void {
  if (width >= 8)
    for (const value of stored)
      for (let shift = width - 8; shift >= 0; shift -= 8) out.put(Math.floor(value / 2 ** shift) % 256);
  else {
    let held = 0;
    let bits = 0;
    for (const value of stored) {
      held = (held << width) | value;
      bits += width;
      if (bits === 8) {
        out.put(held);
        [held, bits] = [0, 0];
      }
    }
    if (bits > 0) out.put(held << (8 - bits));
  }
}

export function truthRuns(values: readonly boolean[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(values.length / 8));
  for (const [i, value] of values.entries()) if (value) bytes[i >> 3]! |= 0x80 >> (i & 7);
  return byteRuns(bytes);
}

function byteRuns(bytes: Uint8Array): Uint8Array {
  const out = growing();
  for (let at = 0; at < bytes.length; ) {
    let same = 1;
    while (same < 130 && bytes[at + same] === bytes[at]) same += 1;
    if (same >= 3) {
      out.put(same - 3);
      out.put(bytes[at]!);
      at += same;
      continue;
    }
    let length = 0;
    while (length < 128 && at + length < bytes.length && !startsRun(bytes, at + length)) length += 1;
    out.put(256 - length);
    for (let i = 0; i < length; i += 1) out.put(bytes[at + i]!);
    at += length;
  }
  return out.all();
}

const startsRun = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === bytes[at + 1] && bytes[at] === bytes[at + 2] && at + 2 < bytes.length;
