/** How promotions, packages and sign-offs are shown, and what clients may send about them. */
import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { ImposedConditionInput } from '../acceptances/conditions.graphql.js';
import { LANES, type Lane } from '../domain/actor.js';
import { CHOICES, MEANINGS, type Choice, type Meaning } from '../domain/choice.js';
import { MAX_CONDITIONS } from '../domain/condition.js';
import type { Stored } from '../domain/package.js';
import { REVIEW_LEVELS, type DemandedLevel } from '../domain/policy.js';
import { promotionLifecycle, type Promotion } from '../domain/promotion.js';
import { ATTESTATIONS, type Attestation, type SignOff } from '../domain/sign-off.js';
import { LaneEnum } from '../identity/people.graphql.js';
import { connectionOf, DateTime, NodeModel, publishEnum } from '../platform/graphql-types.js';
import { publishActions } from '../systems/systems.graphql.js';
import type { ShownPackage } from './shown-packages.js';

export const ReviewLevelEnum = publishEnum('ReviewLevel', REVIEW_LEVELS.filter((level) => level !== 'NONE'), 'How much independence a lane demands.', {
  SELF: { description: 'The delivery team attests.' },
  INDEPENDENT: { description: 'One qualified reviewer who did not request, own, develop or write any part of it.' },
  FOUR_EYES: { description: 'Two eligible people of two functions, one of them of the lane’s own function.' },
});
export const PromotionStateEnum = publishEnum('PromotionState', promotionLifecycle.states, 'The stored state of a request; whether the release may ship is the gate’s answer, not a state.', {
  OPEN: { description: 'Takes sign-offs.' },
  CANCELLED: { description: 'Its requester took it back.' },
  REJECTED: { description: 'A veto ended it; `resubmitPromotion` asks once more.' },
  SUPERSEDED: { description: 'Another request took its place.' },
  PROMOTED: { description: 'A deployment under its grant was reported.' },
});
const PromotionActionEnum = publishActions('PromotionAction', promotionLifecycle, 'What can be done with a promotion, in the words of its lifecycle; `promote` happens when a deployment is reported under its grant, `reject` when a lane with a veto rejects it.');
export const ChoiceEnum = publishEnum('Choice', CHOICES, 'What the signer decides about the lanes of this act.', {
  APPROVE: { description: 'The lanes may pass.' },
  APPROVE_WITH_CONDITIONS: { description: 'The lanes may pass, and what you ask for beside has to be met in time.' },
  REQUEST_CHANGES: { description: 'Blocks until the same person signs again, or what was signed changes materially.' },
  REJECT: { description: 'Blocks as long as it stands; in a lane that has a veto by the policy it ends the request, too.' },
  ABSTAIN: { description: 'You have read it and give no vote; what you said before about these lanes counts no more.' },
  RECUSE: { description: 'You have a conflict of interest: from now on you are excluded from these lanes of this system, until a round that is opened after you take it back.' },
});
const MeaningEnum = publishEnum('Meaning', MEANINGS, 'What the signature means, as recorded with it (21 CFR 11.50).');
export const AttestationEnum = publishEnum('Attestation', ATTESTATIONS, 'A statement with a meaning of its own that a signer adds.', {
  NO_RISK_ABOVE_LOW: { description: 'Risks were looked for and none above LOW was found; on the RISK lane it stands for the register of a system of tier MINIMAL.' },
});

@ObjectType('RequiredLane', { description: 'One lane of review that a promotion must pass.' })
export class RequiredLaneModel {
  @Field(() => LaneEnum, { description: 'The discipline whose reviewers must sign.' }) lane!: Lane;
  @Field(() => ReviewLevelEnum, { description: 'How independent, and how many, the signers must be.' }) level!: DemandedLevel;
}

@ObjectType('DecisionPackage', { description: 'Everything a reviewer is shown, as one value with one digest. What was seen is what is signed.' })
export class DecisionPackageModel {
  @Field({ description: 'SHA-256 of the canonical bytes: what a sign-off names.' }) digest!: string;
  @Field({ description: 'The same value as Markdown for people, what changed since the last approved release first.' }) readable!: string;
  @Field({ description: 'The canonical JSON (RFC 8785) itself: its SHA-256 is the digest.' }) canonical!: string;
}

