/** Threads that read data files, one file each at a time; a thread that ends on its own is an error that names its file. */
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
  under: Under<Part> | undefined;
}

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
  const idle: Thread<Part>[] = [];
  const all = new Set<Thread<Part>>();
  let requests = 0;
  let closed = false;
  let leaving: Promise<unknown> = Promise.resolve();
  const settle = (thread: Thread<Part>, act: (under: Under<Part>) => void): void => {
    const { under } = thread;
    thread.under = undefined;
    if (under && !closed) act(under);
  };
  const ended = (thread: Thread<Part>, why: string, cause?: Error): void => {
    all.delete(thread);
    if (idle.includes(thread)) idle.splice(idle.indexOf(thread), 1);
    settle(thread, ({ job, reject }) =>
      reject(new BucketwiseError('SCANNER_ENDED', { file: printable(job.file.key), why }, cause)),
    );
  };
  const hear = (thread: Thread<Part>, answer: ScanAnswer<Part>): void => {
    if (answer.kind === 'progress') {
      if (!closed) thread.under?.onProgress(answer.since);
      return;
    }
    requests += answer.requests;
    idle.push(thread);
    settle(thread, ({ job, resolve, reject }) =>
      answer.kind === 'done' ? resolve(answer.result) : reject(heardError(answer.error, job)),
    );
  };
  const start = (): Thread<Part> => {
    const { path, ...how } = program;
    const worker = new Worker(path, { workerData: settings, ...how });
    const thread: Thread<Part> = { worker, under: undefined };
    all.add(thread);
    worker.on('message', (answer: ScanAnswer<Part>) => hear(thread, answer));
    worker.on('error', (error) => ended(thread, error.message, error));
    worker.on('messageerror', (error) => ended(thread, error.message, error));
    worker.on('exit', (code) => ended(thread, `exit code ${code}`));
    return thread;
  };
  return {
    parallel: threads,
    scan: (job, onProgress) =>
      new Promise((resolve, reject) => {
        if (closed) {
          const why = 'the scan was over before it was begun';
          return reject(new BucketwiseError('SCANNER_ENDED', { file: printable(job.file.key), why }));
        }
        const thread = idle.pop() ?? start();
        thread.under = { job, onProgress, resolve, reject };
        thread.worker.postMessage(job);
      }),
    close: () => {
      closed = true;
      leaving = Promise.all([leaving, ...[...all].map(({ worker }) => worker.terminate())]);
      all.clear();
      idle.length = 0;
    },
    requests: () => requests,
    ended: async () => void (await leaving),
  };
}
