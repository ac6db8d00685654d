/**
 * Documents that were parsed and found valid, so that a client that asks the same again is answered without reading it again. A parsed
 * document takes up to a hundred times the memory of its text: what is kept is bounded by the text, whatever clients make up.
 */
import type { DocumentNode } from 'graphql';

/** In characters: a few hundred documents as programs send them. */
const MOST_TEXT = 200_000;

export class KnownDocuments {
  /** In the order of their last use. */
  readonly #documents = new Map<string, DocumentNode>();
  #text = 0;

  async get(key: string): Promise<DocumentNode | undefined> {
    const document = this.#documents.get(key);
    if (document !== undefined) {
      this.#documents.delete(key);
      this.#documents.set(key, document);
    }
    return Promise.resolve(document);
  }

  async set(key: string, document: DocumentNode): Promise<void> {
    await this.delete(key);
    this.#documents.set(key, document);
    this.#text += lengthOf(document);
    for (const oldest of this.#documents.keys()) {
      if (this.#text <= MOST_TEXT) return;
      await this.delete(oldest);
    }
  }

  async delete(key: string): Promise<boolean> {
    const document = this.#documents.get(key);
    if (document !== undefined) this.#text -= lengthOf(document);
    return Promise.resolve(this.#documents.delete(key));
  }
}

function lengthOf(document: DocumentNode): number {
  return document.loc?.source.body.length ?? MOST_TEXT;
}
