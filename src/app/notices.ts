/** Telling people of a run: each piece of news once, whoever runs and however often. */
import { putRecord } from '../compaction/journal.js';
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

/**
 * Effects in order, notice by notice: the record is read (told before: nothing more), the message sent, the record
 * put if absent. A crash between the two tells it again; never is one lost. A message that could not be sent is
 * noted, and tried again by the next run that has the same news.
 */
export async function tell(
  { target }: Pick<CompactionPorts, 'target'>,
  table: CompactionTable,
  notices: readonly Notice[],
  { notify, notifiers, note }: Telling,
): Promise<void> {
  for (const notice of notices.filter(({ kind }) => notify.on.includes(kind))) {
    const key = noticeKey(table, notice.id);
    if (await target.read(key)) continue;
    const sent = await Promise.all(notifiers.map((notifier) => isSent(notifier, notice, note)));
    if (sent.every(Boolean)) await putRecord(target, key, toldOf(notice), 'absent');
  }
}

const toldOf = ({ kind, subject }: Notice) => ({ schemaVersion: 1 as const, kind, subject });

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
