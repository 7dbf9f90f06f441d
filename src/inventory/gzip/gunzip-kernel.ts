/** The compiled reader of DEFLATE (gunzip-kernel.as.ts), which unpacks within a memory that another kernel reads the text in. */
import { carriedModule, wasmOf } from '../../kernel/wasm.js';
import { gunzipKernelWasm } from './gunzip-kernel-wasm.js';

/** The input ends within the stream. */
export const cutOff = 'unexpected end of file';

/** By the number below zero that the kernel gives, in zlib's words. */
const faults = [
  'invalid block type',
  'invalid stored block lengths',
  'too many length or distance symbols',
  'invalid code lengths set',
  'invalid bit length repeat',
  'invalid code -- missing end-of-block',
  'invalid literal/length code',
  'invalid distance code',
  'invalid distance too far back',
  'invalid literal/lengths set',
  'invalid distances set',
  cutOff,
] as const;

/** The stream has ended; it needs more input, or more room. */
const states = ['ended', 'starved', 'crowded'] as const;

export type Inflated = (typeof states)[number] | { readonly fault: (typeof faults)[number] };

/** What the kernel keeps for itself lies in the memory's first bytes; other kernels keep theirs below or behind it. */
export const gunzipKernelBytes = { from: 4096, to: 65_536 } as const;
/** Of the input that must be readable behind its end. */
export const inputSlack = 1024;
/** Of the room for the text that stays empty. */
export const textSlack = 512;

export interface GunzipKernel {
  /** A stream of DEFLATE begins. */
  begin(): void;
  /**
   * Input [from, to), all there will be when `isWhole`, to the text from `out` on, below `outEnd`. Nothing before `start` is
   * of this stream; the 32 KiB before `out` are kept as they were.
   */
  inflate(from: number, to: number, isWhole: boolean, out: number, outEnd: number, start: number): Inflated;
  /** Where the input begins that is not taken. */
  inAt(): number;
  /** Where the text ends. */
  outAt(): number;
}

interface Exports {
  readonly inAt: { readonly value: number };
  readonly outAt: { readonly value: number };
  begin(): void;
  inflate(...given: number[]): number;
}

const moduleOf = carriedModule(gunzipKernelWasm);

export function openGunzipKernel(memory: object): GunzipKernel {
  const wasm = new (wasmOf().Instance)(moduleOf(), { env: { memory } }).exports as unknown as Exports;
  return {
    begin: wasm.begin,
    inflate(from, to, isWhole, ...text) {
      const state = wasm.inflate(from, to, Number(isWhole), ...text);
      return state < 0 ? { fault: faults[-state - 1]! } : states[state]!;
    },
    inAt: () => wasm.inAt.value,
    outAt: () => wasm.outAt.value,
  };
}
