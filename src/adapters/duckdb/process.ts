/** The engine's process, started when first needed, ended on request; what was under way when it ends is answered. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { WorkerAnswer, WorkerSettings } from './worker.js';

export type Answer =
  | { readonly outcome: 'rows'; readonly rows: readonly unknown[] }
  | { readonly outcome: 'failed'; readonly why: string }
  /** The process ended: what it had done is not known. */
  | { readonly outcome: 'ended'; readonly why: string };

export interface EngineProcess {
  run(sql: string, signal: AbortSignal): Promise<Answer>;
  close(): void;
}

/** This file's own ending: .js once built, in another folder of this depth; .ts under a loader that the child inherits. */
const workerPath = fileURLToPath(
  new URL(`../../adapters/duckdb/worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
);

export function engineProcess(settings: WorkerSettings): EngineProcess {
  let child: ChildProcess | undefined;
  let ready: Promise<void> | undefined;
  let next = 1;
  const waiting = new Map<number, (answer: Answer) => void>();
  const end = (why: string): void => {
    child = undefined;
    for (const settle of waiting.values()) settle({ outcome: 'ended', why });
    waiting.clear();
  };
  const start = (): Promise<void> => {
    const started = fork(workerPath, [JSON.stringify(settings)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    child = started;
    let said = '';
    started.stderr?.on('data', (chunk: Buffer) => {
      said = `${said}${chunk}`.slice(-2000);
    });
    return new Promise((resolve) => {
      started.on('message', (answer: WorkerAnswer) => {
        if (answer.id === 0) resolve();
        const settle = waiting.get(answer.id);
        waiting.delete(answer.id);
        settle?.(answer.ok ? { outcome: 'rows', rows: answer.rows } : { outcome: 'failed', why: answer.why });
      });
      started.on('exit', (code, signal) => {
        if (child === started)
          end(`its process ended (${signal ?? `exit ${code}`})${said ? `: ${said.trim()}` : ''}`);
        resolve();
      });
    });
  };
  return {
    run: async (sql, signal) => {
      if (!child) ready = start();
      await ready;
      const running = child;
      if (!running) return { outcome: 'ended', why: 'its process did not start' };
      const id = next++;
      const stop = (): void => void running.kill('SIGKILL');
      signal.addEventListener('abort', stop, { once: true });
      try {
        return await new Promise<Answer>((resolve) => {
          waiting.set(id, resolve);
          if (signal.aborted) stop();
          else running.send({ id, sql });
        });
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
    close: () => {
      child?.kill('SIGKILL');
    },
  };
}
