/** The live tables as a source of facts for many questions of one answer: what all of them ask for at the same time is read once. */
import type { Stored } from '../domain/package.js';
import type { Release } from '../domain/release.js';
import type { ReadScope } from '../platform/scope.js';
import { BatchedSource } from '../reviews/batched-source.js';
import type { FactSource } from './gate.facts.js';
import { LiveFacts } from './live-facts.js';

export class BatchedFacts extends BatchedSource implements FactSource {
  readonly #live: LiveFacts;

  constructor(scope: ReadScope) {
    super(scope);
    this.#live = new LiveFacts(scope);
  }

  releasesWithComponent(digest: string): Promise<Stored<Release>[]> {
    return this.#live.releasesWithComponent(digest);
  }
}
