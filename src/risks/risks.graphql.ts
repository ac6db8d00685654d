/** How risks and their assessments are shown. */
import { Field, Int, ObjectType } from '@nestjs/graphql';
import type { ActionOf } from '../domain/lifecycle.js';
import type { Stored } from '../domain/package.js';
import { KNOWLEDGE_STRENGTHS, riskLifecycle, TREATMENT_OPTIONS, type KnowledgeStrength, type Risk, type RiskState, type TreatmentOption } from '../domain/risk.js';
import type { ConsequenceClass, Level } from '../domain/scoring.js';
import { connectionOf, DateTime, NodeModel, publishEnum } from '../platform/graphql-types.js';
import { publishActions } from '../systems/systems.graphql.js';
import { ConsequenceClassEnum, LevelEnum } from './criteria.graphql.js';

export const RiskStateEnum = publishEnum('RiskState', riskLifecycle.states, 'Where a risk stands. Only MONITORED and ACCEPTED ones pass the gate; CLOSED and REJECTED ones do not count.', {
  DRAFT: { description: 'Being written; not handed in yet.' },
  IDENTIFIED: { description: 'Handed in, waiting for an assessment.' },
  ASSESSED: { description: 'Assessed, waiting for treatment, confirmation or acceptance.' },
  TREATING: { description: 'A treatment was chosen.' },
  MONITORED: { description: 'Its assessment was confirmed by somebody else, within tolerance.' },
  ACCEPTED: { description: 'Accepted by everybody whom the authority for its level demands.' },
  CLOSED: { description: 'Its source is gone, or the system was retired.' },
  REJECTED: { description: 'A duplicate, or not a risk.' },
});
export const RiskActionEnum = publishActions('RiskAction', riskLifecycle, 'What can be done with a risk, in the words of its lifecycle. `accept` happens through an acceptance that everybody needed has granted.');
export const TreatmentOptionEnum = publishEnum('TreatmentOption', TREATMENT_OPTIONS, 'What is done about a risk (ISO 31000, 6.5.2).', {
  RETAIN: { description: 'Carry it knowingly: needs an acceptance, a confirmation does not do.' },
});
export const KnowledgeStrengthEnum = publishEnum('KnowledgeStrength', KNOWLEDGE_STRENGTHS, 'How well founded an estimate is, from guess (WEAK) to evidence (STRONG).');

@ObjectType('RiskStatement', { description: 'A risk in the words of ISO 31000: what can give rise to it, what happens, what that leads to.' })
export class RiskStatementModel {
  @Field(() => String, { description: 'What can give rise to it, such as text in a document that the model takes for an instruction.' }) source!: string;
  @Field(() => String, { description: 'What would happen, such as the disclosure of another customer\'s data.' }) event!: string;
  @Field(() => String, { description: 'What that would lead to, and for whom.' }) consequence!: string;
}

@ObjectType('Consequence', { description: 'How bad an event would be in one kind of harm.' })
export class ConsequenceModel {
  @Field(() => ConsequenceClassEnum, { description: 'The kind of harm that is estimated.' }) class!: ConsequenceClass;
  @Field(() => Int, { description: 'Estimated step on the consequence scale, from 1 (least) to 5 (most).' }) value!: number;
}

@ObjectType('Rating', { description: 'An estimate by a person, and the level that the server computed from it.' })
export class RatingModel {
  @Field(() => Int, { description: 'Estimated step on the scale of how often, from 1 (rare) to 5 (almost certain).' }) likelihood!: number;
  @Field(() => [ConsequenceModel], { description: 'How bad it would be, one entry for each kind of harm that applies, in alphabetical order.' }) consequences!: readonly ConsequenceModel[];
  @Field(() => LevelEnum, { description: 'The highest over all kinds of harm, raised by the floors of the criteria.' }) level!: Level;
}

