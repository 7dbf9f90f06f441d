/** Stands in for tap while mutants are tried: the same comparisons, and tests that can be run one by one in one process. */
import { match, same, strict } from 'tcompare';

type Body = (t: Test) => unknown;
type Throwing = () => unknown;

export interface Registered {
  readonly name: string;
  /** Rejects with the first thing that is wrong. */
  run(): Promise<void>;
}

export const registered: Registered[] = [];

const failed = (what: string, diff = ''): never => {
  throw new Error(`${what}\n${diff}`);
};

class Test {
  ok = (value: unknown, says = 'ok'): unknown => value || failed(says);
  notOk = (value: unknown, says = 'notOk'): unknown => !value || failed(says);
  pass = (): true => true;
  fail = (says = 'fail'): never => failed(says);
  comment = (): void => undefined;

  equal = (found: unknown, wanted: unknown, says = 'equal') => this.#compared(strictly(found, wanted), says);
  same = (found: unknown, wanted: unknown, says = 'same') => this.#compared(same(found, wanted), says);
  match = (found: unknown, wanted: unknown, says = 'match') => this.#compared(match(found, wanted), says);
  not = (found: unknown, wanted: unknown, says = 'not') =>
    strictly(found, wanted).match ? failed(says) : true;
  notMatch = (found: unknown, wanted: unknown, says = 'notMatch') =>
    match(found, wanted).match ? failed(says) : true;

  throws = (act: Throwing, wanted?: unknown, says = 'throws'): unknown => {
    try {
      act();
    } catch (error) {
      const found = wanted instanceof RegExp ? (error as Error).message : error;
      return wanted === undefined || typeof wanted === 'string' ? true : this.match(found, wanted, says);
    }
    return failed(says);
  };

  doesNotThrow = (act: Throwing): true => {
    act();
    return true;
  };

  test = async (_name: string, body: Body): Promise<void> => {
    await body(this);
  };

  #compared(result: { match: boolean; diff: string }, says: string): true {
    return result.match || failed(says, result.diff);
  }
}

/** tap's equal is identity. */
const strictly = (found: unknown, wanted: unknown) => ({
  match: Object.is(found, wanted),
  diff: Object.is(found, wanted) ? '' : strict(found, wanted).diff,
});

class Root extends Test {
  override test = (name: string, body: Body): Promise<void> => {
    const at = registered.filter((one) => one.name.startsWith(name)).length;
    registered.push({
      name: at === 0 ? name : `${name} (${at + 1})`,
      run: async () => {
        await body(new Test());
      },
    });
    return Promise.resolve();
  };
}

export default new Root();
