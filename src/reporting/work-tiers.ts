/** Tiers that are to be judged again, for risk officers who have no part in the system. */
import { classificationOf } from '../domain/classification.js';
import { TIERS } from '../domain/system.js';
import { assessTier, tieringDue } from '../domain/tier-assessment.js';
import type { Policies } from '../domain/policy-binding.js';
import type { ReadScope } from '../platform/scope.js';
import { QUESTIONNAIRE } from '../systems/shipped-questionnaire.js';
import { SystemTable } from '../systems/system.table.js';
import { accepted, judged, type Found } from './work-candidates.js';

const LAST = `tier_assessments -> -1`;

/** At least every system whose tier is due: most are not, and nobody looks at those one by one. */
function mayBeDue(days: readonly number[]): string {
  const judgedAt = `(${LAST} ->> 'at')::timestamptz`;
  return `state <> 'RETIRED' and (jsonb_array_length(tiering_answers) > coalesce((${LAST} -> 'restsOn' ->> 'revision')::int, 0)
    or tiering_answers -> -1 -> 'questionnaire' ->> 'digest' <> '${QUESTIONNAIRE.digest}' or profile_changed_at > ${judgedAt} or ${judgedAt} + (array[${days.join(', ')}])[tier_rank] * interval '1 day' <= now())`;
}

export async function tiers(scope: ReadScope, { validity: days }: Policies): Promise<Found> {
  const where = mayBeDue(TIERS.map((tier) => days[tier]));
  return judged(scope, { table: SystemTable, where, order: 'id', permission: 'system.tier', systemColumn: 'id' }, () => Promise.resolve({
    accepts: (system) => {
      if (tieringDue(system, { questionnaire: QUESTIONNAIRE, days, clock: scope.clock() }).length === 0) return null;
      const { euClass } = classificationOf(system);
      // The highest tier is never below what is computed: what is left to be refused is the person.
      return accepted(() => assessTier(system, QUESTIONNAIRE, { tier: 'CRITICAL', euClass, flags: [], rationale: 'By the answers.', assessedBy: scope.personId, at: scope.now }));
    },
    about: (system) => {
      const [first] = tieringDue(system, { questionnaire: QUESTIONNAIRE, days, clock: scope.clock() });
      return { mutation: 'assessTier', said: system.name, askedBy: first?.cause === 'ANSWERS_NEWER' ? system.tieringAnswers.at(-1)?.answeredBy ?? null : null, until: first?.since ?? null };
    },
  }));
}
