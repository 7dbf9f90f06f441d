/** What a reading thread runs: the built file, or from source the same under the loader that the program itself was started with. */

export interface ThreadProgram {
  readonly path: URL;
  /** Arguments of Node; none are those of the program itself. */
  readonly execArgv?: string[];
}

/** `name`: the file beside this one, without its ending. */
export function threadProgram(name: string): ThreadProgram {
  if (!import.meta.url.endsWith('.ts')) return { path: new URL(`./${name}.js`, import.meta.url) };
  // Not every Node hands a loader on to its threads.
  const loader = `import { register } from ${JSON.stringify(import.meta.resolve('tsx/esm/api'))}; register();`;
  return {
    path: new URL(`./${name}.ts`, import.meta.url),
    execArgv: ['--import', `data:text/javascript,${encodeURIComponent(loader)}`],
  };
}
