/** Rate cards on disk: one JSON file for each Region, in the folder shipped with the program or in another. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { replaceTexts } from './text-batch.js';
import { failed } from './text-files.js';

/** pricing/ lies beside src/ and beside dist/ alike, and this file, built, in a folder of the same depth. */
const shipped = fileURLToPath(new URL('../../../pricing/', import.meta.url));

const regionFile = /^([a-z]{2}(?:-[a-z]+)+-\d+)\.json$/;

export const regions = (): Promise<readonly string[]> => regionsIn(shipped);

/** The text of a Region's file, or undefined when there is none; a name that is no Region's never leaves the folder. */
export const rateCards = (region: string): Promise<string | undefined> => textIn(shipped, region);

/** The price files of a folder, of the program's own when none is named. */
export function openPriceFolder(dir: string | undefined) {
  const folder = dir ?? shipped;
  return {
    regions: () => regionsIn(folder),
    read: (region: string) => textIn(folder, region),
    /** All or none; a file that changed since it was read is left alone. Errors: CONDITION_FAILED. */
    replace: (
      texts: readonly { readonly region: string; readonly before: string; readonly after: string }[],
    ) =>
      replaceTexts(
        texts.map(({ region, before, after }) => ({ path: join(folder, `${region}.json`), before, after })),
      ),
  };
}

async function regionsIn(folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(folder);
    return names.flatMap((name) => regionFile.exec(name)?.[1] ?? []).sort();
  } catch (cause) {
    return failed(folder, 'read', cause);
  }
}

async function textIn(folder: string, region: string): Promise<string | undefined> {
  if (!regionFile.test(`${region}.json`)) return undefined;
  const path = join(folder, `${region}.json`);
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    return failed(path, 'read', cause);
  }
}
