/** Sizes and truth values of a page, in any of Parquet's encodings. */
import { mostSize, type Refuse } from '../columnar/column-file.js';
import { encodings, type Page } from './chunk-pages.js';
import { decodeDeltas } from './delta-runs.js';
import { decodeHybrid } from './hybrid-runs.js';

/** As `Type` numbers them. */
export const types = { boolean: 0, int32: 1, int64: 2, byteArray: 6 } as const;

/** All numbers of a page that are not null. */
export function plainSizes(page: Page, type: number, refuse: Refuse): Float64Array {
  const { bytes, values: count, at, place } = page;
  const width = type === types.int32 ? 4 : 8;
  if (count * width > page.end - at) refuse('the sizes of a page are cut', place);
  const words = wordsOf(bytes, at, (count * width) >> 2);
  const sizes = new Float64Array(count);
  if (width === 4) sizes.set(words);
  else
    for (let i = 0, word = 0; i < count; i += 1, word += 2)
      sizes[i] = words[word + 1]! * 4_294_967_296 + (words[word]! >>> 0);
  checkSizes(sizes, place, refuse);
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
  checkSizes(values, page.place, refuse);
  return values;
}

function checkSizes(sizes: Float64Array, place: number, refuse: Refuse): void {
  for (let i = 0; i < sizes.length; i += 1) {
    const size = sizes[i]!;
    if (!(size >= 0 && size <= mostSize))
      refuse(size < 0 ? `a size is negative: ${size}` : `a size is beyond 2^53: ${size}`, place);
  }
}

/** Which value of the dictionary each is, none of them beyond it. */
export function indexesOf(page: Page, dictionarySize: number, name: string, refuse: Refuse): Int32Array {
  const { bytes, at, end, values, place } = page;
  if (values === 0) return new Int32Array(0);
  if (at >= end) refuse(`the values of "${name}" are cut`, place);
  const indexes = decodeHybrid(bytes, at + 1, end, bytes[at]!, values, (why) =>
    refuse(`the values of "${name}": ${why}`, place),
  );
  let greatest = 0;
  for (let i = 0; i < values; i += 1) if (indexes[i]! > greatest) greatest = indexes[i]!;
  if (greatest >= dictionarySize) refuse(`"${name}" names value ${greatest} of ${dictionarySize}`, place);
  return indexes;
}

/** A bit each, the first in the least significant; or in runs after their length. */
export function truthsOf(page: Page, name: string, refuse: Refuse): Int32Array {
  const { bytes, at, end, values, place } = page;
  const fault = (why: string): never => refuse(`the values of "${name}": ${why}`, place);
  if (page.encoding === encodings.runs) {
    if (end - at < 4) fault('they are cut');
    return decodeHybrid(bytes, at + 4, end, 1, values, fault);
  }
  if (Math.ceil(values / 8) > end - at) fault('they are cut');
  const truths = new Int32Array(values);
  for (let i = 0; i < values; i += 1) truths[i] = (bytes[at + (i >>> 3)]! >> (i & 7)) & 1;
  return truths;
}
