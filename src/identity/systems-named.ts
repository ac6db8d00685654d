/** Systems and environments that a scope names. They are a later chapter's records; here only their ids, and what stage they are, are of interest. */
import type { EnvironmentKind } from '../domain/release.js';
import { notFound, textAndId, type ReadScope } from '../platform/scope.js';

/** The ids of the systems with these ids or numbers, each once; refused when one of them names none. */
export async function resolveSystems(scope: ReadScope, references: readonly string[], field: string): Promise<string[]> {
  const ids: string[] = [];
  for (const [i, reference] of references.entries()) {
    const [found] = await scope.query<{ id: string }>('select id from ai_systems where id = $2::uuid or number = $1', textAndId(reference));
    if (found === undefined) throw notFound('AiSystem', reference, `${field}.${String(i)}`);
    ids.push(found.id);
  }
  return [...new Set(ids)].sort();
}

/** The environments of these names or ids; refused when one of them names none. */
export async function resolveEnvironments(scope: ReadScope, references: readonly string[], field: string): Promise<{ id: string; kind: EnvironmentKind }[]> {
  const found: { id: string; kind: EnvironmentKind }[] = [];
  for (const [i, reference] of references.entries()) {
    const [one] = await scope.query<{ id: string; kind: EnvironmentKind }>('select id, kind from environments where id = $2::uuid or name = $1', textAndId(reference));
    if (one === undefined) throw notFound('Environment', reference, `${field}.${String(i)}`);
    found.push(one);
  }
  return found;
}
