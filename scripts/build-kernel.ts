/**
 * Compiles the readers written in AssemblyScript to WebAssembly and writes each as text that the program carries; `--check`
 * only compares.
 *
 *   node --import tsx scripts/build-kernel.ts [--check]
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

/** X.as.ts in a folder is compiled to X-wasm.ts beside it. */
export interface Kernel {
  readonly folder: string;
  readonly name: string;
  /** Of WebAssembly, beyond its first version. */
  readonly features: readonly string[];
}

export const kernels: readonly Kernel[] = [
  { folder: '../src/compaction/values/', name: 'scan-kernel', features: [] },
  { folder: '../src/inventory/', name: 'tally-kernel', features: ['simd'] },
];

export const writtenAs = ({ folder, name }: Kernel): URL =>
  new URL(`${folder}${name}-wasm.ts`, import.meta.url);

/** What its -wasm.ts ought to be. */
export async function compiledKernel({ folder, name, features }: Kernel): Promise<string> {
  const parts = new Map<string, Uint8Array>();
  const enabled = features.flatMap((feature) => ['--enable', feature]);
  const options = ['-O3', '--runtime', 'stub', '--noAssert', '--importMemory', ...enabled];
  const { error, stderr } = await asc.main([`${name}.as.ts`, ...options, '-o', 'out.wasm'], {
    readFile: (file, base) => {
      const path = fileURLToPath(new URL(`${folder}${file}`, import.meta.url));
      return base === '.' && existsSync(path) ? readFileSync(path, 'utf8') : null;
    },
    writeFile: (file, bytes) => {
      parts.set(file, typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes);
    },
    listFiles: () => [],
  });
  const wasm = parts.get('out.wasm');
  if (error || !wasm) throw new Error(`${name}.as.ts does not compile: ${error?.message}\n${stderr}`);
  const constant = `${name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())}Wasm`;
  return `/** Made from ${name}.as.ts by scripts/build-kernel.ts; the lint step holds the two equal. */\nexport const ${constant} =\n  '${Buffer.from(wasm).toString('base64')}';\n`;
}

async function build(kernel: Kernel, onlyCheck: boolean): Promise<void> {
  const made = await compiledKernel(kernel);
  const written = writtenAs(kernel);
  if (!onlyCheck) writeFileSync(written, made);
  else if (!existsSync(written) || readFileSync(written, 'utf8') !== made) {
    console.error(
      `${kernel.name}-wasm.ts is not what ${kernel.name}.as.ts compiles to: run scripts/build-kernel.ts.`,
    );
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const kernel of kernels) await build(kernel, process.argv.includes('--check'));
