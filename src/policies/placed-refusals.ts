/** What the rules refuse about a version of a policy, told with its place in the text as it was written. */
import { Refusal } from '../domain/refusal.js';
import type { ReadScope } from '../platform/scope.js';
import { contradictionIn } from './policy-document.js';
import { PolicyTable } from './policy.table.js';

type Reading = <T>(work: (scope: ReadScope) => Promise<T>) => Promise<T>;

/** Whatever else went wrong stays as it is, and so does what is refused about a text whose bytes are gone. */
export async function refusedInText(error: unknown, policy: string, read: Reading): Promise<never> {
  if (!(error instanceof Refusal) || error.code !== 'POLICY_BINDINGS_CONTRADICT') throw error;
  const text = await read(async (scope) => {
    const [kept] = await scope.kept([(await scope.get(PolicyTable, policy)).sourceDigest]);
    return kept?.bytes.toString('utf8') ?? null;
  });
  throw text === null ? error : contradictionIn(text, error.facts);
}
