/** How questions, decisions, reasons, grants and deployments are shown over GraphQL, and the one form in which a question is sent. */
import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsIn, IsObject, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import type { Lane } from '../domain/actor.js';
import type { Exclusion } from '../domain/eligibility.js';
import { VERDICTS, type Verdict } from '../domain/gate.js';
import type { Override } from '../domain/gate-break-glass.js';
import { render } from '../domain/gate-messages.js';
import { GATE_ACTIONS, REASON_CODES, RULES, type GateAction, type Reason, type ReasonCode } from '../domain/gate-question.js';
import type { Deployment } from '../domain/grant.js';
import type { Stored } from '../domain/package.js';
import type { DemandedLevel } from '../domain/policy.js';
import type { Mode } from '../domain/policy-terms.js';
import { COMPONENT_ROLES, MAX_COMPONENTS, type ComponentRole } from '../domain/release.js';
import type { Level } from '../domain/scoring.js';
import type { IdentityFreshness } from '../domain/trusted-issuer.js';
import { LaneEnum } from '../identity/people.graphql.js';
import { IdentityFreshnessEnum } from '../identity/trusted-issuers.graphql.js';
import { DateTime, NodeModel, publishEnum } from '../platform/graphql-types.js';
import { ModeEnum } from '../policies/policies.graphql.js';
import { DifferenceModel } from '../reviews/differences.graphql.js';
import { TieringCauseEnum } from '../policies/tiering-due.graphql.js';
import { ExclusionEnum } from '../reviews/lane-reviews.graphql.js';
import type { ImpactKind } from '../domain/impact-elements.js';
import { ImpactKindEnum } from '../impacts/impacts.graphql.js';
import { ReviewLevelEnum } from '../reviews/reviews.graphql.js';
import { LevelEnum } from '../risks/criteria.graphql.js';
import { ComponentRoleEnum } from '../systems/releases.graphql.js';
import { dated, type DatedObligation } from '../domain/gate-obligations.js';
import { GateObligationModel } from './obligations.graphql.js';
import type { Answer } from './answer.js';

export const VerdictEnum = publishEnum('Verdict', VERDICTS, 'The answer. Only ALLOW permits anything; treat an unknown value as a no.', {
  ALLOW: { description: 'Every requirement is met.' },
  PENDING: { description: 'Not allowed, and every blocking reason is an open review that can still pass.' },
  DENY: { description: 'Not allowed.' },
  ERROR: { description: 'It could not be judged, so it is not allowed.' },
});
export const ReasonCodeEnum = publishEnum('ReasonCode', REASON_CODES, 'Why the gate says what it says. New codes may be added: treat an unknown one as a no.');
const RuleEnum = publishEnum('Rule', RULES, 'The rule that a reason comes from: R1 to R20 are policy, D1 to D3 are fixed.');
const SeverityEnum = publishEnum('Severity', ['BLOCK', 'WARN', 'INFO'], 'Whether a reason stops the release, warns, or only informs.');
export const GateActionEnum = publishEnum('GateAction', GATE_ACTIONS, 'What the caller wants to do with the release.', {
  promote: { description: 'Bring it into the environment.' },
  run: { description: 'Let it go on running there, as monitors and restarts ask: what lapsed by time alone warns for some days before it blocks.' },
  rollback: { description: 'Bring back what was promoted there before: only withdrawn, suspended and what is fixed stand against it.' },
});

@ObjectType('ReviewerCandidate', { description: 'Somebody whose roles are for a lane, and what excludes them from signing it.' })
export class ReviewerCandidateModel {
  @Field({ description: 'Short number of the account, such as U-7.' }) account!: string;
  @Field(() => ID, { description: 'What the server knows the login by; never reused.' }) accountId!: string;
  @Field(() => ID, { description: 'The same for every login of one human being, who counts once.' }) personId!: string;
  @Field(() => String, { nullable: true, description: 'The delegation by which they come into question, such as DEL-3; null = by their own roles.' }) delegation?: string | null;
  @Field(() => [ExclusionEnum], { description: 'Everything that excludes them; empty = they may sign, and others are needed beside them.' }) excludedBy!: readonly Exclusion[];
}

@ObjectType('UnmetPart', { description: 'A comparison inside a condition whose outcome is false, with what was found and what was wanted.' })
export class UnmetPartModel {
  @Field({ description: 'What was looked at, such as payload.accuracy.' }) path!: string;
  @Field({ description: 'What was found there, as JSON: 0.93, "STOP", false or null.' }) observed!: string;
  @Field({ description: 'What it should be, such as >= 0.95.' }) required!: string;
}

