/** Systems that the scope of a role or a delegation names. They are a later chapter's records; here only their ids are of interest. */
import { notFound, type ReadScope } from '../platform/scope.js';

/** The ids of the systems with these ids or numbers, each once; refused when one of them names none. */
export async function resolveSystems(scope: ReadScope, references: readonly string[], field: string): Promise<string[]> {
  const ids: string[] = [];
  for (const [i, reference] of references.entries()) {
    const [found] = await scope.query<{ id: string }>('select id from ai_systems where id::text = lower($1) or number = $1', [reference.replaceAll('\0', '')]);
    if (found === undefined) throw notFound('AiSystem', reference, `${field}.${String(i)}`);
    ids.push(found.id);
  }
  return [...new Set(ids)].sort();
}
