/** A file of a report on disk, and what the manifest says of it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openReportBucket } from '../../../src/adapters/inventory/report-bucket.js';
import type { FoundFile } from '../../../src/inventory/report-ports.js';
import { md5Of } from '../../inventory/report-files.js';

export async function laid(root: string, bytes: Uint8Array, said: { md5?: string; size?: number } = {}) {
  writeFileSync(join(root, 'f'), bytes);
  const bucket = await openReportBucket({ scheme: 'file' }, root);
  const { etag } = (await bucket.look('f'))!;
  const usual = { key: 'data/f', at: 'f', root, etag, size: bytes.length, md5: md5Of(bytes) };
  const file: FoundFile = { ...usual, ...said };
  return { bucket, file, root };
}