@ObjectType('Promotion', { implements: () => [NodeModel], description: 'A request to move one release into one environment.' })
export class PromotionModel extends NodeModel {
  @Field({ description: 'Short number that people can say, such as P-17.' }) number!: string;
  @Field(() => Int, { description: 'Rises by one with every change; send it back as expectedVersion.' }) version!: number;
  @Field(() => PromotionStateEnum, { description: 'Open, or how it ended.' }) state!: string;
  @Field({ description: 'Why the release should go there, in the words of the requester.' }) reason!: string;
  @Field(() => DateTime, { description: 'When the request was made; roles gained after this instant do not vote in it.' }) openedAt!: string;
  @Field(() => [RequiredLaneModel], { description: 'The lanes that were demanded at the moment of opening.' }) lanes!: RequiredLaneModel[];
  @Field({ description: 'SHA-256 of what was frozen at the moment of opening.' }) packageDigest!: string;
  @Field(() => String, { nullable: true, description: 'Why it was cancelled, or the number of the vote or request that ended it, with its words; null while it is open and when it was fulfilled.' }) ending!: string | null;
  @Field(() => DateTime, { nullable: true, description: 'By when its reviews should be done; null for a request that was made before there were due dates.' }) due!: string | null;
  @Field(() => [PromotionActionEnum], { description: 'What the present state permits; roles and duties are checked in addition.' }) availableActions!: string[];
  readonly source!: Stored<Promotion>;
}
export const PromotionConnection = connectionOf('Promotion', () => PromotionModel);

@ObjectType('SignOffSubject', { description: 'What one act signed: the lanes of one promotion, about one package.' })
export class SignOffSubjectModel {
  @Field({ description: 'Digest of the package that the signer was shown.' }) packageDigest!: string;
  @Field(() => [LaneEnum], { description: 'The lanes that this act covers there.' }) lanes!: readonly Lane[];
  readonly promotionId!: string;
  readonly vote!: Pick<SignOff, 'personId' | 'choice' | 'signedAt'>;
}

@ObjectType('SignOffWithdrawal', { description: 'That, when and why a signer took a vote back.' })
export class SignOffWithdrawalModel {
  @Field(() => DateTime, { description: 'When the vote stopped counting.' }) at!: string;
  @Field({ description: 'Why, in the words of the signer who took it back.' }) reason!: string;
}

@ObjectType('SignOff', { implements: () => [NodeModel], description: 'One vote of one person about exact packages. It is never changed, and it ends by itself.' })
export class SignOffModel extends NodeModel {
  @Field({ description: 'Short number that people can say, such as SO-4.' }) number!: string;
  @Field(() => Int, { description: 'Rises by one when the signer withdraws; send it back as expectedVersion.' }) version!: number;
  @Field(() => [SignOffSubjectModel], { description: 'The promotions, packages and lanes that were signed in this act.' }) subjects!: readonly SignOffSubjectModel[];
  @Field(() => ChoiceEnum, { description: 'What the signer decided about them.' }) choice!: Choice;
  @Field(() => MeaningEnum, { description: 'What the signature stands for, as 21 CFR 11.50 asks to record.' }) meaning!: Meaning;
  @Field({ description: 'The signer’s own words about the decision.' }) statement!: string;
  @Field(() => [AttestationEnum], { description: 'Further statements that the signer made with it.' }) attests!: readonly Attestation[];
  @Field(() => DateTime, { description: 'When it was signed, by the database’s clock.' }) signedAt!: string;
  @Field(() => DateTime, { description: 'From this instant on it no longer counts; the tier sets how long it lives.' }) validUntil!: string;
  @Field(() => SignOffWithdrawalModel, { nullable: true, description: 'Set when the signer took it back; null while it stands.' }) withdrawn!: SignOffWithdrawalModel | null;
  readonly personId!: string;
  readonly source!: Stored<SignOff>;
}
export const SignOffConnection = connectionOf('SignOff', () => SignOffModel);

@ObjectType('ShownPackage', { description: 'One promotion that a challenge covers, with the package to read before confirming.' })
export class ShownPackageModel {
  @Field(() => PromotionModel, { description: 'The request that is being signed.' }) promotion!: PromotionModel;
  @Field(() => DecisionPackageModel, { description: 'The package as of now: read it, then send back its digest.' }) package!: DecisionPackageModel;
  @Field(() => [LaneEnum], { description: 'The lanes of this promotion that the act will cover.' }) lanes!: readonly Lane[];
}

