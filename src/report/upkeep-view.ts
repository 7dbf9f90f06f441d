/** What a check of committed hours found, and what dead runs left behind. */
import { bytesText } from '../kernel/bytes.js';
import { counted, number } from './view.js';

export interface VerdictView {
  readonly table: string;
  readonly hours: readonly {
    readonly partition: string;
    readonly generation: number;
    readonly files: number;
    readonly rows: number;
    /** Empty when the hour holds. */
    readonly faults: readonly string[];
  }[];
}

export function verdictText({ table, hours }: VerdictView): string {
  const rows = hours.reduce((sum, hour) => sum + hour.rows, 0);
  const files = hours.reduce((sum, hour) => sum + hour.files, 0);
  const faults = hours.flatMap((hour) => hour.faults.map((fault) => `  ${hour.partition}: ${fault}`));
  const broken = hours.filter((hour) => hour.faults.length > 0).length;
  const judged =
    broken === 0
      ? 'every one is as its evidence says'
      : `${number(broken)} ${broken === 1 ? 'is' : 'are'} not as the evidence says`;
  return [
    hours.length === 0
      ? `${table}: no committed hour lies there`
      : `${table}: ${counted(hours.length, 'committed hour')}, ${counted(files, 'file')}, ${counted(rows, 'row')}: ${judged}`,
    ...faults,
  ].join('\n');
}

export interface CleaningView {
  readonly table: string;
  readonly attempts: readonly {
    readonly partition: string;
    readonly attempt: string;
    readonly objects: number;
    readonly bytes: number;
  }[];
  readonly uploads: number;
  /** Attempts that may still be committed or read. */
  readonly kept: number;
  /** Null when it was only looked at. */
  readonly done: {
    readonly removed: number;
    readonly bytes: number;
    readonly left: number;
    readonly aborted: number;
  } | null;
}

export function cleaningText({ table, attempts, uploads, kept, done }: CleaningView): string {
  const objects = attempts.reduce((sum, one) => sum + one.objects, 0);
  const bytes = attempts.reduce((sum, one) => sum + one.bytes, 0);
  const stays = kept === 0 ? '' : `; ${counted(kept, 'attempt')} may still be committed or read and stay`;
  if (objects === 0 && uploads === 0) return `${table}: nothing to clean${stays}`;
  const found = `${counted(objects, 'object')} (${bytesText(bytes)}) of ${counted(attempts.length, 'dead attempt')} and ${counted(uploads, 'unfinished upload')}`;
  if (done === null)
    return [
      `${table}: ${found} can go${stays}`,
      ...attempts.map(
        (one) =>
          `  ${one.partition} ${one.attempt}: ${counted(one.objects, 'object')}, ${bytesText(one.bytes)}`,
      ),
    ].join('\n');
  const left = done.left === 0 ? '' : `; ${counted(done.left, 'object')} had changed and stayed`;
  return `${table}: ${counted(done.removed, 'object')} (${bytesText(done.bytes)}) deleted, ${counted(done.aborted, 'upload')} ended${left}${stays}`;
}
