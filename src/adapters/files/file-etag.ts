/** The etag of a file is size, time of modification and inode: cheap to read, and another after every write of the store. */
import type { BigIntStats } from 'node:fs';

/** The MD5 of a million files would mean reading them all. */
export const etagOf = (stats: BigIntStats): string =>
  `${stats.size.toString(16)}-${stats.mtimeNs.toString(16)}-${stats.ino.toString(16)}`;
