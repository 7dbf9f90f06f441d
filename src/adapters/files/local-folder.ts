/** Local copies lie in a folder that names its process, so that what a killed process left is swept by the next one. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskFailed } from './disk-errors.js';
import { isDeadProcess, ownerText } from './file-lock.js';

/** Hidden: whoever lists the folder for data passes it over. */
const OWNER = '.owner';

/** Errors: STORE_FAILED, PERMISSION_DENIED. */
export async function makeLocalFolder(parent = tmpdir()): Promise<string> {
  await sweep(parent);
  try {
    const folder = await mkdtemp(join(parent, `bucketwise-${process.pid}-`));
    await writeFile(join(folder, OWNER), ownerText(process.pid));
    return folder;
  } catch (cause) {
    return diskFailed('write', `${parent} (TMPDIR, for local copies)`, cause);
  }
}

/** Only of processes that are dead for certain; what cannot be read or removed is somebody else's. */
async function sweep(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((name) => /^bucketwise-\d+-\w{6}$/.test(name))) {
    const owner = await readFile(join(parent, name, OWNER), 'utf8').catch(() => '');
    if (owner !== '' && isDeadProcess(owner))
      await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
