/** Sizes and truth values of a page, in any of Parquet's encodings. */
import { mostSize, type Refuse } from '../columnar/column-file.js';
import type { PageKernel } from '../columnar/page-kernel.js';
import { encodings, type Page } from './chunk-pages.js';
import { decodeDeltas } from './delta-runs.js';
import { openRuns } from './hybrid-runs.js';

/** As `Type` numbers them. */
export const types = { boolean: 0, int32: 1, int64: 2, byteArray: 6 } as const;

/** Puts `count` numbers, of which `value` is the first in the page, at `to`. */
export type TakeSizes = (out: Float64Array, to: number, value: number, count: number) => void;

/** The numbers of a page that are not null, from where they lie: an array for all of them would be written and read once more. */
export function sizesIn(page: Page, type: number, refuse: Refuse): TakeSizes {
  const { bytes, values, at, place } = page;
  const width = type === types.int32 ? 4 : 8;
  if (values * width > page.end - at) refuse('the sizes of a page are cut', place);
  const words = wordsOf(bytes, at, (values * width) >> 2);
  return (out, to, value, count) => {
    if (width === 4) for (let i = 0; i < count; i += 1) out[to + i] = words[value + i]!;
    else joinWords(words, 2 * value, out, to, to + count);
    checkSizes(out, to, to + count, place, refuse);
  };
}

/** The same of numbers of eight bytes in a page that lies in the memory of `kernel`. */
export function kernelSizes(page: Page, kernel: PageKernel, refuse: Refuse): TakeSizes {
  const { values, at, end, place } = page;
  if (values * 8 > end - at) refuse('the sizes of a page are cut', place);
  return (out, to, value, count) => {
    const from = at + 8 * value;
    const sizes = kernel.sizes(from, count);
    // There its refusal is told, and damage behind the last size is seen.
    if (sizes < 0 || value + count === values) page.reach?.(end);
    if (sizes < count)
      refuseSize(Number(Buffer.from(page.bytes.buffer).readBigInt64LE(from + 8 * sizes)), place, refuse);
    out.set(kernel.roomSizes.subarray(0, count), to);
  };
}

function joinWords(words: Int32Array, first: number, out: Float64Array, from: number, to: number): void {
  for (let i = from, word = first; i < to; i += 1, word += 2)
    out[i] = words[word + 1]! * 4_294_967_296 + (words[word]! >>> 0);
}

/** All of them. */
export function plainSizes(page: Page, type: number, refuse: Refuse): Float64Array {
  const take = sizesIn(page, type, refuse);
  const sizes = new Float64Array(page.values);
  take(sizes, 0, 0, page.values);
  return sizes;
}

/** In the order of bytes that WebAssembly has and nearly every processor; where they do not lie on a word they are moved. */
function wordsOf(bytes: Uint8Array, at: number, count: number): Int32Array {
  const place = bytes.byteOffset + at;
  if (place % 4 === 0) return new Int32Array(bytes.buffer, place, count);
  return new Int32Array(new Uint8Array(bytes.subarray(at, at + 4 * count)).buffer);
}

export function deltaSizes(page: Page, refuse: Refuse): Float64Array {
  const { values } = decodeDeltas(page.bytes, page.at, page.end, page.values, (why) =>
    refuse(`the sizes of a page: ${why}`, page.place),
  );
  checkSizes(values, 0, values.length, page.place, refuse);
  return values;
}

function checkSizes(sizes: Float64Array, from: number, to: number, place: number, refuse: Refuse): void {
  const wrong = firstWrong(sizes, from, to);
  if (wrong === to) return;
  refuseSize(sizes[wrong]!, place, refuse);
}

const refuseSize = (size: number, place: number, refuse: Refuse): never =>
  refuse(size < 0 ? `a size is negative: ${size}` : `a size is beyond 2^53: ${size}`, place);

/** Puts the next `count` values at `to`. */
export type TakeSome<Out> = (out: Out, to: number, count: number) => void;

function firstWrong(sizes: Float64Array, from: number, to: number): number {
  for (let i = from; i < to; i += 1) if (!(sizes[i]! >= 0 && sizes[i]! <= mostSize)) return i;
  return to;
}

/** Which value of the dictionary each is, none of them beyond it. */
export function indexesOf(
  page: Page,
  dictionarySize: number,
  name: string,
  refuse: Refuse,
): TakeSome<Int32Array> {
  const { bytes, at, end, values, place } = page;
  if (values === 0) return () => undefined;
  if (at >= end) refuse(`the values of "${name}" are cut`, place);
  const runs = openRuns(bytes, at + 1, end, bytes[at]!, values, (why) =>
    refuse(`the values of "${name}": ${why}`, place),
  );
  return (out, to, count) => {
    runs.take(out, to, count);
    const greatest = greatestIn(out, to, to + count);
    if (greatest >= dictionarySize) refuse(`"${name}" names value ${greatest} of ${dictionarySize}`, place);
  };
}

function greatestIn(numbers: Int32Array, from: number, to: number): number {
  let greatest = 0;
  for (let i = from; i < to; i += 1) if (numbers[i]! > greatest) greatest = numbers[i]!;
  return greatest;
}

/** A bit each, the first in the least significant; or in runs after their length. */
export function truthsOf(page: Page, name: string, refuse: Refuse): TakeSome<Uint8Array> {
  const { bytes, at, end, values, place } = page;
  const fault = (why: string): never => refuse(`the values of "${name}": ${why}`, place);
  if (page.encoding === encodings.runs) {
    if (end - at < 4) fault('they are cut');
    return openRuns(bytes, at + 4, end, 1, values, fault).take;
  }
  if (Math.ceil(values / 8) > end - at) fault('they are cut');
  let next = 0;
  return (out, to, count) => {
    for (let i = to; i < to + count; i += 1, next += 1)
      out[i] = (bytes[at + (next >>> 3)]! >> (next & 7)) & 1;
  };
}
