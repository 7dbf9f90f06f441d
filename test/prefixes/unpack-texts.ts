/** What was packed, read one by one. */
import type { PackedTexts } from '../../src/prefixes/packed-texts.js';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export const unpackTexts = ({ bytes, ends }: PackedTexts): string[] =>
  Array.from(ends, (end, i) => decoder.decode(bytes.subarray(ends[i - 1] ?? 0, end)));
