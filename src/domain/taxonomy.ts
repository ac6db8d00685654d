/** References into public taxonomies of AI risk, always in the form `framework@version#node`, such as `owasp-llm@2025#LLM01`. */
import { Refusal } from './refusal.js';

const REFERENCE = /^[a-z0-9][a-z0-9-]{0,62}@[A-Za-z0-9][A-Za-z0-9.-]{0,31}#[A-Za-z0-9][A-Za-z0-9._-]{0,95}$/;

export function checkReferences(references: readonly string[]): string[] {
  if (references.length > 50) throw new Refusal('TOO_LARGE', { field: 'taxonomy', message: 'A risk has at most 50 taxonomy references.' });
  references.forEach((reference, i) => {
    if (!REFERENCE.test(reference)) {
      throw new Refusal('TAXONOMY_REFERENCE_INVALID', {
        field: `taxonomy.${String(i)}`, actual: reference.slice(0, 200), expected: 'framework@version#node', next: 'Write the reference like owasp-llm@2025#LLM01.',
      });
    }
  });
  return [...new Set(references)].sort();
}

const CATEGORY = /^[a-z0-9][a-z0-9-]{0,62}@[A-Za-z0-9][A-Za-z0-9.-]{0,31}(#[A-Za-z0-9][A-Za-z0-9._-]{0,95})?$/;

/** A whole catalogue, such as owasp-llm@2025, or one of its nodes. */
export function checkCategory(category: string, field: string): string {
  if (CATEGORY.test(category)) return category;
  throw new Refusal('TAXONOMY_REFERENCE_INVALID', { field, actual: category.slice(0, 200), expected: 'framework@version or framework@version#node', next: 'Write it like owasp-llm@2025 or owasp-llm@2025#LLM01.' });
}