@ObjectType('ReasonParams', { description: 'What a reason is about; only what applies is set.' })
export class ReasonParamsModel {
  @Field(() => LaneEnum, { nullable: true, description: 'The discipline whose signature is missing, outdated or against it.' }) lane?: Lane;
  @Field(() => ReviewLevelEnum, { nullable: true, description: 'How independent, and how many, its signers must be.' }) level?: DemandedLevel;
  @Field(() => Int, { nullable: true, description: 'How many live approvals there are; with NO_ELIGIBLE_REVIEWER, how many people could count at the most.' }) have?: number;
  @Field(() => Int, { nullable: true, description: 'How many live approvals are needed.' }) need?: number;
  @Field(() => String, { nullable: true, description: 'Short number of the risk concerned.' }) risk?: string;
  @Field(() => LevelEnum, { nullable: true, description: 'How high it stands after the treatment that is verified.' }) riskLevel?: Level;
  @Field(() => LevelEnum, { nullable: true, description: 'The highest level that needs no acceptance.' }) tolerance?: Level;
  @Field(() => String, { nullable: true, description: 'Short number of the mitigation that is not shown to work.' }) mitigation?: string;
  @Field(() => [String], { nullable: true, description: 'Short numbers of the evidence that does not count.' }) evidence?: readonly string[];
  @Field(() => ImpactKindEnum, { nullable: true, description: 'Which duty to assess the impact on people is not met.' }) assessmentKind?: ImpactKind;
  @Field(() => String, { nullable: true, description: 'Short number of the impact assessment whose approval has ended.' }) assessment?: string;
  @Field(() => String, { nullable: true, description: 'Short number of what was found and is not settled.' }) finding?: string;
  @Field(() => LevelEnum, { nullable: true, description: 'How much that which was found weighs.' }) findingSeverity?: Level;
  @Field(() => [String], { nullable: true, description: 'Short numbers of the conditions that were missed.' }) conditions?: readonly string[];
  @Field(() => [String], { nullable: true, description: 'Short numbers of what has happened and was not lifted.' }) suspensions?: readonly string[];
  @Field(() => String, { nullable: true, description: 'Short number of the waiver by which the requirement is waived.' }) waiver?: string;
  @Field(() => String, { nullable: true, description: 'Short number of the baseline by which it runs without having been promoted.' }) baseline?: string;
  @Field(() => String, { nullable: true, description: 'Short number of the break-glass that was used, or that nobody has judged.' }) breakGlass?: string;
  @Field(() => [String], { nullable: true, description: 'Every requirement that a break-glass steps over, such as R5/SECURITY.' }) steppedOver?: readonly string[];
  @Field(() => String, { nullable: true, description: 'Short number of the promotion that waits.' }) promotion?: string;
  @Field(() => [String], { nullable: true, description: 'Short numbers of the sign-offs concerned.' }) signOffs?: readonly string[];
  @Field(() => [DifferenceModel], { nullable: true, description: 'What changed since those sign-offs were given.' }) differences?: readonly DifferenceModel[];
  @Field(() => [ExclusionEnum], { nullable: true, description: 'What excludes the signers now.' }) because?: readonly Exclusion[];
  @Field(() => [ReviewerCandidateModel], { nullable: true, description: 'Everybody who comes into question for the lane, at most 100, those who may sign first.' }) reviewers?: readonly ReviewerCandidateModel[];
  @Field(() => String, { nullable: true, description: 'Name of the deployment environment concerned.' }) environment?: string;
  @Field(() => [String], { nullable: true, description: 'Short numbers of the releases that fit the target.' }) candidates?: readonly string[];
  @Field(() => DateTime, { nullable: true, description: 'When something ended, ends or was due, such as an acceptance.' }) until?: string;
  @Field(() => [TieringCauseEnum], { nullable: true, description: 'What has happened since the tier was judged, and the judgement does not know.' }) tierEvents?: Reason['params']['tierEvents'];
  @Field(() => String, { nullable: true, description: 'What is asked for, in the words of the policy.' }) title?: string;
  @Field(() => String, { nullable: true, description: 'What to do about it, in the words of the policy.' }) next?: string;
  @Field(() => [UnmetPartModel], { nullable: true, description: 'Of a condition that does not hold, the parts that are false; at most ten.' }) unmet?: readonly UnmetPartModel[];
  @Field(() => String, { nullable: true, description: 'Why a condition of the policy could not be answered; then the verdict is ERROR.' }) problem?: string;
  @Field(() => DateTime, { nullable: true, description: 'Set for run: until when it may go on running although this is not met.' }) dueBy?: string;
}

