/** How the system of a gate case was assessed, and what was signed about its class: a record that agrees with the assessment, but for what it says. */
import { classificationOf, UNASSESSED, type Classification } from './classification.js';
import { plusDays } from './clock.js';
import { digestOf, sha256 } from './digest.js';
import type { CaseClassification, CaseSystem } from './gate-case.js';
import { instantTold } from './gate-case-time.js';
import { SYSTEM_FLAGS, type ClassificationRecord, type SystemFlag, type Tier, type TierAssessment, type TieringAnswers } from './system.js';

export const CASE_SYSTEM = 'SYS-1';

/** What holds of it. */
export function classificationIn({ system = {} }: { readonly system?: CaseSystem }): Classification {
  return classificationOf({ id: CASE_SYSTEM, tierAssessments: assessmentsIn(system), classifications: recordsIn(system), tieringAnswers: answersIn(system) });
}

export function assessmentsIn(system: CaseSystem): TierAssessment[] {
  return system.tier === 'none' ? [] : [{ ...assessedIn(system), rationale: 'By the questionnaire.', assessedBy: system.tieredBy ?? 'tierer', at: instantTold(system.tieredAt ?? '30 days ago'), ...(isAnswered(system) && { restsOn: { revision: 1, computed: 'MINIMAL' as const } }) }];
}

export function answersIn({ answered, answersGive, answersFlag = [] }: CaseSystem): TieringAnswers[] {
  return [...(answered === undefined || answered === 'none' ? [] : [answersThat('MINIMAL', answered, [])]), ...(answersGive === undefined ? [] : [answersThat(answersGive, {}, answersFlag)])];
}

function isAnswered({ answered = 'none' }: CaseSystem): boolean {
  return answered !== 'none';
}

function answersThat(computed: Tier, answers: TieringAnswers['answers'], flags: readonly SystemFlag[]): TieringAnswers {
  return { questionnaire: { id: 'tiering', version: '1.0.0', digest: sha256('tiering') }, answers, rationale: 'As it is now.', computed, flags, answeredBy: 'dev', at: instantTold('1 day ago') };
}

export function recordsIn(system: CaseSystem): ClassificationRecord[] {
  const { classification = 'none' } = system;
  return classification === 'none' ? [] : [recordIn(assessedIn(system), classification)];
}

function assessedIn({ tier = 'MODERATE', euClass = 'LIMITED', flags = [] }: CaseSystem): Classification {
  return tier === 'none' ? UNASSESSED : { tier, euClass, flags: [...flags].sort() };
}

function deniedIn(not: readonly SystemFlag[], flag: SystemFlag): false | null {
  return not.includes(flag) ? false : null;
}

/** A record states a class, whatever was assessed. */
function statedBy({ euClass }: Classification): ClassificationRecord['euClass'] {
  return euClass === 'UNCLASSIFIED' ? 'LIMITED' : euClass;
}

function recordIn(assessed: Classification, { system = CASE_SYSTEM, euClass, flags = assessed.flags, not = [], roles = ['PROVIDER'], tierFloor = null, signed = '20 days ago', until, by = 'legal-reviewer' }: CaseClassification): ClassificationRecord {
  const signedAt = instantTold(signed);
  const value = (flag: SystemFlag): boolean | null => (flags.includes(flag) ? true : deniedIn(not, flag));
  const content = {
    systemId: system, revision: 1, euClass: euClass ?? statedBy(assessed), flags: Object.fromEntries(SYSTEM_FLAGS.map((flag) => [flag, value(flag)])), roles: [...roles].sort(), annexIIIUses: [], derogation: null,
    rationale: 'By the questionnaire.', tierFloor, signedBy: by, signedAt, validUntil: until === undefined ? plusDays(signedAt, 365) : instantTold(until),
  };
  return { ...content, digest: digestOf(content), signed: { payloadType: '', payload: '', signatures: [] } };
}
