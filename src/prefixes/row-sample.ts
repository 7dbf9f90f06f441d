/** The format and the writer of a row are read from one of its own keys, the same whatever the order of objects. */
import { compareKeys, type Key } from '../kernel/s3.js';
import { formatOf, writerOf } from './file-names.js';

/**
 * Of the keys whose name says a format or a writer the smallest, in UTF-8 byte order. In SQL: min(key) of those keys, for
 * each row.
 */
export type Sample = Key;

const nameOf = (key: Key): string => key.slice(key.lastIndexOf('/') + 1);

export const saysSomething = (key: Key): boolean =>
  formatOf(key) !== undefined || writerOf(nameOf(key)) !== undefined;

/** Associative and commutative. */
export function smallerSample(a: Sample | undefined, b: Sample | undefined): Sample | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return compareKeys(a, b) <= 0 ? a : b;
}

/** No key of the folder is smaller. */
export const isBeyond = (folder: string, sample: Sample | undefined): boolean =>
  sample !== undefined && !sample.startsWith(folder) && compareKeys(folder, sample) > 0;

export interface NameSigns {
  readonly format: string | undefined;
  readonly writer: string | undefined;
}

const signsOf = (name: string): NameSigns => ({ format: formatOf(name), writer: writerOf(name) });

/** Of one key after another: what a name says is asked once where neighbours have the same, as many tables' files do. */
export function signReader(): (key: Sample) => NameSigns {
  let name = '';
  let signs = signsOf(name);
  return (key) => {
    const next = nameOf(key);
    if (next !== name) {
      name = next;
      signs = signsOf(name);
    }
    return signs;
  };
}
