// How a test file is loaded: by Node itself, so that each module is loaded once in a worker and not once for each test file.
import { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';
import JestRuntime from 'jest-runtime';
import { mapOf } from './typescript.mjs';

const require = createRequire(import.meta.url);
const EVENT_HANDLERS = Symbol.for('EVENT_HANDLERS');
const GLOBALS = Symbol.for('countersign.jest-globals');

register('./hooks.mjs', import.meta.url);

export default class WorkerRuntime extends JestRuntime {
  #testPath;

  constructor(...given) {
    super(...given);
    const [testPath, { watch, watchAll }] = given.slice(6);
    if (watch || watchAll) throw new Error('Modules stay loaded from one test file to the next, so watching would test what they were before.');
    this.#testPath = testPath;
  }

  unstable_shouldLoadAsEsm() {
    return true;
  }

  unstable_importModule(path) {
    return import(pathToFileURL(path).href);
  }

  /** The framework keeps its tests and listeners in its modules and on the realm: each test file begins with new ones. */
  requireInternalModule(path) {
    delete require.cache[path];
    delete globalThis[EVENT_HANDLERS];
    return require(path);
  }

  setGlobalsForRuntime(globals) {
    super.setGlobalsForRuntime(globals);
    globalThis[GLOBALS] = this.requireModuleOrMock(this.#testPath, '@jest/globals');
  }

  getSourceMaps() {
    return { get: mapOf, [Symbol.iterator]: () => [].values() };
  }

  installGetBuiltinModule() {}
}
