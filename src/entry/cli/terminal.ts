/** Data goes to stdout, everything else to stderr; colour and progress only where a person is looking. */
import { raise } from '../../kernel/errors.js';

export interface TerminalOptions {
  readonly quiet: boolean;
  readonly verbose: boolean;
}

export interface Terminal {
  /** Data, for stdout. */
  out(text: string): void;
  /** A sentence for the person, on stderr; silent with --quiet. */
  note(text: string): void;
  /** One line that is overwritten, on a terminal only. */
  progress(text: string): void;
  readonly colour: boolean;
  /** Columns of stdout; 100 in a pipe. */
  readonly width: number;
  readonly verbose: boolean;
  /** Errors: UNCONFIRMED without --yes where nobody can answer, or when the answer is no. */
  confirm(action: string, yes: boolean): Promise<void>;
}

export function openTerminal(options: TerminalOptions): Terminal {
  const { env, stdout, stderr, stdin } = process;
  const plain = env.CI !== undefined || env.TERM === 'dumb';
  const lively = stderr.isTTY === true && !plain && !options.quiet;
  let shown = false;
  const clear = (): void => {
    if (shown) stderr.write('\r\u001b[2K');
    shown = false;
  };
  return {
    out: (text) => {
      clear();
      stdout.write(text.endsWith('\n') ? text : `${text}\n`);
    },
    note: (text) => {
      clear();
      if (!options.quiet) stderr.write(`${text}\n`);
    },
    progress: (text) => {
      if (!lively) return;
      stderr.write(`\r\u001b[2K${text.slice(0, (stderr.columns ?? 80) - 1)}`);
      shown = true;
    },
    colour: wantsColour(env, stdout.isTTY === true && !plain),
    width: stdout.columns ?? 100,
    verbose: options.verbose,
    confirm: async (action, yes) => {
      if (yes) return;
      clear();
      if (!stdin.isTTY || !stderr.isTTY) raise('UNCONFIRMED', { action });
      if (!(await agreed(action))) raise('UNCONFIRMED', { action });
    },
  };
}

function wantsColour(env: NodeJS.ProcessEnv, interactive: boolean): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0';
  return interactive;
}

function agreed(action: string): Promise<boolean> {
  process.stderr.write(`${action}? [y/N] `);
  return new Promise((resolve) => {
    process.stdin.once('data', (answer) => {
      process.stdin.pause();
      resolve(/^y(es)?$/i.test(answer.toString().trim()));
    });
  });
}