@ObjectType('Reason', { description: 'One reason of a decision. All of them are given at once.' })
export class ReasonModel {
  @Field(() => ReasonCodeEnum, { description: 'Stable machine-readable name of the reason.' }) code!: ReasonCode;
  @Field(() => SeverityEnum, { description: 'BLOCK stops the release; WARN and INFO do not.' }) severity!: string;
  @Field(() => RuleEnum, { description: 'Where the demand comes from: R is policy, D is fixed in code.' }) rule!: string;
  @Field({ description: 'Stable id of what is demanded, such as R5/PRIVACY or R3/R-12.' }) requirement!: string;
  @Field(() => ReasonParamsModel, { description: 'The values that the reason speaks of.' }) params!: ReasonParamsModel;
  @Field({ description: 'The reason as a sentence for people, in English; its wording may change.' }) message!: string;
  @Field({ description: 'Who can lift it, as a role.' }) owner!: string;
  @Field({ description: 'What to do next, with the operation to call.' }) nextAction!: string;
}

@ObjectType('CarriedFrom', { description: 'Where a sign-off was given that counts here as well, since nothing material differs.' })
export class CarriedFromModel {
  @Field({ description: 'Short number of the promotion that was signed.' }) promotion!: string;
  @Field({ description: 'Digest of the package that was signed there.' }) packageDigest!: string;
}

@ObjectType('Review', { description: 'Where one lane stands, derived from the sign-offs at the moment of asking.' })
export class ReviewModel {
  @Field(() => LaneEnum, { description: 'The discipline whose people must sign, such as PRIVACY.' }) lane!: Lane;
  @Field(() => ReviewLevelEnum, { description: 'How independent, and how many, its signers must be.' }) level!: DemandedLevel;
  @Field({ description: 'True when eligible live approvals meet the level and no veto stands.' }) passed!: boolean;
  @Field(() => [String], { description: 'Short numbers of the sign-offs by which it passes.' }) signOffs!: readonly string[];
  @Field(() => [CarriedFromModel], { description: 'Sign-offs given to another promotion that still count here.' }) carriedFrom!: readonly CarriedFromModel[];
}

@ObjectType('Grant', { description: 'The right to start one deployment of the bundle there; redeemed once, by reportDeployment.' })
export class GrantModel {
  @Field(() => ID, { description: 'Opaque id: send it to reportDeployment.' }) id!: string;
  @Field(() => DateTime, { description: 'When the grant was made.' }) issuedAt!: string;
  @Field(() => DateTime, { description: 'The last instant before which it must be redeemed: 15 minutes at most.' }) expiresAt!: string;
}

@ObjectType('DecidedComponent', { description: 'One part of the bundle that the decision is about.' })
export class DecidedComponentModel {
  @Field(() => ComponentRoleEnum, { description: 'What it is for, such as MODEL or CONFIG; decides who reviews a change of it.' }) role!: ComponentRole;
  @Field({ description: 'What the team calls this part; unique together with its role.' }) name!: string;
  @Field({ description: 'SHA-256 of its bytes, as sha256:<hex>.' }) digest!: string;
}

@ObjectType('DecidedTarget', { description: 'Exactly what the decision is about.' })
export class DecidedTargetModel {
  @Field(() => ID, { description: 'Opaque id of what the release belongs to; send it to system(id).' }) systemId!: string;
  @Field({ description: 'Short form that people can say, such as SYS-9.' }) systemNumber!: string;
  @Field(() => ID, { description: 'Opaque id of the bundle that the question names.' }) releaseId!: string;
  @Field({ description: 'Short form that people can say, such as REL-3.' }) releaseNumber!: string;
  @Field({ description: 'Digest over all components: what may ship.' }) bundleDigest!: string;
  @Field(() => [DecidedComponentModel], { description: 'Every part with its own digest.' }) components!: readonly DecidedComponentModel[];
}

const OverrideKindEnum = publishEnum('OverrideKind', ['BREAK_GLASS'], 'What kind of way leads to an ALLOW although requirements are not met.', { BREAK_GLASS: { description: 'An emergency: agreed to by two, judged afterwards by others.' } });

