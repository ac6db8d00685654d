/**
 * The reads of one GraphQL operation share one reading transaction, one after the other; each statement still sees what is committed when
 * it begins. Nothing waits for a second connection while this one is held: a command of the same operation first ends the transaction, and
 * until it is done reads take one of their own. A read never asks for another read from within.
 */
import { Refusal } from '../domain/refusal.js';
import type { ReadSession } from './entering.js';

export class SharedReads {
  #session: ReadSession | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #commands = 0;
  #ended = false;

  /** Whether a read may go through here now. */
  get isOpen(): boolean {
    return !this.#ended && this.#commands === 0;
  }

  /** Takes over a transaction that has just begun. */
  begin(session: ReadSession): void {
    this.#session = session;
  }

  /** Reads when its turn has come. After an error of the database the transaction is of no use: the next read begins another. */
  async read<T>(open: () => Promise<ReadSession>, work: (session: ReadSession) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      const session = this.#session ??= await open();
      try {
        return await work(session);
      } catch (error) {
        if (!(error instanceof Refusal)) await this.#close();
        throw error;
      }
    });
  }

  /** Runs a command after the reads that began before it, and with nothing held. */
  async aside<T>(command: () => Promise<T>): Promise<T> {
    this.#commands += 1;
    try {
      await this.#inTurn(() => this.#close());
      return await command();
    } finally {
      this.#commands -= 1;
    }
  }

  /** At the end of the operation, for good. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#inTurn(() => this.#close());
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #close(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    await session?.end();
  }
}
