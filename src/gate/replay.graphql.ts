/** How a replay is shown. */
import { Field, ID, ObjectType } from '@nestjs/graphql';
import type { FactsManifest } from '../domain/gate-decision.js';
import { REPLAY_OUTCOMES, type ReplayOutcome } from '../domain/gate-replay.js';
import { publishEnum } from '../platform/graphql-types.js';
import type { Dossier } from './dossier.js';
import { GateDecisionModel, showAnswer } from './gate.graphql.js';
import { answerOf } from './answer.js';
import type { Replay } from './replay.service.js';

const ReplayOutcomeEnum = publishEnum('ReplayOutcome', REPLAY_OUTCOMES, 'What making a decision again has shown.', {
  EQUAL: { description: 'Word for word the same, from the same facts, policy and instant.' },
  DIFFERENT: { description: 'The same version of the engine says something else: report it as a fault.' },
  ENGINE_CHANGED: { description: 'It was made by another version of the engine, which has judged otherwise.' },
  FACTS_GONE: { description: 'Bytes that it was made from are kept no longer, such as those of an erased organization.' },
  POLICY_GONE: { description: 'It was made by an edition of the shipped policy that nobody wrote down: by a version of the product that did not do so yet.' },
});

@ObjectType('DecisionReplay', { description: 'A recorded decision, made again from the facts and the policy that it was made from.' })
export class DecisionReplayModel {
  @Field(() => ReplayOutcomeEnum, { description: 'Whether it says the same.' }) outcome!: ReplayOutcome;
  @Field({ description: 'The version of the rules’ program that made the recorded decision; another version may judge otherwise.' }) engine!: string;
  @Field({ description: 'The answer of that day, word for word as it is stored.' }) recorded!: GateDecisionModel;
  @Field(() => GateDecisionModel, { nullable: true, description: 'What is decided now from the same facts; null when they or the policy are gone.' }) again!: GateDecisionModel | null;
  @Field(() => [String], { description: 'Which parts differ, such as verdict, reasons, limitedBy or holdsUntil; facts where the list of them is another, id or decidedAt where it is the list of another decision. Empty when none does.' }) differences!: readonly string[];
}

export function showReplay({ recorded, outcome, again, differences }: Replay): DecisionReplayModel {
  const answer = answerOf(recorded);
  return { outcome, engine: recorded.decision.engine, recorded: showAnswer(answer), again: again === null ? null : showAnswer({ ...answer, id: null, decision: again }), differences };
}

@ObjectType('DossierFact', { description: 'One record that a decision was made from, in the version that was looked at.' })
export class DossierFactModel {
  @Field({ description: 'What kind of record it is, such as Risk; DecisionPackage for what was signed.' }) type!: string;
  @Field(() => ID, { description: 'Opaque id of the record; of a package, its digest.' }) id!: string;
  @Field({ description: 'SHA-256 of the bytes that are kept of this version.' }) digest!: string;
}

@ObjectType('DecisionDossier', { description: 'Everything that a recorded decision was made from: enough to make it again without this server.' })
export class DecisionDossierModel {
  @Field(() => [DossierFactModel], { description: 'Every record that was looked at, by kind and id.' }) facts!: DossierFactModel[];
  @Field({ description: 'The dossier as JSON, with the bytes of each: save it as a file, and "countersign decision replay <file>" makes the decision again offline.' }) file!: string;
}

export function showDossier({ facts, dossier }: { readonly facts: FactsManifest['facts']; readonly dossier: Dossier }): DecisionDossierModel {
  return { facts: facts.map(([type, id, digest]) => ({ type, id, digest })), file: JSON.stringify(dossier) };
}
