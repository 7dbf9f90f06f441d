/** Runs one part of a benchmark in a process of its own and watches it with all below it: time, processor, resident memory (Linux). */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface Measured {
  readonly seconds: number;
  /** Of the processor, all processes together: what a busy machine does not change. */
  readonly cpuSeconds: number;
  readonly peakMiB: number;
}

/** `beside`: processes elsewhere, such as a server's, whose part counts too; `execArgv`: Node's own arguments, this process's if not said. The child says seconds and its own processor seconds. */
export async function measured(
  script: string,
  parts: readonly string[],
  beside: readonly number[] = [],
  execArgv: readonly string[] = process.execArgv,
): Promise<Measured> {
  // Without it (CONFIG_PROC_CHILDREN) what the child starts would be counted for nothing.
  readFileSync(`/proc/self/task/${process.pid}/children`);
  const child = spawn(process.execPath, [...execArgv, script, ...parts], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // Of the machine, not of what is measured: Node reads all certificates at its start where it is set, which takes it 40 ms.
    env: { ...process.env, NODE_EXTRA_CA_CERTS: undefined },
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  let peak = 0;
  const below = new Map<number, number>();
  const atFirst = new Map(beside.flatMap(processTree).map(({ pid, cpu }) => [pid, cpu]));
  const watch = setInterval(() => {
    const tree = [child.pid!, ...beside].flatMap(processTree);
    peak = Math.max(
      peak,
      tree.reduce((sum, { kib }) => sum + kib, 0),
    );
    for (const { pid, cpu } of tree) if (pid !== child.pid) below.set(pid, cpu - (atFirst.get(pid) ?? 0));
  }, 100);
  const code = await new Promise((resolve) => child.on('exit', resolve));
  clearInterval(watch);
  if (code !== 0) throw new Error(`${parts.join(' ')} ended with ${code}`);
  const [seconds = 0, own = 0] = said.split(' ').map(Number);
  return {
    seconds,
    cpuSeconds: [...below.values()].reduce((sum, cpu) => sum + cpu, own),
    peakMiB: peak / 1024,
  };
}

interface Process {
  readonly pid: number;
  readonly kib: number;
  readonly cpu: number;
}

/**
 * A process and all below it, with resident memory and processor time (Linux). No others are looked at: where what is measured has
 * every processor busy, looking takes from it.
 */
function processTree(root: number): readonly Process[] {
  const found: Process[] = [];
  const waiting = [root];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    const place = `/proc/${pid}`;
    const [status, stat] = [textOf(`${place}/status`), textOf(`${place}/stat`)];
    if (stat === '') continue;
    const kib = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    const ticks = stat.split(') ')[1]!.split(' ').slice(11, 13);
    found.push({ pid, kib, cpu: ticks.reduce((sum, one) => sum + Number(one) / 100, 0) });
    for (const thread of namesIn(`${place}/task`))
      waiting.push(...textOf(`${place}/task/${thread}/children`).split(' ').filter(Boolean).map(Number));
  }
  return found;
}

const textOf = (path: string): string => ifThere(() => readFileSync(path, 'utf8')) ?? '';
const namesIn = (path: string): readonly string[] => ifThere(() => readdirSync(path)) ?? [];

/** Undefined where a process or a thread has ended meanwhile. */
function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (cause) {
    if (/^(?:ENOENT|ESRCH)$/.test((cause as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw cause;
  }
}

export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
