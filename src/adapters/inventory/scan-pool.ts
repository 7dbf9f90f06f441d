/** Threads that read data files, one file each at a time, with the next one at hand; a thread that ends on its own is an error that names its file. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { FileJob, FileProgress, FileResult, FileScanner } from '../../inventory/report-ports.js';
import { BucketwiseError } from '../../kernel/errors.js';
import { printable } from '../../kernel/s3.js';
import { heardError, type ScanAnswer, type ScanSettings } from './scan-messages.js';
import { type ThreadProgram, threadProgram } from './thread-program.js';

export interface ScanPool<Part> extends FileScanner<Part> {
  /** Made by all threads so far, each told when a file ends. */
  requests(): number;
  /** Once closed: when no thread is left. */
  ended(): Promise<void>;
}

interface Under<Part> {
  readonly job: FileJob;
  readonly onProgress: (since: FileProgress) => void;
  readonly resolve: (result: FileResult<Part>) => void;
  readonly reject: (error: Error) => void;
}

interface Thread<Part> {
  readonly worker: Worker;
  /** The file it reads, and those it reads next: it need not wait until somebody hears that it is done. */
  readonly under: Under<Part>[];
}

/** Of a thread at once. */
const MOST_UNDER = 2;

export interface PoolOptions {
  /** Default: one for each processor. */
  readonly threads?: number;
  /** A test may have threads that die. */
  readonly program?: ThreadProgram;
}

export function openScanPool<Part, Options>(
  settings: ScanSettings<Options>,
  { threads = availableParallelism(), program = threadProgram('scan-thread') }: PoolOptions = {},
): ScanPool<Part> {
  const all = new Set<Thread<Part>>();
  const waiting: Under<Part>[] = [];
  let requests = 0;
  let closed = false;
  let leaving: Promise<unknown> = Promise.resolve();
  const ended = (thread: Thread<Part>, why: string, cause?: Error): void => {
    all.delete(thread);
    const [under, ...next] = thread.under.splice(0);
    if (closed || !under) return;
    // Those behind it were not begun.
    waiting.unshift(...next);
    giveAll();
    under.reject(new BucketwiseError('SCANNER_ENDED', { file: printable(under.job.file.key), why }, cause));
  };
  const hear = (thread: Thread<Part>, answer: ScanAnswer<Part>): void => {
    if (answer.kind === 'progress') {
      if (!closed) thread.under[0]?.onProgress(answer.since);
      return;
    }
    requests += answer.requests;
    const under = thread.under.shift();
    if (!under || closed) return;
    giveAll();
    if (answer.kind === 'done') under.resolve(answer.result);
    else under.reject(heardError(answer.error, under.job));
  };
  const start = (): Thread<Part> => {
    const { path, ...how } = program;
    const worker = new Worker(path, { workerData: settings, ...how });
    const thread: Thread<Part> = { worker, under: [] };
    all.add(thread);
    worker.on('message', (answer: ScanAnswer<Part>) => hear(thread, answer));
    worker.on('error', (error) => ended(thread, error.message, error));
    worker.on('messageerror', (error) => ended(thread, error.message, error));
    worker.on('exit', (code) => ended(thread, `exit code ${code}`));
    return thread;
  };
  /** To a thread that reads nothing, then to a new one; only then one waits behind another. */
  const giveAll = (): void => {
    while (waiting.length > 0) {
      const [least] = [...all].sort((a, b) => a.under.length - b.under.length);
      const isFree = least && (least.under.length === 0 || all.size >= threads);
      const thread = isFree ? least : start();
      if (thread.under.length >= MOST_UNDER) return;
      const under = waiting.shift()!;
      thread.under.push(under);
      thread.worker.postMessage(under.job);
    }
  };
  return {
    parallel: MOST_UNDER * threads,
    scan: (job, onProgress) =>
      new Promise((resolve, reject) => {
        if (closed) {
          const why = 'the scan was over before it was begun';
          return reject(new BucketwiseError('SCANNER_ENDED', { file: printable(job.file.key), why }));
        }
        waiting.push({ job, onProgress, resolve, reject });
        giveAll();
      }),
    close: () => {
      closed = true;
      leaving = Promise.all([leaving, ...[...all].map(({ worker }) => worker.terminate())]);
      all.clear();
      waiting.length = 0;
    },
    requests: () => requests,
    ended: async () => void (await leaving),
  };
}
