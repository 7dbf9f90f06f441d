/** A mutant is tried by evaluating the bundle of tests anew inside the worker: no process is started for it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { Script } from 'node:vm';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  DryRunStatus,
  determineHitLimitReached,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';

const state = () => (globalThis.__stryker__ ??= {});

class InProcessRunner {
  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    const path = resolve('mutation-bundle.cjs');
    const text = readFileSync(path, 'utf8');
    const script = new Script(`(function (module, exports, require) {${text}\n})`, { filename: path });
    const require = createRequire(path);
    this.load = () => {
      const module = { exports: {} };
      script.runInThisContext()(module, module.exports, require);
      return module.exports.registered;
    };
  }

  async dryRun() {
    const shared = state();
    shared.activeMutant = undefined;
    shared.hitLimit = undefined;
    shared.hitCount = undefined;
    shared.mutantCoverage = undefined;
    const result = await this.run(undefined, false);
    return { ...result, mutantCoverage: shared.mutantCoverage };
  }

  async mutantRun({ activeMutant, hitLimit, testFilter, disableBail }) {
    const shared = state();
    shared.activeMutant = activeMutant.id;
    shared.hitLimit = hitLimit;
    shared.hitCount = hitLimit === undefined ? undefined : 0;
    const result = await this.run(testFilter, !disableBail);
    return toMutantRunResult(determineHitLimitReached(shared.hitCount, hitLimit) ?? result);
  }

  /** What breaks while it is loaded fails every test of it. */
  async run(only, bail) {
    let tests;
    try {
      tests = this.load();
    } catch (error) {
      return { status: DryRunStatus.Complete, tests: [failure('loading', error, 0)] };
    }
    const results = [];
    for (const test of tests) {
      if (only && !only.includes(test.name)) continue;
      const result = await tried(test);
      results.push(result);
      if (bail && result.status === TestStatus.Failed) break;
    }
    return { status: DryRunStatus.Complete, tests: results };
  }
}

async function tried(test) {
  const started = performance.now();
  state().currentTestId = test.name;
  try {
    await test.run();
    const timeSpentMs = performance.now() - started;
    return { id: test.name, name: test.name, timeSpentMs, status: TestStatus.Success };
  } catch (error) {
    return failure(test.name, error, performance.now() - started);
  } finally {
    state().currentTestId = undefined;
  }
}

const failure = (name, error, timeSpentMs) => ({
  id: name,
  name,
  timeSpentMs,
  status: TestStatus.Failed,
  failureMessage: String(error?.message ?? error),
});

const createRunner = () => new InProcessRunner();
createRunner.inject = [];

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'in-process', createRunner)];
