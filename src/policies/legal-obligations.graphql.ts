/** How it is shown which articles apply to a system on a day. */
import { ArgsType, Field, ObjectType } from '@nestjs/graphql';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { JURISDICTIONS, LEGAL_FACTS, OBLIGATION_KINDS, OBLIGATION_STATES, type Ground, type Jurisdiction, type JudgedObligation, type LegalObligation, type ObligationsOnDay, type ObligationState } from '../domain/legal-obligations.js';
import type { LawDateConfirmation } from '../domain/law-date-confirmation.js';
import type { Stored } from '../domain/package.js';
import { findNode, type Catalogues } from '../domain/taxonomy.js';
import { publishEnum } from '../platform/graphql-types.js';
import { LawDateConfirmationModel, showConfirmed } from './law-dates.graphql.js';
import { itemsServing } from './legal-obligations.js';

const ObligationStateEnum = publishEnum('LegalObligationState', OBLIGATION_STATES, 'Whether an article applies to a system on a day.', {
  APPLIES: { description: 'It applies: by what is known about the system, or by what is not known.' },
  NOT_YET: { description: 'It concerns the system, and begins on a later day.' },
  ENDED: { description: 'It concerned the system, and has ended.' },
  NOT_CONCERNED: { description: 'It does not concern the system as it is now.' },
});
const LegalFactEnum = publishEnum('LegalFact', LEGAL_FACTS, 'What about a system decides whether an article concerns it.', {
  EU_CLASS: { description: 'Its class under the EU AI Act; not known while it is UNCLASSIFIED.' },
  FLAGS: { description: 'Its flags; not known until a risk officer has assessed it.' },
  ROLES: { description: 'What the organization is to it, such as PROVIDER or DEPLOYER (EU AI Act, Art. 3); where nobody has said, it may be each of them.' },
  JURISDICTIONS: { description: 'Where it is used, by codes of ISO 3166 or EU; not known where nothing is said, or something in other words.' },
  UNCHANGED_SINCE: { description: 'Since when it is on the market or in service without a significant change of its design; not known unless the question says so.' },
});
const KindEnum = publishEnum('LegalObligationKind', OBLIGATION_KINDS, 'How far something binds.', {
  LAW: { description: 'A regulation.' },
  GUIDANCE: { description: 'What a supervisory authority expects of those whom it supervises; whether the organization is one of them is not known here.' },
});
const JurisdictionEnum = publishEnum('LegalJurisdiction', JURISDICTIONS, 'Where an instrument holds.', {
  EU: { description: 'The European Union and the European Economic Area.' },
  US: { description: 'The United States.' },
  GB: { description: 'The United Kingdom.' },
});

@ObjectType('LegalGround', { description: 'A fact about the system by which it was judged whether an article concerns it.' })
export class LegalGroundModel {
  @Field(() => LegalFactEnum, { description: 'What about the system was looked at.' }) fact!: Ground['fact'];
  @Field({ description: 'Whether it lets the article concern the system; what is not known does.' }) holds!: boolean;
  @Field(() => [String], { description: 'What was looked for, one of which is enough; of UNCHANGED_SINCE, the day before which it would have to be.' }) asked!: readonly string[];
  @Field(() => [String], { nullable: true, description: 'What of it the system has; null = it is not known.' }) found!: readonly string[] | null;
}

@ObjectType('ServingItem', { description: 'An item of the shipped policy pilot-to-production that rests on the article.' })
export class ServingItemModel {
  @Field({ description: 'What it is called in the policy, such as D-01.' }) id!: string;
  @Field({ description: 'What has to be so, in one line.' }) title!: string;
}

