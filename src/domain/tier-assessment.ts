/**
 * Who says how critical a system is. Its team answers the questionnaire; a risk officer who has no part in the system judges by the answers,
 * never below what they and the class give. Whether that judgement is due again is derived whenever it is asked for.
 */
import { classificationOf, classificationRecordOf, type Classified } from './classification.js';
import { plusDays, type Instant, type NotingClock } from './clock.js';
import { checkText } from './digest.js';
import type { Decided } from './events.js';
import { Refusal } from './refusal.js';
import type { Release } from './release.js';
import { partiesTo, requireInService, withEditor, type AiSystem, type EuClass, type Tier, type TierAssessment } from './system.js';
import { checkAnswers, score, type Answers, type TierScore } from './tiering.js';
import { driversOf } from './tiering-explained.js';
import { eventsSince, hasHappenedSince, TIER_EVENTS, type Happened } from './tier-events.js';
import { rankOfTier, type Questionnaire } from './tiering-questionnaire.js';

export interface GivenAnswers { readonly answers: readonly { readonly question: string; readonly option: string }[]; readonly rationale: string }

/** Writes down what the team answers. Nothing follows from it until a risk officer has judged; who answers has a part in the system. */
export function answerQuestionnaire(system: AiSystem, questionnaire: Questionnaire, given: GivenAnswers, by: { readonly personId: string; readonly at: Instant }): Decided<AiSystem> {
  requireInService(system, 'answerTieringQuestionnaire');
  const { id, version, digest } = questionnaire;
  const rationale = checkText(given.rationale, 'rationale', 4000);
  const answers = checkAnswers(questionnaire, given.answers, 'answers');
  const { tier: computed, flags } = score(questionnaire, answers, classificationOf(system).euClass);
  const answered = { questionnaire: { id, version, digest }, answers, rationale, computed, flags: [...flags].sort(), answeredBy: by.personId, at: by.at };
  return { next: { ...system, ...withEditor(system, by.personId), tieringAnswers: [...system.tieringAnswers, answered] }, event: 'system.answered', reason: rationale };
}

/** What the answers of now give with a class, or with the present one; null = nobody has answered. Questions that they do not know are unanswered. */
export function computedTier(system: Classified & Pick<AiSystem, 'tieringAnswers'>, questionnaire: Questionnaire, euClass: EuClass = classificationOf(system).euClass): TierScore | null {
  const answers = answersOf(system);
  return answers === null ? null : score(questionnaire, answers, euClass);
}

export function answersOf({ tieringAnswers }: Pick<AiSystem, 'tieringAnswers'>): Answers | null {
  return tieringAnswers.at(-1)?.answers ?? null;
}

/** `tier`: null = what the answers give. */
export type TierJudgement = Omit<TierAssessment, 'tier' | 'restsOn'> & { readonly tier: Tier | null };

/** Records tier, EU AI Act class and flags: by a risk officer who has no part in the system. What the answers flag is added. */
export function assessTier(system: AiSystem, questionnaire: Questionnaire, judgement: TierJudgement): Decided<AiSystem> {
  requireInService(system, 'assessTier');
  requireOutsider(system, judgement.assessedBy);
  const computed = computedTier(system, questionnaire, judgement.euClass);
  const tier = judgement.tier ?? computed?.tier;
  if (tier === undefined) throw new Refusal('INVALID_INPUT', { field: 'input.tier', message: 'Nobody has answered the questionnaire, so nothing is computed: say which tier it is.' });
  if (computed === null) requireClassFloor(questionnaire, judgement.euClass, tier);
  else if (rankOfTier(tier) < rankOfTier(computed.tier)) throw belowAnswers(system, questionnaire, judgement.euClass, tier);
  const assessment: TierAssessment = {
    ...judgement, tier, flags: [...new Set([...judgement.flags, ...computed?.flags ?? []])].sort(), rationale: checkText(judgement.rationale, 'rationale', 4000),
    restsOn: computed === null ? null : { revision: system.tieringAnswers.length, computed: computed.tier },
  };
  return { next: { ...system, tierAssessments: [...system.tierAssessments, assessment] }, event: 'system.tiered', reason: assessment.rationale };
}

function requireOutsider(system: AiSystem, personId: string): void {
  const because = [...partiesTo(system, personId), ...(classificationRecordOf(system)?.signedBy === personId ? ['SIGNED_CLASSIFICATION'] : [])];
  if (because.length === 0) return;
  throw new Refusal('SEPARATION_OF_DUTIES', { message: `Who has a part in a system, or signed its classification, does not set its tier: ${because.join(', ')}.`, because, next: 'Ask another risk officer to assess the tier.' });
}

/** What the class alone gives is not for anybody to leave out by answering nothing. */
function requireClassFloor({ classFloors }: Questionnaire, euClass: EuClass, tier: Tier): void {
  const floor = classFloors[euClass] ?? null;
  if (floor === null || rankOfTier(tier) >= rankOfTier(floor)) return;
  throw new Refusal('TIER_BELOW_ANSWERS', { field: 'input.tier', message: `The class ${euClass} gives ${floor}; a tier below that is not set.`, expected: floor, actual: tier, because: [euClass], next: 'Set that tier, or one above it.' });
}

