/** References to evidence, as assessments and findings name it: by number such as E-7, or by id. */
import { Refusal } from '../domain/refusal.js';
import { isUuid } from '../platform/scope.js';

/** Refuses what cannot name evidence. Whether it is there, and of the same system, is asked here once the register holds evidence. */
export function resolveEvidence(references: readonly string[], field: string): string[] {
  references.forEach((reference, i) => {
    if (!/^E-[1-9]\d{0,8}$/.test(reference) && !isUuid(reference)) {
      throw new Refusal('NOT_FOUND', { field: `${field}.${String(i)}`, subject: 'Evidence', id: reference.slice(0, 100), message: 'There is no such Evidence.', next: 'Name evidence by its number, such as E-7, or by its id.' });
    }
  });
  return [...new Set(references)].sort();
}
