/** What is used of WebAssembly; the types of Node leave it out. */

interface Wasm {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (pages: {
    readonly initial: number;
  }) => {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  };
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}

export const wasmOf = (): Wasm => (globalThis as unknown as { readonly WebAssembly: Wasm }).WebAssembly;

/** A module that the program carries as base64, compiled when it is first asked for. */
export function carriedModule(base64: string): () => object {
  let module: object | undefined;
  return () => {
    module ??= new (wasmOf().Module)(Buffer.from(base64, 'base64'));
    return module;
  };
}