function belowAnswers(system: AiSystem, questionnaire: Questionnaire, euClass: EuClass, tier: Tier): Refusal {
  const answers = answersOf(system) ?? {};
  const { tier: computed, floors } = score(questionnaire, answers, euClass);
  const ofClass = floors.filter(({ by, floor }) => by === euClass && floor === computed).map(({ by }) => by);
  return new Refusal('TIER_BELOW_ANSWERS', {
    field: 'input.tier', message: `The answers and the class ${euClass} give ${computed}; a tier below that is not set.`, expected: computed, actual: tier,
    because: [...ofClass, ...driversOf(questionnaire, answers, euClass).map(({ question, option, answered }) => (answered ? `${question}=${option}` : `${question} unanswered`))],
    next: 'Leave the tier out to take what is computed, or ask the team to correct its answers.',
  });
}

export const TIERING_CAUSES = ['ANSWERS_NEWER', 'QUESTIONNAIRE_CHANGED', 'SYSTEM_CHANGED', 'VALIDITY_ENDED', ...TIER_EVENTS] as const;
export interface TieringDue { readonly cause: (typeof TIERING_CAUSES)[number]; readonly since: Instant }

type Judged = Pick<AiSystem, 'id' | 'classifications' | 'state' | 'tierAssessments' | 'tieringAnswers' | 'profileChangedAt'>;

/** Why the tier is to be judged again, the oldest cause first; empty = it is not. What nobody judged yet is due once there are answers. */
export function tieringDue(system: Judged, basis: { readonly questionnaire: Questionnaire; readonly days: Readonly<Record<Tier, number>>; readonly clock: NotingClock; readonly happened: Happened }): TieringDue[] {
  if (system.state === 'RETIRED') return [];
  const events = eventsSince(system, basis.happened, classificationOf(system).tier);
  const first = (cause: (typeof TIER_EVENTS)[number]): Instant | null => events.filter((event) => event.cause === cause).map(({ since }) => since).sort()[0] ?? null;
  const causes: Readonly<Record<TieringDue['cause'], Instant | null>> = {
    ANSWERS_NEWER: unheardSince(system), QUESTIONNAIRE_CHANGED: otherEditionSince(system, basis.questionnaire), SYSTEM_CHANGED: changedSince(system), VALIDITY_ENDED: endedAt(system, basis),
    INCIDENT: first('INCIDENT'), NEW_DATA: first('NEW_DATA'), USE_GROWN: first('USE_GROWN'),
  };
  return TIERING_CAUSES.flatMap((cause) => (causes[cause] === null ? [] : [{ cause, since: causes[cause] }])).sort((a, b) => Date.parse(a.since) - Date.parse(b.since));
}

/** When the first answers were given that no assessment has been held against. */
function unheardSince({ tierAssessments, tieringAnswers }: Judged): Instant | null {
  return tieringAnswers[tierAssessments.at(-1)?.restsOn?.revision ?? 0]?.at ?? null;
}

/** What answers that nobody has judged by yet give, whatever was answered after them: a higher tier than what holds, or one that was not kept; null = neither. */
export function raisedBy(system: Classified & Pick<AiSystem, 'tieringAnswers'>): 'HIGHER' | 'UNKNOWN' | null {
  const last = system.tierAssessments.at(-1);
  if (last === undefined) return null;
  const holds = rankOfTier(classificationOf(system).tier);
  const unheard = system.tieringAnswers.slice(last.restsOn?.revision ?? 0);
  if (unheard.some(({ computed }) => computed !== undefined && rankOfTier(computed) > holds)) return 'HIGHER';
  return unheard.some(({ computed }) => computed === undefined) ? 'UNKNOWN' : null;
}

/** One release of a system, and what may have happened to it. */
export interface TierBasis extends Pick<Happened, 'findings' | 'evidence'> { readonly system: AiSystem; readonly release: Release }

/** Whether its team has answered, or something has happened, at or after an instant, and nobody has judged by it yet: whoever agreed to anything then did not know. */
export function isDueByMoreSince({ system, release, ...about }: TierBasis, at: Instant): boolean {
  const heard = system.tierAssessments.at(-1)?.restsOn?.revision ?? 0;
  return system.tieringAnswers.slice(heard).some((answers) => answers.at >= at) || hasHappenedSince(system, { ...about, releases: [release] }, { tier: classificationOf(system).tier, at });
}

function otherEditionSince({ tieringAnswers }: Judged, { digest, issuedAt }: Questionnaire): Instant | null {
  const latest = tieringAnswers.at(-1);
  return latest === undefined || latest.questionnaire.digest === digest ? null : issuedAt;
}

function changedSince({ tierAssessments, profileChangedAt }: Judged): Instant | null {
  const last = tierAssessments.at(-1);
  return last === undefined || profileChangedAt === null || profileChangedAt <= last.at ? null : profileChangedAt;
}

function endedAt(system: Judged, { days, clock }: { readonly days: Readonly<Record<Tier, number>>; readonly clock: NotingClock }): Instant | null {
  const last = system.tierAssessments.at(-1);
  if (last === undefined) return null;
  const end = plusDays(last.at, days[classificationOf(system).tier]);
  return clock.reached(end, 'TIER_ASSESSMENT', last.assessedBy) ? end : null;
}
