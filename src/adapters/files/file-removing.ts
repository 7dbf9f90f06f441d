/** A conditional delete: under the lock of the key, compare and unlink(2). Folders stay, for another writer may be about to use them. */
import { lstatSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RemoveOutcome } from '../../compaction/ports.js';
import { digest } from '../../kernel/digest.js';
import type { Key } from '../../kernel/s3.js';
import { diskFailed } from './disk-errors.js';
import { etagOf } from './file-etag.js';
import { locked } from './file-lock.js';
import { etagNow } from './file-reading.js';
import { syncFolders } from './file-writing.js';
import { type Folder, type Place, placeFor } from './folder.js';
import { hiddenFolder, hiddenPath } from './unfinished-file.js';

/** Order of effects: lock, compare, unlink, unlock, sync of the folder. */
export async function removeIfMatch(
  folder: Folder,
  { key, etag }: { readonly key: Key; readonly etag: string },
): Promise<RemoveOutcome> {
  const now = await etagNow(folder, key);
  if (now !== etag) return now === undefined ? 'gone' : 'changed';
  try {
    const place = placeFor(folder, key);
    hiddenFolder(place.root, key);
    const outcome = await locked(hiddenPath(place.root, `lock-${digest(key)}`), () => unlinked(place, etag));
    if (outcome === 'removed') await syncFolders([dirname(place.path)]);
    return outcome;
  } catch (cause) {
    return diskFailed('write', key, cause);
  }
}

function unlinked({ path }: Place, etag: string): RemoveOutcome {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (!stats) return 'gone';
  if (!stats.isFile() || etagOf(stats) !== etag) return 'changed';
  unlinkSync(path);
  return 'removed';
}
