/** Keys and prefixes as logs write them: form-encoded once or twice; what cannot be decoded stays as it is written. */

/** "a+b%2Fc" → "a b/c". */
export function formDecoded(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return text;
  }
}

const word = new TextEncoder().encode('prefix=');
const ampersand = 0x26;
const questionMark = 0x3f;
const blank = 0x20;

/**
 * Where the value of "prefix" begins in the request line of a LIST, "GET /lake?list-type=2&prefix=csv%2F HTTP/1.1";
 * `end` when it has none.
 */
export function prefixStart(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start + 1; at + word.length <= end; at++) {
    if (bytes[at] !== word[0] || (bytes[at - 1] !== ampersand && bytes[at - 1] !== questionMark)) continue;
    let same = 1;
    while (same < word.length && bytes[at + same] === word[same]) same += 1;
    if (same === word.length) return at + same;
  }
  return end;
}

/** Where the value of a query ends that begins at `start`. */
export function valueEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== ampersand && bytes[at] !== blank) at += 1;
  return at;
}

/** "csv/year=2026/part-1" → "csv/year=2026/". */
export const folderOf = (key: string): string => key.slice(0, key.lastIndexOf('/') + 1);
