/** What is known of public taxonomies: read once at the start, the same for every organization, never changed by anybody who asks. */
import { Injectable } from '@nestjs/common';
import { Refusal } from '../domain/refusal.js';
import { requireNode, type Catalogues, type Framework, type FrameworkNode } from '../domain/taxonomy.js';
import { checkFirst, type Page, type PageRequest } from '../platform/paging.js';
import { shippedCatalogues, shippedTopics } from './shipped-catalogues.js';
import { Suggestions, type Suggestion } from './suggestions.js';

export interface NodeFilter {
  /** Only what stands directly below this node. */
  readonly parent: string | null;
  readonly kind: string | null;
  /** Words that code, title or another spelling contain, in any letter case. */
  readonly text: string | null;
}

@Injectable()
export class CatalogueService {
  readonly catalogues: Catalogues = shippedCatalogues();
  readonly #topics = shippedTopics(this.catalogues);
  /** Its index is made when somebody first asks. */
  #suggestions: Suggestions | null = null;

  frameworks(): Framework[] {
    return [...this.catalogues.frameworks.values()];
  }

  nodesOf(frameworkId: string): FrameworkNode[] {
    return [...this.catalogues.nodes.values()].filter((node) => node.frameworkId === frameworkId);
  }

  childrenOf(node: FrameworkNode): FrameworkNode[] {
    return this.nodesOf(node.frameworkId).filter((each) => each.parent === node.reference);
  }

  /** In the order of the catalogue; the cursor names the last node that was seen. */
  page(framework: Framework, filter: NodeFilter, { first, after }: PageRequest): Page<FrameworkNode> {
    const parent = filter.parent === null ? null : requireNode(`${framework.id}#${filter.parent}`, this.catalogues).reference;
    const words = (filter.text ?? '').toLowerCase().split(/\s+/);
    const all = this.nodesOf(framework.id);
    const behind = after === null ? 0 : placeOf(all, after) + 1;
    const matching = (of: readonly FrameworkNode[]): FrameworkNode[] => of.filter((node) => (parent === null || node.parent === parent) && (filter.kind === null || node.kind === filter.kind) && hasWords(node, words));
    const found = matching(all.slice(behind));
    const nodes = found.slice(0, checkFirst(first));
    const last = nodes.at(-1);
    return {
      nodes, cursors: nodes.map(cursorOf), hasNextPage: found.length > first, hasPreviousPage: after !== null, startCursor: nodes[0] === undefined ? null : cursorOf(nodes[0]),
      endCursor: last === undefined ? null : cursorOf(last), count: () => Promise.resolve({ value: matching(all).length, isExact: true }),
    };
  }

  suggest(text: string, first: number): Suggestion[] {
    this.#suggestions ??= new Suggestions(this.catalogues, this.#topics);
    return this.#suggestions.for(text, first);
  }
}

function hasWords(node: FrameworkNode, words: readonly string[]): boolean {
  const text = [node.code, node.title, ...node.aliases].join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
}

function cursorOf(node: FrameworkNode): string {
  return Buffer.from(`node:${node.reference}`).toString('base64url');
}

function placeOf(nodes: readonly FrameworkNode[], cursor: string): number {
  const place = nodes.findIndex((node) => cursorOf(node) === cursor);
  if (place === -1) throw new Refusal('INVALID_INPUT', { field: 'after', message: 'after is not a cursor of this list.', next: 'Send the endCursor of the page before, unchanged.' });
  return place;
}
