/** Work that takes a while, one piece after another: between two pieces whoever else waits for the server is served. */
import { setImmediate as nextTurn } from 'node:timers/promises';

export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Done after everything that was handed in before. */
  take<T>(work: () => T): Promise<T> {
    const done = this.#last.then(() => nextTurn()).then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}
