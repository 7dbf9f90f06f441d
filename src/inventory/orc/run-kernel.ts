/** The compiled reader of runs of numbers (run-kernel.as.ts), with the memory it works in; it keeps nothing from call to call. */
import { carriedModule, wasmOf } from '../../kernel/wasm.js';
import { runKernelWasm } from './run-kernel-wasm.js';

/** No run is longer. */
export const mostRun = 512;
/** Nor in bytes as stored. */
export const mostRunBytes = 8192;

export interface RunKernel {
  /** What was decoded, from the first place on. */
  readonly numbers: Float64Array;
  /** Runs of [from, to), which are all there will be when `isWhole`, until there are `wanted` numbers, or more by less than a run. */
  decode(bytes: Uint8Array, from: number, to: number, isWhole: boolean, wanted: number): Decoded;
}

export interface Decoded {
  readonly count: number;
  /** Where the next run begins. */
  readonly at: number;
  readonly fault: (typeof faults)[number];
}

const faults = [
  undefined,
  'a run of numbers is cut',
  'a number has more than ten bytes',
  'a patch has more than 64 bits',
  'a patch lies beyond its run',
] as const;

interface Exports {
  readonly at: { readonly value: number };
  readonly fault: { readonly value: number };
  decode(...given: number[]): number;
}

const pageBytes = 65_536;
/** What the module itself keeps lies below. */
const inputAt = 4096;
const inputBytes = 32_768;
/** What is read behind the input where a run is cut. */
const inputSlack = 8192;
const numbersAt = inputAt + inputBytes + inputSlack;
/** What may be asked for at once. */
const mostWanted = 8192;
const end = numbersAt + 8 * (mostWanted + mostRun);

const moduleOf = carriedModule(runKernelWasm);
let opened: { readonly wasm: Exports; readonly memory: Uint8Array; readonly numbers: Float64Array };

export function runKernel(version: 1 | 2, isSigned: boolean): RunKernel {
  opened ??= newKernel();
  const { wasm, memory, numbers } = opened;
  return {
    numbers,
    decode: (bytes, from, to, isWhole, wanted) => {
      const length = Math.min(to - from, inputBytes);
      memory.set(bytes.subarray(from, from + length), inputAt);
      const count = wasm.decode(
        inputAt,
        inputAt + length,
        Number(isWhole && length === to - from),
        Number(version === 1),
        Number(isSigned),
        numbersAt,
        Math.min(wanted, mostWanted),
      );
      return { count, at: from + wasm.at.value - inputAt, fault: faults[wasm.fault.value] };
    },
  };
}

function newKernel(): typeof opened {
  const { Memory, Instance } = wasmOf();
  const memory = new Memory({ initial: Math.ceil(end / pageBytes) });
  return {
    wasm: new Instance(moduleOf(), { env: { memory } }).exports as unknown as Exports,
    memory: new Uint8Array(memory.buffer),
    numbers: new Float64Array(memory.buffer, numbersAt, mostWanted + mostRun),
  };
}
