/** The rate cards shipped with the program: one JSON file for each Region. */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** pricing/ lies beside src/ and beside dist/ alike. */
const folder = new URL('../../../pricing/', import.meta.url);

export async function regions(): Promise<readonly string[]> {
  const names = await readdir(fileURLToPath(folder));
  return names
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}

/** The text of a Region's file, or undefined when there is none; a name that is no Region's never leaves the folder. */
export async function rateCards(region: string): Promise<string | undefined> {
  if (!/^[a-z0-9-]{1,40}$/.test(region)) return undefined;
  try {
    return await readFile(new URL(`${region}.json`, folder), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
