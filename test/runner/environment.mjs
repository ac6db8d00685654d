// Where a test file runs: in the worker's own realm, where the modules that an earlier file loaded are still there.
// What Jest or a test file puts on the realm is taken back when the file ends.
import { ModuleMocker } from 'jest-mock';

const TEST_TIMEOUT = Symbol.for('TEST_TIMEOUT_SYMBOL');

export default class WorkerEnvironment {
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);
  fakeTimers = null;
  fakeTimersModern = null;
  #console = console;
  #exit = process.exit;
  #variables = { ...process.env };

  /** Jest keeps a hundred frames of every error, also of those that a test expects; it sets that after the environment was made. */
  async setup() {
    Error.stackTraceLimit = 20;
  }

  async teardown() {
    globalThis.console = this.#console;
    process.exit = this.#exit;
    for (const name of Object.keys(process.env).filter((name) => !(name in this.#variables))) delete process.env[name];
    Object.assign(process.env, this.#variables);
    delete globalThis[TEST_TIMEOUT];
  }

  getVmContext() {
    return null;
  }
}
