/** How evidence is shown, and what clients may send about it. */
import { ArgsType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsObject, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { EVIDENCE_OUTCOMES, EVIDENCE_SOURCES, evidenceLifecycle, type Evidence, type EvidenceSource, type EvidenceState } from '../domain/evidence.js';
import type { ActionOf } from '../domain/lifecycle.js';
import type { Stored } from '../domain/package.js';
import type { JsonObject as JsonObjectValue } from '../domain/payload.js';
import { connectionOf, DateTime, JsonObject, NodeModel, publishEnum } from '../platform/graphql-types.js';
import { PageArgs, publishActions } from '../systems/systems.graphql.js';
import { byId, loadOne } from '../platform/loading.js';
import type { RequestContext } from '../platform/request-context.js';
import type { EvidenceFilter, EvidenceQueries, EvidenceSort } from './evidence.queries.js';

export const EvidenceOutcomeEnum = publishEnum('EvidenceOutcome', EVIDENCE_OUTCOMES, 'What a piece of evidence comes to at this moment: derived when it is read, never stored. Only VERIFIED counts.', {
  SUBMITTED: { description: 'Nobody has verified it yet.' },
  VERIFIED: { description: 'Somebody other than its submitter has verified it, and it has not ended.' },
  EXPIRED: { description: 'Its time is over, verified or not.' },
  SUPERSEDED: { description: 'A fresher piece of the same type stands in for it.' },
  REJECTED: { description: 'Somebody looked at it and found that it does not show what it should.' },
  REVOKED: { description: 'Its verification was taken back.' },
});
export const EvidenceSourceEnum = publishEnum('EvidenceSource', EVIDENCE_SOURCES, 'What kind of account submitted a piece of evidence.', {
  HUMAN: { description: 'A person.' },
  CI: { description: 'A deployment pipeline.' },
  MONITOR: { description: 'A monitoring service.' },
});
export const EvidenceActionEnum = publishActions('EvidenceAction', evidenceLifecycle, 'What can be done with a piece of evidence, in the words of its lifecycle.');

@ObjectType('Evidence', { implements: () => [NodeModel], description: 'The record about a file that shows something, such as a test report: its digest, what it is about, who submitted and verified it, until when it counts. The file itself stays where it is.' })
export class EvidenceModel extends NodeModel {
  readonly __typename!: 'Evidence';
  @Field(() => String, { description: 'Short name that people can say, such as E-12; never reused, and accepted wherever an id is.' }) number!: string;
  @Field(() => Int, { description: 'Grows by one with every change of state; send it back as `expectedVersion`.' }) version!: number;
  @Field(() => String, { description: 'What kind of evidence it is, in lower case, such as evaluation_run or penetration_test.' }) type!: string;
  @Field(() => String, { description: 'What it shows, in one line.' }) title!: string;
  @Field(() => String, { description: 'SHA-256 over the bytes of the file: `sha256:` and 64 lower-case hexadecimal digits.' }) contentDigest!: string;
  @Field(() => String, { nullable: true, description: 'Digest of the bundle or component that it was collected about; null = the system as such, in every release.' }) subjectDigest!: string | null;
  @Field(() => String, { nullable: true, description: 'Where the file lies, in the words of its submitter; the server never fetches it.' }) location!: string | null;
  @Field(() => JsonObject, { nullable: true, description: 'What it found, as values that policies ask about, such as `{"accuracy": 0.93}`; null = nothing but the file.' }) payload!: JsonObjectValue | null;
  @Field(() => EvidenceSourceEnum, { description: 'Whether a person or a machine submitted it.' }) source!: EvidenceSource;
  @Field(() => DateTime, { description: 'When the register learned of it, by the database’s clock.' }) submittedAt!: string;
  @Field(() => DateTime, { description: 'When the test was run or the document was signed, in the words of the submitter.' }) collectedAt!: string;
  @Field(() => DateTime, { description: 'The instant from which it no longer counts, judged whenever it is asked about.' }) validUntil!: string;
  @Field(() => DateTime, { nullable: true, description: 'When somebody verified it; null while nobody has.' }) verifiedAt!: string | null;
  @Field(() => String, { nullable: true, description: 'Why it was rejected or revoked; null while it was not.' }) ending!: string | null;
  @Field(() => [EvidenceActionEnum], { description: 'What its stored state allows; whether you may do it is checked when you do.' }) availableActions!: ActionOf<typeof evidenceLifecycle>[];
  systemId!: string;
  submittedBy!: string;
  verifiedBy!: string | null;
  supersedesId!: string | null;
}

export const EvidenceConnection = connectionOf('Evidence', () => EvidenceModel);

export function showEvidence(evidence: Stored<Evidence>): EvidenceModel {
  return {
    __typename: 'Evidence', ...evidence, verifiedAt: evidence.verification?.at ?? null, verifiedBy: evidence.verification?.by ?? null, availableActions: evidenceLifecycle.actionsFrom(evidence.state),
  };
}

/** The records with these ids, read together with all others of the same answer, in this order. */
export async function loadEvidence(ctx: RequestContext, queries: EvidenceQueries, ids: readonly string[]): Promise<EvidenceModel[]> {
  const found = await Promise.all(ids.map((id) => loadOne(ctx, 'evidence', id, async (wanted) => byId(await queries.byIds(ctx, wanted)))));
  return found.filter((evidence) => evidence !== null).map(showEvidence);
}

@InputType({ description: 'A new piece of evidence. Its bytes are digested where they lie (`countersign digest`); only the digest is sent.' })
export class SubmitEvidenceInput {
  @Field(() => String, { description: 'What kind it is: one of `evidenceTypes`, such as evaluation_run, or one of your own: 3 to 40 lower-case letters, digits and underscores.' }) @MaxLength(40) @IsString() type!: string;
  @Field(() => String, { description: 'What it shows, in one line of at most 300 characters.' }) @MaxLength(300) @IsString() title!: string;
  @Field(() => String, { description: 'SHA-256 over the bytes of the file: 64 hexadecimal digits, with or without `sha256:` before them.' }) @MaxLength(200) @IsString() digest!: string;
  @Field(() => String, { nullable: true, defaultValue: null, description: 'Digest of the bundle or component that it was collected about; null = the system as such, in every release.' }) @IsOptional() @MaxLength(200) @IsString() subjectDigest!: string | null;
  @Field(() => String, { nullable: true, defaultValue: null, description: 'Where the file lies, such as an address or a path, for people who look for it; at most 2000 characters.' }) @IsOptional() @MaxLength(2000) @IsString() location!: string | null;
  @Field(() => JsonObject, { nullable: true, defaultValue: null, description: 'What it found, as values that policies ask about, such as `{"accuracy": 0.93, "splitLeakage": false}`. At most 65536 bytes, 8 levels, 1000 items in a list and 4000 characters in a text; names are letters, digits and _. Of a type among `evidenceTypes` it has to be as its schema says. Refused as INVALID_INPUT, with the path of each thing that is wrong and what is expected there. Null = nothing but the file.' }) @IsOptional() @IsObject() payload!: JsonObjectValue | null;
  @Field(() => DateTime, { description: 'When it was collected; not in the future.' }) @IsString() collectedAt!: string;
  @Field(() => DateTime, { description: 'Until when it counts. Refused as VALIDITY_TOO_LONG beyond 730, 365, 180 or 90 days after it was collected, for tier MINIMAL, MODERATE, HIGH or CRITICAL.' }) @IsString() validUntil!: string;
  @Field(() => ID, { nullable: true, defaultValue: null, description: 'An older piece of the same type, by id or number such as E-12, that this one stands in for as soon as it is verified; null = none.' }) @IsOptional() @MaxLength(100) @IsString() supersedes!: string | null;
}

const EvidenceStateEnum = publishEnum('EvidenceState', evidenceLifecycle.states, 'How far a piece of evidence has come by the acts of people; whether it counts is its outcome.');
const SORTS = ['EXPIRES', 'NEWEST'] as const satisfies readonly EvidenceSort[];
const EvidenceSortEnum = publishEnum('EvidenceSort', SORTS, 'Which piece of a list comes first: the one that ends soonest, or the latest.', {
  EXPIRES: { description: 'The piece that ends first comes first.' },
  NEWEST: { description: 'The piece that was submitted last comes first.' },
});

@InputType('EvidenceFilterInput', { description: 'Which evidence to list: each condition narrows the list, and left out ones do not.' })
export class EvidenceFilterInput implements EvidenceFilter {
  @Field(() => ID, { nullable: true, description: 'Only what is about this AI system, by id or number.' }) @MaxLength(100) @IsString() @IsOptional() system?: string | null;
  @Field(() => String, { nullable: true, description: 'Only what is of exactly this kind, such as evaluation_run.' }) @MaxLength(40) @IsString() @IsOptional() type?: string | null;
  @Field(() => [EvidenceStateEnum], { nullable: true, description: 'Only what stands at one of these; of none of them, nothing is listed.' }) @IsIn(evidenceLifecycle.states, { each: true }) @ArrayMaxSize(evidenceLifecycle.states.length) @IsArray() @IsOptional() states?: EvidenceState[] | null;
  @Field(() => DateTime, { nullable: true, description: 'Only what ends at this instant or earlier.' }) @IsString() @IsOptional() expiresBefore?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'True: only what was verified and has not ended.' }) @IsOptional() live?: boolean | null;
}

@ArgsType()
export class EvidenceListArgs extends PageArgs {
  @Field(() => EvidenceFilterInput, { nullable: true, description: 'Which of it; left out = all of it.' }) @Type(() => EvidenceFilterInput) @ValidateNested() @IsOptional() filter?: EvidenceFilterInput | null;
  @Field(() => EvidenceSortEnum, { defaultValue: 'NEWEST', description: 'Which come first; the latest unless said otherwise.' }) @IsIn(SORTS) sort!: EvidenceSort;
}
