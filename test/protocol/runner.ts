/** A runner whose every effect waits until it is let through, and which can lose an answer, be refused or be killed at any of them. */
import type { CompactionPorts } from '../../src/compaction/ports.js';
import { raise } from '../../src/kernel/errors.js';
import type { Call } from '../compaction/fake-world.js';
import type { HourUnderTest } from './hour-under-test.js';

export type Fate = 'lose' | 'fail';

export interface Runner {
  isIdle(): boolean;
  /** Begins a program as a new process. */
  start(program: (ports: CompactionPorts) => Promise<unknown>): void;
  /** Lets one effect, or one answer, through. */
  step(): Promise<void>;
  /** How its next effect ends: done with its answer lost, or not done. */
  doom(fate: Fate): void;
  /** Nothing of it happens any more. */
  kill(): Promise<void>;
}

/** All that is under way comes to its next effect before anything else happens. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function makeRunner({ world, of, weak }: Pick<HourUnderTest, 'world' | 'of' | 'weak'>): Runner {
  let waiting: (() => void)[] = [];
  let life = { isDead: false, fate: undefined as Fate | undefined };
  let running: Promise<unknown> | undefined;

  const process = () => {
    const own = { isDead: false, fate: undefined as Fate | undefined };
    life = own;
    const strike = (call: Call): boolean => {
      const { fate } = own;
      own.fate = undefined;
      if (own.isDead || fate === 'fail') lost(call);
      return fate === 'lose';
    };
    const pause = (): Promise<void> =>
      own.isDead ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve));
    const ports = world.ports({ knife: { calls: [], strike }, pause });
    return weak?.ports?.(ports, of) ?? ports;
  };
  return {
    isIdle: () => running === undefined,
    start(program) {
      const run: Promise<unknown> = program(process()).catch((error: Error) => {
        if (!error.message.includes('the line is cut')) throw error;
      });
      running = run.finally(() => {
        running = undefined;
      });
    },
    async step() {
      await settled();
      waiting.shift()?.();
      await settled();
    },
    doom: (fate) => {
      life.fate = fate;
    },
    async kill() {
      life.isDead = true;
      const all = waiting;
      waiting = [];
      for (const open of all) open();
      await running;
    },
  };
}

const lost = ({ action, key }: Call): never =>
  raise('STORE_FAILED', { action, what: key, why: 'the line is cut' });
