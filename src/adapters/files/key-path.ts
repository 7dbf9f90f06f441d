/** A key is a path below the root only when no file system could read it as anything else. */
import { sep } from 'node:path';
import { raise } from '../../kernel/errors.js';
import { type Key, printable } from '../../kernel/s3.js';

/** Unfinished writes and locks lie here, in the root. No listing shows it at any depth and no key may name it. */
export const HIDDEN_FOLDER = '.bucketwise-tmp';

const MAX_NAME_BYTES = 255;

/** Why the key cannot be a path, or undefined when it can. */
export function pathFault(key: Key): string | undefined {
  if (/\p{Surrogate}/u.test(key)) return 'it is not valid Unicode';
  if (key.includes('\0')) return 'it holds a NUL character';
  return firstFault(key.split('/'));
}

function firstFault(names: readonly string[]): string | undefined {
  for (const name of names) {
    const fault = nameFault(name);
    if (fault) return fault;
  }
  return undefined;
}

function nameFault(name: string): string | undefined {
  if (name === '') return 'a part between slashes is empty';
  if (name === '.' || name === '..') return `"${name}" means another folder`;
  if (name === HIDDEN_FOLDER) return `${HIDDEN_FOLDER} is reserved`;
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return 'a part between slashes is longer than 255 bytes';
  if (sep === '\\' && /[\\:]/.test(name)) return 'it holds a character that is no part of a name here';
  return undefined;
}

/** The names on the way to the object. Errors: KEY_UNSUPPORTED. */
export function pathNames(key: Key): readonly string[] {
  const fault = pathFault(key);
  if (fault) unsupported(key, fault);
  return key.split('/');
}

export const unsupported = (key: Key, why: string): never =>
  raise('KEY_UNSUPPORTED', { key: printable(key), store: 'a folder', why });
