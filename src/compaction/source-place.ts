/** What a generation covers is known by its place too: the same names elsewhere are other objects until somebody says they are not. */
import { printable } from '../kernel/s3.js';
import type { Manifest, Pointer } from './journal.js';
import type { SourceRef } from './partition.js';
import type { CompactionTable } from './table.js';

export interface Placed {
  /** Its sources by the keys they have where the table reads now. */
  readonly manifest: Manifest;
  /** It was made from another place, of which the config does not say that this one follows it. */
  readonly isElsewhere: boolean;
}

/** A manifest without a place is of a time when none was written down: it is taken for this one. */
export function placed({ source, sourcePrefix }: CompactionTable, manifest: Manifest): Placed {
  const from = manifest.source;
  if (from === undefined || from.uri === source.uri) return { manifest, isElsewhere: false };
  const sources = manifest.sources.map((one) => ({
    ...one,
    key: `${sourcePrefix}${one.key.slice(from.prefix.length)}`,
  }));
  return { manifest: { ...manifest, sources }, isElsewhere: !source.formerly.includes(from.uri) };
}

export function elsewhereText(
  { source }: CompactionTable,
  { generation }: Pointer,
  { source: from }: Manifest,
  late: readonly SourceRef[],
): string {
  const other = late.length === 1 ? '1 object there is' : `${late.length} objects there are`;
  return (
    `Generation ${generation} of it was made from ${from?.uri}, and source.uri is ${source.uri} now: ` +
    `${other} not what was compacted, "${printable(late[0]!.key)}" first, and taking them in could double rows. ` +
    'Set source.uri back; or name the old place in source.formerly if this is the same data, moved; or give the table another target.'
  );
}