@ObjectType('SignOffRequest', { description: 'What to read, and the challenge to confirm it with.' })
export class SignOffRequestModel {
  @Field({ description: 'Secret for one use by you alone; send it to confirmSignOff.' }) challenge!: string;
  @Field(() => DateTime, { description: 'When the challenge ends: five minutes after it was made.' }) expiresAt!: string;
  @Field(() => [ShownPackageModel], { description: 'Each promotion with the package that you are about to sign.' }) packages!: ShownPackageModel[];
}

@InputType('OpenPromotionInput', { description: 'Which release should go where, and why.' })
export class OpenPromotionInput {
  @MaxLength(100) @Field(() => ID, { description: 'The release, by id or number such as REL-3.' }) release!: string;
  @MaxLength(100) @Field({ description: 'Where it should go, by name such as production, or by opaque id.' }) environment!: string;
  @MaxLength(4000) @Field({ description: 'Why it should go there; reviewers read it first.' }) reason!: string;
  @IsOptional() @IsString() @Field(() => DateTime, { nullable: true, description: 'By when its reviews should be done: within 90 days; in 14 days unless said otherwise.' }) due?: string | null;
  @IsOptional() @IsString() @MaxLength(100) @Field(() => ID, { nullable: true, description: 'The request of this system into this environment whose place it takes, by id or number: an open one becomes SUPERSEDED. Yours, or you own the system.' }) supersedes?: string | null;
}

@InputType('RequestSignOffInput', { description: 'What you want to sign: one act may cover several lanes and several promotions of one system.' })
export class RequestSignOffInput {
  @ArrayMinSize(1) @ArrayMaxSize(20) @MaxLength(100, { each: true }) @Field(() => [ID], { description: 'The promotions, by id or number such as P-3.' }) promotions!: string[];
  @ArrayMinSize(1) @ArrayMaxSize(LANES.length) @IsIn(LANES, { each: true }) @Field(() => [LaneEnum], { description: 'The lanes that you sign; you must be eligible in each.' }) lanes!: Lane[];
  @IsOptional() @IsString() @MaxLength(100) @Field(() => ID, { nullable: true, description: 'The delegation by which you sign all of them in the place of a colleague, such as DEL-2; left out = in your own name.' }) delegation?: string | null;
  @IsOptional() @IsIn(MEANINGS) @Field(() => MeaningEnum, { nullable: true, description: 'The only meaning that the challenge may sign, such as REJECTED: another choice is then refused with CHALLENGE_INVALID. Left out = you decide after reading.' }) meaning?: Meaning | null;
}

@InputType('ConfirmSignOffInput', { description: 'Your answer to a challenge: it becomes one sign-off, or is refused as a whole.' })
export class ConfirmSignOffInput {
  @MaxLength(200) @Field({ description: 'The challenge that requestSignOff gave you.' }) challenge!: string;
  @ArrayMinSize(1) @ArrayMaxSize(20) @MaxLength(100, { each: true }) @Field(() => [String], { description: 'The digests of the packages that you were shown, all of them.' }) packageDigests!: string[];
  @IsIn(CHOICES) @Field(() => ChoiceEnum, { description: 'Your decision, the same for every lane of the act.' }) choice!: Choice;
  @MaxLength(4000) @Field({ description: 'Your reasons in your own words; kept with the vote.' }) statement!: string;
  @ArrayMaxSize(ATTESTATIONS.length) @IsIn(ATTESTATIONS, { each: true }) @Field(() => [AttestationEnum], { defaultValue: [], description: 'Further statements that you make with this vote.' }) attests!: Attestation[];
  @ArrayMaxSize(MAX_CONDITIONS) @ValidateNested({ each: true }) @Type(() => ImposedConditionInput) @Field(() => [ImposedConditionInput], { defaultValue: [], description: 'What you ask for beside the yes: at least one with APPROVE_WITH_CONDITIONS, none with any other choice. Refused as TOO_LARGE beyond 48,000 bytes together.' }) conditions!: ImposedConditionInput[];
}

export function showPromotion(promotion: Stored<Promotion>): PromotionModel {
  return { ...promotion, lanes: [...promotion.lanes], availableActions: promotionLifecycle.actionsFrom(promotion.state), source: promotion };
}

export function showSignOff(signOff: Stored<SignOff>): SignOffModel {
  return { ...signOff, subjects: signOff.subjects.map((subject) => ({ ...subject, vote: signOff })), source: signOff };
}

export function showDecisionPackage(shown: ShownPackage): DecisionPackageModel {
  return { digest: shown.digest, readable: shown.readable, canonical: shown.canonical };
}
