/** Texts of which few are different get a number each, in the order they are met. */
import type { Refuse } from './column-file.js';

export interface CodeBook {
  readonly values: string[];
  /** The number of the text in [from, to). */
  code(bytes: Uint8Array, from: number, to: number, at?: number): number;
}

/** S3 has some dozen storage classes and access tiers; a column with more than this is something else. */
const mostValues = 4096;
const mostBytes = 1024;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function openCodeBook(name: string, refuse: Refuse): CodeBook {
  const values: string[] = [];
  const codes = new Map<string, number>();
  let last = -1;
  let lastBytes = new Uint8Array(0);
  const isLast = (bytes: Uint8Array, from: number, to: number): boolean => {
    if (last < 0 || to - from !== lastBytes.length) return false;
    for (let i = 0; i < lastBytes.length; i += 1) if (bytes[from + i] !== lastBytes[i]) return false;
    return true;
  };
  const textOf = (bytes: Uint8Array, at?: number): string => {
    if (bytes.length > mostBytes) refuse(`a value of "${name}" has ${bytes.length} bytes`, at);
    try {
      return decoder.decode(bytes);
    } catch {
      return refuse(`a value of "${name}" is not UTF-8`, at);
    }
  };
  return {
    values,
    code: (bytes, from, to, at) => {
      if (isLast(bytes, from, to)) return last;
      const own = bytes.slice(from, to);
      const text = textOf(own, at);
      let code = codes.get(text);
      if (code === undefined) {
        if (values.length >= mostValues) refuse(`"${name}" has more than ${mostValues} different values`, at);
        code = values.push(text) - 1;
        codes.set(text, code);
      }
      [last, lastBytes] = [code, own];
      return code;
    },
  };
}
