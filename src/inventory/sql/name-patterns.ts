/** The patterns that the tree looks for in names and folders, in the regular expressions that all engines share. */
import { namePatterns } from '../../prefixes/file-names.js';
import { knownLayouts } from '../../prefixes/partition-keys.js';

/** `$` of Trino also matches before a last line end, its \d may match more than ASCII, and its (?i) folds "ſ" into "s". */
export function sqlPattern({ source, ignoreCase }: RegExp): string {
  const plain = source.replaceAll('\\d', '[0-9]');
  const folded = ignoreCase
    ? plain.replace(/\\.|[a-z]/gi, (part) =>
        part.length > 1 ? part : `[${part.toLowerCase()}${part.toUpperCase()}]`,
      )
    : plain;
  return folded.replaceAll('$', '\\z').replace(/^\^/, '\\A');
}

/** Of a name that says a format or a writer. */
export const tellingName = namePatterns.map((pattern) => `(?:${sqlPattern(pattern)})`).join('|');

/** Folders of the longest recognised layout: a table's hours lie at most so many levels below it. */
export const layoutFolders = Math.max(...knownLayouts.map(({ template }) => template.split('/').length));

/** In folders in which no folder looks so, no recognised layout ends. */
export const layoutEnd = '(?:\\A|/)(?:[a-z]+=)?[0-9-]+/';
