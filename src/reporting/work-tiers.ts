/** Tiers that are to be judged again, for risk officers who have no part in the system. */
import { classificationOf } from '../domain/classification.js';
import type { Stored } from '../domain/package.js';
import { TIERS, type AiSystem } from '../domain/system.js';
import { assessTier, tieringDue, type TieringDue } from '../domain/tier-assessment.js';
import type { Policies } from '../domain/policy-binding.js';
import type { ReadScope } from '../platform/scope.js';
import { happenedTo, isMeasured, knownAt } from '../policies/tier-events.queries.js';
import { QUESTIONNAIRE } from '../systems/shipped-questionnaire.js';
import { SystemTable } from '../systems/system.table.js';
import { accepted, judged, type Found } from './work-candidates.js';

const NOTHING = { findings: [], evidence: [], releases: [] };
const LAST = `tier_assessments -> -1`;

/** At least every system whose tier is due: most are not, and nobody looks at those one by one. */
function mayBeDue(days: readonly number[]): string {
  const judgedAt = `(${LAST} ->> 'at')::timestamptz`;
  return `state <> 'RETIRED' and (jsonb_array_length(tiering_answers) > coalesce((${LAST} -> 'restsOn' ->> 'revision')::int, 0)
    or tiering_answers -> -1 -> 'questionnaire' ->> 'digest' <> '${QUESTIONNAIRE.digest}' or profile_changed_at > ${judgedAt} or exists (select from findings f where f.system_id = ai_systems.id and f.source = 'INCIDENT' and f.raised_at > ${judgedAt})
    or exists (select from releases r where r.system_id = ai_systems.id and r.data_changed_at > ${judgedAt})
    or exists (select from evidence e where e.system_id = ai_systems.id and ${isMeasured('e')} and ${knownAt('e')} > ${judgedAt})
    or ${judgedAt} + (array[${days.join(', ')}])[tier_rank] * interval '1 day' <= now())`;
}

export async function tiers(scope: ReadScope, { validity: days }: Policies): Promise<Found> {
  const where = mayBeDue(TIERS.map((tier) => days[tier]));
  return judged(scope, { table: SystemTable, where, order: 'id', permission: 'system.tier', systemColumn: 'id' }, async (found) => {
    const happened = await happenedTo(scope, found.map(({ id }) => id));
    const due = (system: Stored<AiSystem>): TieringDue[] => tieringDue(system, { questionnaire: QUESTIONNAIRE, days, clock: scope.clock(), happened: happened.get(system.id) ?? NOTHING });
    return {
      accepts: (system) => {
        if (due(system).length === 0) return null;
        const { euClass } = classificationOf(system);
        // The highest tier is never below what is computed: what is left to be refused is the person.
        return accepted(() => assessTier(system, QUESTIONNAIRE, { tier: 'CRITICAL', euClass, flags: [], rationale: 'By the answers.', assessedBy: scope.personId, at: scope.now }));
      },
      about: (system) => {
        const [first] = due(system);
        return { mutation: 'assessTier', said: system.name, askedBy: first?.cause === 'ANSWERS_NEWER' ? system.tieringAnswers.at(-1)?.answeredBy ?? null : null, until: first?.since ?? null };
      },
    };
  });
}
