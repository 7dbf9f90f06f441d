/** What a reading thread runs: the built file, or from source the same under the loader that the program itself was started with. */

export interface ThreadProgram {
  readonly path: URL;
  /** Arguments of Node; none are those of the program itself. */
  readonly execArgv?: string[];
}

/** `name`: a file of the folder of this one, without its ending; this one may lie in another of that depth once it is built. */
export function threadProgram(name: string): ThreadProgram {
  const beside = `../../adapters/inventory/${name}`;
  if (!import.meta.url.endsWith('.ts')) return { path: new URL(`${beside}.js`, import.meta.url) };
  // Not every Node hands a loader on to its threads.
  const loader = `import { register } from ${JSON.stringify(import.meta.resolve('tsx/esm/api'))}; register();`;
  return {
    path: new URL(`${beside}.ts`, import.meta.url),
    execArgv: ['--import', `data:text/javascript,${encodeURIComponent(loader)}`],
  };
}