@ObjectType('LegalObligation', { description: 'An article, clause or section, and whether it applies to the system on the day. Policies ask for what they ask for regardless.' })
export class LegalObligationModel {
  @Field({ description: 'Framework, version and entry of the catalogues, such as eu-ai-act@2026-1744#Art-9.' }) reference!: string;
  @Field({ description: 'What the whole is called, such as the EU AI Act with its amendments.' }) instrument!: string;
  @Field({ description: 'The article, such as Art-9.' }) article!: string;
  @Field({ description: 'What it is about, in a few words; the text is with the publisher.' }) title!: string;
  @Field(() => KindEnum, { description: 'How far it binds.' }) kind!: LegalObligation['kind'];
  @Field(() => JurisdictionEnum, { description: 'The territory for which the instrument was made.' }) jurisdiction!: Jurisdiction;
  @Field(() => ObligationStateEnum, { description: 'Whether it applies on the day.' }) state!: ObligationState;
  @Field(() => String, { nullable: true, description: 'The first day on which it applies to systems like this one, such as 2027-12-02; null = there is none.' }) from!: string | null;
  @Field(() => String, { nullable: true, description: 'The first day on which it applies no longer; null = without end.' }) until!: string | null;
  @Field({ description: 'Which publication these days are taken from, with the article, such as Regulation (EU) 2024/1689, Art. 113.' }) source!: string;
  @Field({ description: 'Whether a person of the organization has confirmed the first day. The answer counts by the recorded day either way; policies ask for what they ask for regardless of it.' }) confirmed!: boolean;
  @Field(() => [LawDateConfirmationModel], { description: 'Who confirmed a day of the article and nobody took back, with `outcome`: for a day that is no longer recorded it is OUTDATED.' }) confirmations!: LawDateConfirmationModel[];
  @Field(() => [LegalGroundModel], { description: 'Why it concerns the system; where it does not, only what stands against it.' }) because!: readonly Ground[];
  @Field(() => [ServingItemModel], { description: 'Which of the shipped readiness items rest on it.' }) servedBy!: ServingItemModel[];
}

@ObjectType('LegalObligationChange', { description: 'An article of which the answer will be another one.' })
export class LegalObligationChangeModel {
  @Field({ description: 'Framework, version and entry, as in `obligations`.' }) reference!: string;
  @Field({ description: 'What it is about, in a few words.' }) title!: string;
  @Field(() => ObligationStateEnum, { description: 'The answer on the day that was asked about.' }) before!: ObligationState;
  @Field(() => ObligationStateEnum, { description: 'The answer on the day of the change.' }) after!: ObligationState;
}

@ObjectType('NextLegalChange', { description: 'The next day on which something begins or ends for the system, if it stays as it is.' })
export class NextLegalChangeModel {
  @Field({ description: 'That day, such as 2026-12-02.' }) on!: string;
  @Field(() => [LegalObligationChangeModel], { description: 'Every article of which the answer then differs from that of the day that was asked about.' }) changes!: LegalObligationChangeModel[];
}

@ObjectType('SystemObligations', { description: 'Which articles apply to a system on a day, by its class, flags and places of now. What is not known about it applies.' })
export class SystemObligationsModel {
  @Field({ description: 'For which date of the calendar this is the answer, in UTC.' }) on!: string;
  @Field(() => [LegalObligationModel], { description: 'Every article that the product knows of, instrument by instrument; about 65.' }) obligations!: LegalObligationModel[];
  @Field(() => NextLegalChangeModel, { nullable: true, description: 'What changes next; null = nothing that is known.' }) nextChange!: NextLegalChangeModel | null;
}

@ArgsType()
export class ObligationsArgs {
  @Field(() => String, { nullable: true, description: 'The day to look at, past or to come, such as 2027-12-02; left out = today in UTC. Refused as INVALID_INPUT when it is no day.' }) @MaxLength(40) @IsString() @IsOptional() on?: string | null;
  @Field(() => String, { nullable: true, description: 'Since when the first unit of its type is on the market or in service without a significant change of its design (EU AI Act, Art. 111); left out = not known, and no transitional rule relaxes anything.' })
  @MaxLength(40) @IsString() @IsOptional() unchangedSince?: string | null;
}

/** `standing`: the confirmations that nobody took back. */
export function showObligations({ on, obligations, nextChange }: ObligationsOnDay, catalogues: Catalogues, standing: readonly Stored<LawDateConfirmation>[]): SystemObligationsModel {
  const title = ({ reference }: LegalObligation): string => findNode(reference, catalogues)?.title ?? reference;
  return {
    on, obligations: obligations.map((judged) => showObligation(judged, catalogues, standing)),
    nextChange: nextChange === null ? null : { on: nextChange.on, changes: nextChange.changes.map(({ obligation, before, after }) => ({ reference: obligation.reference, title: title(obligation), before, after })) },
  };
}

function showObligation({ obligation, ...judged }: JudgedObligation, catalogues: Catalogues, standing: readonly Stored<LawDateConfirmation>[]): LegalObligationModel {
  const { reference, kind, jurisdiction } = obligation;
  const node = findNode(reference, catalogues);
  const [instrument = reference, article = reference] = reference.split('#');
  return {
    reference, kind, jurisdiction, ...judged, instrument: catalogues.frameworks.get(instrument)?.title ?? instrument, article, title: node?.title ?? article, ...showConfirmed(reference, judged.from, standing),
    servedBy: itemsServing(obligation).map(({ id, title }) => ({ id, title })),
  };
}
