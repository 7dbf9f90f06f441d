/** Records that are no rows of their table are held in memory until their hour is read: as many as there is room for. */
import type { RecordMachine } from './records.js';

/** A record that is no row of this table. */
export interface Rejected {
  /** Of its first byte; lines count from 1. */
  readonly line: number;
  readonly column: string | null;
  readonly reason: string;
  readonly raw: string;
  /** The bytes [from, to) of the uncompressed file, its line end included. */
  readonly from: number;
  readonly to: number;
}

export interface Aside {
  /** Beyond so many bad records a file is refused; 0 refuses it at the first. */
  readonly mostRecords: number;
  /** What is left for all files of the hour. */
  room: number;
}

export const mostAsideBytes = 64 << 20;
/** Of a record beside its own: what tells of it. */
const tellingBytes = 256;

/** Why the file is refused, if it is. The record at hand ends at `end`, the next one begins at `next`. */
export function putAside(
  m: RecordMachine,
  { column, reason }: NonNullable<RecordMachine['fault']>,
  end: number,
  next: number,
): string | undefined {
  const { aside } = m;
  if (aside.mostRecords === 0) return reason;
  if (m.rejected.length === aside.mostRecords)
    return `more than ${aside.mostRecords} records do not fit, this one for ${reason}`;
  aside.room -= next - m.from + tellingBytes;
  if (aside.room < 0)
    return `the records of its hour that do not fit are more than the ${mostAsideBytes >> 20} MiB that are put aside at most, this one for ${reason}`;
  const begin = m.before + m.offset;
  const raw = new TextDecoder('utf-8', { ignoreBOM: true }).decode(m.kernel.source.slice(m.from, end));
  m.rejected.push({ line: m.line, column, reason, raw, from: begin + m.from, to: begin + next });
  return undefined;
}
