/** Telling people of a run: each piece of news once, whoever runs and however often. */
import { putRecord, readRecord } from '../compaction/journal.js';
import { noticeKey } from '../compaction/partition.js';
import type { CompactionPorts } from '../compaction/run.js';
import type { CompactionTable } from '../compaction/table.js';
import type { NotifyConfig } from '../config/notify.js';
import { BucketwiseError } from '../kernel/errors.js';
import type { Notice } from '../report/notice.js';
import type { Notifier } from '../schedule/ports.js';

export interface Telling {
  readonly notify: NotifyConfig;
  readonly notifiers: readonly Notifier[];
  /** For the terminal: what could not be told. */
  readonly note: (text: string) => void;
}

/** Who was told already. Absent: everybody, for so it was written once. */
interface Told {
  readonly schemaVersion: 1;
  readonly kind: Notice['kind'];
  readonly subject: string;
  readonly told?: readonly string[];
}

/**
 * Effects in order, notice by notice: the record is read, the message sent to those it does not name, and the record
 * written with them (if absent, or if still the same). A crash between the two tells it again; never is one lost. A
 * message that could not be sent is noted, and sent there alone by the next run that has the same news.
 */
export async function tell(
  { target }: Pick<CompactionPorts, 'target'>,
  table: CompactionTable,
  notices: readonly Notice[],
  { notify, notifiers, note }: Telling,
): Promise<void> {
  for (const notice of notices.filter(({ kind }) => notify.on.includes(kind))) {
    const key = noticeKey(table, notice.id);
    const found = await readRecord<Told>(target, key, ['kind']);
    if (found && !found.record.told) continue;
    const before = found?.record.told ?? [];
    const waiting = notifiers.filter(({ name }) => !before.includes(name));
    const sent = await Promise.all(waiting.map((notifier) => isSent(notifier, notice, note)));
    const now = waiting.filter((_, at) => sent[at]).map(({ name }) => name);
    if (now.length === 0) continue;
    const { kind, subject } = notice;
    const told: Told = { schemaVersion: 1, kind, subject, told: [...before, ...now] };
    await putRecord(target, key, told, found ? { etag: found.etag } : 'absent');
  }
}

async function isSent(notifier: Notifier, notice: Notice, note: (text: string) => void): Promise<boolean> {
  try {
    await notifier.send(notice);
    return true;
  } catch (error) {
    if (!(error instanceof BucketwiseError)) throw error;
    note(`${error.code}: ${error.message}`);
    return false;
  }
}