@ObjectType('Override', { description: 'By what an answer is ALLOW although requirements are not met.' })
export class OverrideModel {
  @Field(() => OverrideKindEnum, { description: 'Treat an unknown one like any other: the requirements were not met.' }) kind!: Override['kind'];
  @Field({ description: 'Short number of it, such as BG-1; send it to breakGlass(id).' }) breakGlass!: string;
  @Field(() => [String], { description: 'Every requirement that is not met, such as R5/SECURITY.' }) steppedOver!: readonly string[];
  @Field(() => ID, { description: 'Opaque id of the person who could not wait.' }) invokedBy!: string;
  @Field(() => ID, { nullable: true, description: 'Opaque id of the second person who agreed; null = the policy asks for none.' }) secondKeyBy!: string | null;
}

@ObjectType('GateDecision', { description: 'The answer of the gate. Blocked is an answer, never an error.' })
export class GateDecisionModel {
  @Field(() => ID, { nullable: true, description: 'Opaque id of the recorded decision; null for a dry run, and for an ERROR where nothing could be judged, such as REGISTER_UNAVAILABLE or AUDIT_UNAVAILABLE: both record nothing. An expression that errs is judged as ERROR and recorded.' }) id!: string | null;
  @Field({ description: 'True only for ALLOW: the one field that a pipeline must read.' }) decision!: boolean;
  @Field(() => VerdictEnum, { description: 'ALLOW, PENDING, DENY or ERROR; treat anything else as a no.' }) verdict!: Verdict;
  @Field(() => VerdictEnum, { description: 'What the rules say. Differs from `verdict` only where the policy does not enforce; a grant needs ALLOW here.' }) enforcedVerdict!: Verdict;
  @Field(() => ModeEnum, { description: 'How strictly the policy applies to this system in this environment.' }) mode!: Mode;
  @Field(() => DateTime, { description: 'When it was decided; the same question with unchanged facts gets this same decision.' }) firstDecidedAt!: string;
  @Field(() => GateActionEnum, { description: 'Whether the question was about bringing it in, letting it run, or bringing it back.' }) action!: GateAction;
  @Field({ description: 'Name of the deployment environment that was asked about.' }) environment!: string;
  @Field(() => DecidedTargetModel, { nullable: true, description: 'What the question means; null when it is unknown or ambiguous.' }) target!: DecidedTargetModel | null;
  @Field(() => [ReasonModel], { description: 'All reasons at once, blocking ones and others.' }) reasons!: ReasonModel[];
  @Field(() => [ReviewModel], { description: 'Where each demanded lane stands.' }) reviews!: readonly ReviewModel[];
  @Field(() => [GateObligationModel], { description: 'What has to be done beside, by people and in time; also with ALLOW.' }) obligations!: readonly DatedObligation[];
  @Field(() => DateTime, { nullable: true, description: 'The next instant at which the answer could change by time alone; null = none is known.' }) expiresAt!: string | null;
  @Field(() => String, { nullable: true, description: 'Which kind of input ends or begins at that instant.' }) limitedBy!: string | null;
  @Field({ description: 'SHA-256 of the rules that were in force when it was decided.' }) policyDigest!: string;
  @Field({ description: 'The policy by which it was decided, with its version, such as baseline 1.4.0; `none 0` where none was asked.' }) policy!: string;
  @Field(() => String, { nullable: true, description: 'Digest of the list of all facts that were looked at.' }) factsDigest!: string | null;
  @Field(() => IdentityFreshnessEnum, { nullable: true, description: 'How surely the caller was known when it was recorded; null for a dry run, for ERROR, and in records of before.' }) identityFreshness!: IdentityFreshness | null;
  @Field(() => OverrideModel, { nullable: true, description: 'By what it is ALLOW although requirements are not met; null = by nothing.' }) override!: OverrideModel | null;
  @Field(() => GrantModel, { nullable: true, description: 'Set only by authorizePromotion, and only on ALLOW.' }) grant!: GrantModel | null;
}

@ObjectType('Deployment', { implements: () => [NodeModel], description: 'A deployment that was reported under a grant.' })
export class DeploymentModel extends NodeModel {
  @Field({ description: 'Short number that people can say, such as D-2.' }) number!: string;
  @Field({ description: 'SHA-256 over all components, as the grant permitted it.' }) bundleDigest!: string;
  @Field(() => DateTime, { description: 'When its start was reported.' }) startedAt!: string;
}

@InputType('ComponentDigestInput', { description: 'One part of what ships, by its bytes.' })
export class ComponentDigestInput {
  @IsIn(COMPONENT_ROLES) @Field(() => ComponentRoleEnum, { description: 'What part it plays in the bundle.' }) role!: ComponentRole;
  @IsString() @MaxLength(200) @Field({ description: 'What the team calls this part, exactly as in the registered release.' }) name!: string;
  @IsString() @MaxLength(100) @Field({ description: 'SHA-256 of its bytes, as sha256:<hex> or bare hex.' }) digest!: string;
}

