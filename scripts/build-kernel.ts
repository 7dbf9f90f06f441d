/**
 * Compiles what is read in WebAssembly (`*.as.ts`) and writes it as text that the program carries; `--check` only compares.
 *
 *   node --import tsx scripts/build-kernel.ts [--check]
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

interface Kernel {
  readonly folder: string;
  readonly name: string;
  /** What the text is called. */
  readonly text: string;
  readonly flags: readonly string[];
}

const kernels: readonly Kernel[] = [
  { folder: 'compaction/values', name: 'scan-kernel', text: 'scanKernelWasm', flags: [] },
  {
    folder: 'inventory/columnar',
    name: 'page-kernel',
    text: 'pageKernelWasm',
    flags: ['--enable', 'simd'],
  },
  { folder: 'inventory/gzip', name: 'gunzip-kernel', text: 'gunzipKernelWasm', flags: ['--enable', 'simd'] },
  { folder: 'inventory/orc', name: 'run-kernel', text: 'runKernelWasm', flags: [] },
  { folder: 'inventory', name: 'tally-kernel', text: 'tallyKernelWasm', flags: ['--enable', 'simd'] },
  { folder: 'inventory', name: 'list-kernel', text: 'listKernelWasm', flags: ['--enable', 'simd'] },
];

const place = ({ folder }: Kernel, file: string): string =>
  fileURLToPath(new URL(`../src/${folder}/${file}`, import.meta.url));

/** What <name>-wasm.ts ought to be. */
async function compiled(kernel: Kernel): Promise<string> {
  const parts = new Map<string, Uint8Array>();
  const source = `${kernel.name}.as.ts`;
  const { error, stderr } = await asc.main(
    [source, '-O3', '--runtime', 'stub', '--noAssert', '--importMemory', ...kernel.flags, '-o', 'out.wasm'],
    {
      readFile: (name, folder) => {
        const path = place(kernel, name);
        return folder === '.' && existsSync(path) ? readFileSync(path, 'utf8') : null;
      },
      writeFile: (name, bytes) => {
        parts.set(name, typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes);
      },
      listFiles: () => [],
    },
  );
  const wasm = parts.get('out.wasm');
  if (error || !wasm) throw new Error(`${source} does not compile: ${error?.message}\n${stderr}`);
  return `/** Made from ${source} by scripts/build-kernel.ts; the lint step holds the two equal. */\nexport const ${kernel.text} =\n  '${Buffer.from(wasm).toString('base64')}';\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const kernel of kernels) {
    const made = await compiled(kernel);
    const written = place(kernel, `${kernel.name}-wasm.ts`);
    if (!process.argv.includes('--check')) writeFileSync(written, made);
    else if (readFileSync(written, 'utf8') !== made) {
      console.error(
        `${kernel.name}-wasm.ts is not what ${kernel.name}.as.ts compiles to: run scripts/build-kernel.ts.`,
      );
      process.exitCode = 1;
    }
  }
