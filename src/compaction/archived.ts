/**
 * Objects of an archive class cannot be read before they are restored, and Athena passes over them without a word even
 * then. Athena User Guide, "Querying restored Amazon S3 Glacier objects".
 */
import { type ObjectRecord, printable } from '../kernel/s3.js';
import type { SourceRef } from './partition.js';
import type { Engine } from './ports.js';

const archiveClasses = new Set(['GLACIER', 'DEEP_ARCHIVE']);

export const isArchived = ({ storageClass }: ObjectRecord): boolean => archiveClasses.has(storageClass);

/** Why these are not given to the engine, or undefined. Our own reader asks S3, which knows what is restored. */
export function archiveFault(
  engine: Engine['name'],
  objects: readonly ObjectRecord[],
  wanted: readonly SourceRef[],
): string | undefined {
  if (engine === 'duckdb') return undefined;
  const keys = new Set(wanted.map(({ key }) => key));
  const [first, ...others] = objects.filter((object) => keys.has(object.key) && isArchived(object));
  if (!first) return undefined;
  const and = others.length === 0 ? '' : ` and ${others.length} more`;
  return `"${printable(first.key)}"${and} in storage class ${first.storageClass}, which ${engine} passes over without a word: restore and copy to STANDARD first, or restore and use duckdb.`;
}
