/** Runs one part of a benchmark in a process of its own and watches it with all below it: time, processor, resident memory (Linux). */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

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

/** A process and all below it, with resident memory and processor time (Linux). */
function processTree(root: number): readonly { pid: number; kib: number; cpu: number }[] {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const stats = processes.flatMap((pid) => {
    const path = `/proc/${pid}/status`;
    if (!existsSync(path)) return [];
    try {
      const text = readFileSync(path, 'utf8');
      const field = (name: string): number =>
        Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
      const ticks = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ').slice(11, 13);
      const cpu = ticks.reduce((sum, one) => sum + Number(one) / 100, 0);
      return [{ pid: Number(pid), parent: field('PPid'), kib: field('VmRSS'), cpu }];
    } catch {
      return [];
    }
  });
  const within = new Set([root]);
  for (let before = 0; before < within.size; ) {
    before = within.size;
    for (const { pid, parent } of stats) if (within.has(parent)) within.add(pid);
  }
  return stats.filter(({ pid }) => within.has(pid));
}

export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
