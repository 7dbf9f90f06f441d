/**
 * Compiles the reader of usual records to WebAssembly and writes it as text that the program carries; `--check` only compares.
 *
 *   node --import tsx scripts/build-kernel.ts [--check]
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const written = new URL('../src/compaction/values/scan-kernel-wasm.ts', import.meta.url);

/** What scan-kernel-wasm.ts ought to be. */
export async function compiledKernel(): Promise<string> {
  const parts = new Map<string, Uint8Array>();
  const { error, stderr } = await asc.main(
    ['scan-kernel.as.ts', '-O3', '--runtime', 'stub', '--noAssert', '--importMemory', '-o', 'out.wasm'],
    {
      readFile: (name, folder) => {
        const path = fileURLToPath(new URL(`../src/compaction/values/${name}`, import.meta.url));
        return folder === '.' && existsSync(path) ? readFileSync(path, 'utf8') : null;
      },
      writeFile: (name, bytes) => {
        parts.set(name, typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes);
      },
      listFiles: () => [],
    },
  );
  const wasm = parts.get('out.wasm');
  if (error || !wasm) throw new Error(`scan-kernel.as.ts does not compile: ${error?.message}\n${stderr}`);
  return `/** Made from scan-kernel.as.ts by scripts/build-kernel.ts; the lint step holds the two equal. */\nexport const scanKernelWasm =\n  '${Buffer.from(wasm).toString('base64')}';\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const made = await compiledKernel();
  if (!process.argv.includes('--check')) writeFileSync(written, made);
  else if (readFileSync(written, 'utf8') !== made) {
    console.error(
      'scan-kernel-wasm.ts is not what scan-kernel.as.ts compiles to: run scripts/build-kernel.ts.',
    );
    process.exitCode = 1;
  }
}
