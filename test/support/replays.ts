// Every decision that a story has left is made again, through the published API, and says the same word for word in its canonical form.
import { expect } from '@jest/globals';
import type { TestApp } from './app.js';

/** Sends a GraphQL operation as somebody who reads the whole register; its data. */
export type Asking = (query: string) => Promise<unknown>;

interface Listed { readonly decisions: { readonly nodes: readonly { readonly id: string }[]; readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null } } }

const ANSWER = 'verdict enforcedVerdict policy policyDigest limitedBy reasons { code severity requirement } expiresAt';
const listAfter = (after: string | null): string => `{ decisions(first: 50, after: ${JSON.stringify(after)}) { nodes { id } pageInfo { hasNextPage endCursor } } }`;
const replayOf = (id: string): string => `{ replayDecision(id: "${id}") { outcome differences recorded { ${ANSWER} } again { ${ANSWER} } } }`;

/** How many they are; a story without any is none, and fails. */
export async function allMadeAgain(story: string, ask: Asking): Promise<number> {
  let count = 0;
  for (let after: string | null = null, more = true; more;) {
    const { decisions: { nodes, pageInfo } } = await ask(listAfter(after)) as Listed;
    for (const { id } of nodes) {
      const { replayDecision: replay } = await ask(replayOf(id)) as { replayDecision: { recorded: unknown } };
      expect(replay).toEqual({ outcome: 'EQUAL', differences: [], recorded: replay.recorded, again: replay.recorded });
    }
    count += nodes.length;
    [after, more] = [pageInfo.endCursor, pageInfo.hasNextPage];
  }
  process.stdout.write(`${story}: ${String(count)} decisions made again, all equal\n`);
  expect(count).toBeGreaterThan(0);
  return count;
}

export function auditorOf(app: TestApp): Asking {
  return async (query) => {
    const { data, errors } = await app.graphql('axel', query);
    expect(errors).toBeUndefined();
    return data;
  };
}
