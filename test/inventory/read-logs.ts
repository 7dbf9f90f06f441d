/** Logs read as the program reads them, and what they came to as short texts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { openRequestLogs, type RequestLogs } from '../../src/inventory/request-log.js';
import type { RequestTallyOptions } from '../../src/inventory/request-rates.js';
import { tableOf } from '../../src/prefixes/partition-keys.js';

/** One letter a byte. */
export const anyBytes = fc
  .uint8Array({ maxLength: 40 })
  .map((bytes) => Buffer.from(bytes).toString('latin1'));

export const fixture = (name: string): Buffer =>
  readFileSync(join(import.meta.dirname, '../fixtures/access-logs', name));

export function readLogs(
  files: Readonly<Record<string, Uint8Array>>,
  options: Partial<RequestTallyOptions> = {},
  pieceBytes = 1 << 16,
): RequestLogs {
  const logs = openRequestLogs({
    bucket: 'lake',
    prefix: '',
    depth: 4,
    now: Date.UTC(2026, 10, 24) / 1000,
    tableOf,
    ...options,
  });
  for (const [name, bytes] of Object.entries(files)) {
    const file = logs.open(name);
    for (let at = 0; at < bytes.length; at += pieceBytes) file.take(bytes.subarray(at, at + pieceBytes));
    file.end();
  }
  return logs;
}

/** "csv/ get ok loader: 2 (1500 sent)", ordered. */
export const told = ({ tally }: RequestLogs): string[] =>
  tally
    .cells()
    .map(
      ({ prefix, class: kind, answer, requester, requests, bytesSent }) =>
        `${prefix || '(all)'} ${kind} ${answer} ${requester.replace(/^.*\//, '')}: ${requests} (${bytesSent} sent)`,
    )
    .sort();