@ObjectType('RiskAssessment', { description: 'One estimate of a risk. Assessments are only ever added; the latest is the present estimate.' })
export class RiskAssessmentModel {
  @Field(() => Int, { description: 'Number within the risk, counted from 1.' }) revision!: number;
  @Field(() => RatingModel, { description: 'The estimate before any treatment.' }) inherent!: RatingModel;
  @Field(() => RatingModel, { description: 'The estimate with everything that is in place today; never above the inherent one.' }) current!: RatingModel;
  @Field(() => RatingModel, { nullable: true, description: 'What the treatment is meant to reach; null when nobody set a goal.' }) target!: RatingModel | null;
  @Field(() => String, { description: 'Why it was estimated so, in the words of the assessor.' }) rationale!: string;
  @Field(() => KnowledgeStrengthEnum, { description: 'How well founded the estimate is.' }) strengthOfKnowledge!: KnowledgeStrength;
  @Field(() => DateTime, { description: 'The instant at which the server recorded it.' }) at!: string;
  @Field(() => Int, { description: 'Which risk criteria the levels were computed by.' }) criteriaVersion!: number;
  assessedBy!: string;
}

@ObjectType('RiskTreatment', { description: 'What was chosen to be done about a risk.' })
export class RiskTreatmentModel {
  @Field(() => TreatmentOptionEnum, { description: 'The kind of answer to the risk, such as REDUCE or RETAIN.' }) option!: TreatmentOption;
  @Field(() => String, { description: 'Why this was chosen, in the words of the risk owner.' }) reason!: string;
}

@ObjectType('Risk', { implements: () => [NodeModel], description: 'A risk of an AI system, or of one of its releases: what may happen, how bad it is, and who has confirmed or accepted that.' })
export class RiskModel extends NodeModel {
  readonly __typename!: 'Risk';
  @Field(() => String, { description: 'Short name that people can say, such as R-142; never reused, and accepted wherever an id is.' }) number!: string;
  @Field(() => Int, { description: 'Grows by one with every change; send it back as `expectedVersion`.' }) version!: number;
  @Field(() => String, { nullable: true, description: 'What another register calls it, such as RSK-0042: the rows of an import find it again by that. Null when it came from none.' }) externalId!: string | null;
  @Field(() => RiskStatementModel, { description: 'Source, event and consequence. A change of meaning outdates sign-offs and acceptances.' }) statement!: RiskStatementModel;
  @Field(() => [String], { description: 'The people or groups who would bear the harm, in alphabetical order.' }) affectedParties!: readonly string[];
  @Field(() => [String], { description: 'References into public catalogues of AI risk, in the form framework@version#node, such as owasp-llm@2025#LLM01.' }) taxonomy!: readonly string[];
  @Field(() => RiskStateEnum, { description: 'How far it has come; changed only by a command of somebody.' }) state!: RiskState;
  @Field(() => RiskTreatmentModel, { nullable: true, description: 'What is done about it; null until its owner has chosen.' }) treatment!: RiskTreatmentModel | null;
  @Field(() => [RiskAssessmentModel], { description: 'Every estimate that was made of it, oldest first.' }) assessments!: readonly RiskAssessmentModel[];
  @Field(() => RatingModel, { nullable: true, description: 'The latest estimate before any treatment; null = never assessed.' }) inherent!: RatingModel | null;
  @Field(() => RatingModel, { nullable: true, description: 'The latest estimate with everything in place today, confirmed or not; null = never assessed.' }) current!: RatingModel | null;
  @Field(() => Boolean, { description: 'Whether somebody else has confirmed or accepted the latest assessment.' }) confirmed!: boolean;
  @Field(() => String, { nullable: true, description: 'Why it was closed or rejected; null while it is open.' }) ending!: string | null;
  @Field(() => DateTime, { description: 'The instant at which the server first recorded it.' }) loggedAt!: string;
  @Field(() => [RiskActionEnum], { description: 'What its present state allows; whether you may do it is checked when you do.' }) availableActions!: ActionOf<typeof riskLifecycle>[];
  systemId!: string;
  releaseId!: string | null;
  ownerId!: string;
  authoredBy!: string;
  record!: Stored<Risk>;
}

export const RiskConnection = connectionOf('Risk', () => RiskModel);

export function showRisk(risk: Stored<Risk>): RiskModel {
  const latest = risk.assessments.at(-1);
  return {
    __typename: 'Risk', ...risk, record: risk, inherent: latest?.inherent ?? null, current: latest?.current ?? null,
    confirmed: latest !== undefined && latest.revision === risk.confirmation?.revision, availableActions: riskLifecycle.actionsFrom(risk.state),
  };
}
