/**
 * Between processes one holder at a time: a lock is a symbolic link that cannot be made twice and whose text names its
 * holder. A holder that died is stepped over, never removed: the next number is tried instead. So two processes that
 * both find a dead holder still meet at one name only one of them can make, and no lock is ever taken from the living.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync, symlinkSync, unlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { raise } from '../../kernel/errors.js';
import { codeOf, isMissing } from './disk-errors.js';

const PATIENCE_MS = 10_000;

/**
 * Runs `act`, which must be synchronous and short, while no other process runs one under the same path.
 * Errors: STORE_FAILED when a holder that may be alive keeps the lock for ten seconds; those of `act`.
 */
export async function locked<T>(path: string, act: () => T, patienceMs = PATIENCE_MS): Promise<T> {
  const mine = `${randomUUID()} ${ownerText(process.pid)}`;
  let seen: { readonly holder: string; readonly since: number } | undefined;
  for (let number = 0; ; ) {
    const lock = `${path}-${number}`;
    const holder = taken(lock, mine);
    if (holder === mine) return released(lock, act);
    if (holder !== undefined && isDead(holder)) number += 1;
    else if (holder !== undefined) {
      if (holder !== seen?.holder) seen = { holder, since: performance.now() };
      if (performance.now() - seen.since > patienceMs) heldTooLong(lock);
      await sleep(1 + Math.random() * 8);
    }
  }
}

function released<T>(lock: string, act: () => T): T {
  try {
    return act();
  } finally {
    unlinkSync(lock);
  }
}

/** The holder: `mine` when the lock was free. Undefined when it was let go in between. */
function taken(lock: string, mine: string): string | undefined {
  try {
    symlinkSync(mine, lock);
    return mine;
  } catch (cause) {
    if (codeOf(cause) !== 'EEXIST') throw cause;
  }
  try {
    return readlinkSync(lock);
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw cause;
  }
}

const heldTooLong = (lock: string): never =>
  raise('STORE_FAILED', {
    action: 'lock',
    what: lock,
    why: 'another process holds it; if no other bucketwise works on this folder, delete that file',
  });

/** Process ids mean something only within one boot of one machine and one container. */
const machine = [hostname(), bootId(), containerId()].join(' ').replaceAll('\n', '');

function bootId(): string {
  return procText('/proc/sys/kernel/random/boot_id');
}

function containerId(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function procText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

/** When the process began: a number that is used again after its process ended is then another process. */
const startOf = (pid: number): string => {
  const stat = procText(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
};

export const ownerText = (pid: number): string => `${pid} ${startOf(pid) || '-'} ${machine}`;

const isDead = (holder: string): boolean => isDeadProcess(holder.slice(holder.indexOf(' ') + 1));

/** Of an `ownerText`. True only when it is certain: a process on another machine is taken to be alive. */
export function isDeadProcess(owner: string): boolean {
  const [pid, start, ...rest] = owner.split(' ');
  if (rest.join(' ') !== machine) return false;
  try {
    process.kill(Number(pid), 0);
  } catch (cause) {
    return codeOf(cause) === 'ESRCH';
  }
  return start !== '-' && start !== startOf(Number(pid));
}

/**
 * For claims in a bucket, where all machines meet. Where no boot id tells this machine from others of its name, and where
 * it may be one of many copies of one snapshot (Lambda), nobody is dead for certain: their leases run out.
 */
export const deathWatch = (
  { AWS_LAMBDA_FUNCTION_NAME: isCopied }: Readonly<Record<string, string | undefined>>,
  boot = bootId(),
): ((owner: string) => boolean) => (isCopied || boot === '' ? () => false : isDeadProcess);