@InputType('SystemReleaseInput', { description: 'A release by the names that its team uses; below PILOT only.' })
export class SystemReleaseInput {
  @IsString() @MaxLength(100) @Field({ description: 'The AI system, by id or number.' }) system!: string;
  @IsString() @MaxLength(100) @Field({ description: 'The label that its team gave the release, such as 2026.11.1.' }) version!: string;
}

@InputType('GateTargetInput', { description: 'What ships. Name it in exactly one way; from PILOT on only by the bytes.', isOneOf: true })
export class GateTargetInput {
  @IsOptional() @IsString() @MaxLength(100) @Field(() => String, { nullable: true, description: 'Digest over all components of the release.' }) bundleDigest?: string | null;
  @IsOptional() @IsString() @MaxLength(100) @Field(() => String, { nullable: true, description: 'Digest of one IMAGE or MODEL that stands for its release.' }) componentDigest?: string | null;
  @IsOptional() @IsString() @MaxLength(100) @Field(() => ID, { nullable: true, description: 'The release by id or number; below PILOT only.' }) releaseId?: string | null;
  @IsOptional() @ValidateNested() @Type(() => SystemReleaseInput) @Field(() => SystemReleaseInput, { nullable: true, description: 'The release by system and label; below PILOT only.' }) systemRelease?: SystemReleaseInput | null;
  @IsOptional() @ArrayMinSize(1) @ArrayMaxSize(MAX_COMPONENTS) @ValidateNested({ each: true }) @Type(() => ComponentDigestInput)
  @Field(() => [ComponentDigestInput], { nullable: true, description: 'Every part that ships: the server computes the bundle digest.' }) components?: ComponentDigestInput[] | null;
}

@InputType('GateQuestionInput', { description: 'May this release go to this environment, go on running there, or come back?' })
export class GateQuestionInput {
  @IsObject() @ValidateNested() @Type(() => GateTargetInput) @Field(() => GateTargetInput, { description: 'What would ship, named in exactly one way.' }) target!: GateTargetInput;
  @IsOptional() @IsString() @MaxLength(100) @Field(() => ID, { nullable: true, description: 'The AI system, by id or number: narrows a digest that several systems ship.' }) system?: string | null;
  @IsString() @MaxLength(100) @Field({ description: 'Name of the deployment environment, such as production-eu.' }) environment!: string;
  @IsOptional() @IsIn(GATE_ACTIONS) @Field(() => GateActionEnum, { nullable: true, defaultValue: 'promote', description: 'What the caller wants to do; `promote` unless said otherwise.' }) action?: string | null;
}

@InputType('ReportDeploymentInput', { description: 'The start of a deployment, told with the grant that permitted it.' })
export class ReportDeploymentInput {
  @IsString() @MaxLength(100) @Field(() => ID, { description: 'Opaque id that authorizePromotion gave with its ALLOW.' }) grant!: string;
  @IsString() @MaxLength(100) @Field({ description: 'Digest of the bundle that is being deployed, computed where it runs.' }) bundleDigest!: string;
  @IsString() @MaxLength(100) @Field({ description: 'Name of the environment it goes into.' }) environment!: string;
}

export function showAnswer(answer: Answer): GateDecisionModel {
  const { decision, grant } = answer;
  return {
    id: answer.id, decision: decision.verdict === 'ALLOW', verdict: decision.verdict, enforcedVerdict: decision.enforcedVerdict ?? decision.verdict, mode: decision.mode ?? 'ENFORCE',
    firstDecidedAt: answer.decidedAt, action: decision.action, environment: decision.environment, target: decision.target,
    reasons: decision.reasons.map(showReason), reviews: decision.lanes, obligations: dated(decision.obligations ?? [], answer.decidedAt), expiresAt: answer.holdsUntil, limitedBy: decision.limitedBy?.what ?? null,
    override: decision.override, policyDigest: decision.policy.digest, policy: `${decision.policy.id} ${decision.policy.version}`, factsDigest: answer.factsDigest, identityFreshness: answer.identityFreshness, grant,
  };
}

export function showReason(reason: Reason): ReasonModel {
  const { unmet, ...params } = reason.params;
  return { ...reason, params: { ...params, ...(unmet === undefined ? {} : { unmet: unmet.map((part) => ({ ...part, observed: JSON.stringify(part.observed) })) }) }, ...render(reason) };
}

export function showDeployment(deployment: Stored<Deployment>): DeploymentModel {
  return deployment;
}
