/** How auditors are shown what went another way than the rules say, and what is where by which right. */
import { ArgsType, Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsBoolean, IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { connectionOf, DateTime, publishEnum } from '../platform/graphql-types.js';
import { PageArgs } from '../systems/systems.graphql.js';
import { STANDINGS, type ExceptionFilter, type Standing, type Standingly } from './oversight.queries.js';
import { EXCEPTION_KINDS, type Exception, type ExceptionKind } from './oversight.table.js';

const ExceptionKindEnum = publishEnum('ExceptionKind', EXCEPTION_KINDS, 'In which way something went another way than the rules say. New ones may be added.', {
  WAIVER: { description: 'A requirement was waived: from the grant that was enough (as many people as the rule asks for, the head of risk among them) until its end, or until it was taken back. A waiver that too few people granted was never in force, and is not told.' },
  BREAK_GLASS: { description: 'An emergency was used to step over requirements: it is due to be judged by others, and ends when it was. One that nobody judged in time goes on, with the instant at which that was due.' },
  BASELINE: { description: 'What ran before the gate was asked was confirmed to go on for a while: until then, or until that was ended early.' },
  POLICY_CHANGE: { description: 'Another version of a policy came into force, or another edition of the shipped one with an upgrade of the product: from the first decision by it.' },
  SELF_ATTESTED: { description: 'The delivery team approved a lane by itself, as the policy allows at the level SELF: somebody who makes the system signed a package that asked for no more. It ends with the vote, or when that is withdrawn.' },
  LAPSED_BUT_RUNNING: { description: 'Something runs although what let it in no longer does. Either the gate let it go on although a requirement had lapsed, for the days of grace (the record is that decision, and it ends with the grace, or with the next answer about it, which says anew how it is); or it refused to let it go on (the record is the first decision that did, and it ends with one that lets it run again); or the answer that let it in has run out and nobody has asked `run` about it since (the record is the deployment, and it ends with the first time somebody asks): whether it may run is then not known. Each of them ends as well when something else of its system comes in its place, or a baseline of its release is confirmed there. An answer that ran out by a freeze, or by the role of the tool that asked, says nothing about running, and is not told. Seen is only what was reported as deployed or confirmed by a baseline, and what was asked and recorded: a requirement that is no longer met before its time shows once somebody asks, a tool that may not ask has not asked, and what nobody asks about any more after an answer to `run` is not told.' },
  NOT_ENFORCED: { description: 'The gate let something pass because the policy only warns or observes there.' },
  UNGOVERNED_DEPLOYMENT: { description: 'Something was found running without a permit; it ends when something of its system is let in there, or it itself by a baseline.' },
});

@ObjectType('ControlException', { description: 'Something that went another way than the rules say, or a change of the rules.' })
export class ExceptionModel {
  @Field(() => ExceptionKindEnum, { description: 'Which rule was set aside, relaxed or changed, and by which instrument.' }) kind!: ExceptionKind;
  @Field(() => ID, { description: 'Opaque id of the record: node(id) gives it; of a decision, recordedDecision(id). A decision can be listed in two kinds, with the same id.' }) id!: string;
  @Field({ description: 'Short number of the record, such as W-2 or D-7; of a decision its id.' }) reference!: string;
  @Field(() => DateTime, { description: 'The instant at which it took effect, by the database’s clock; before `from` of what was still going on then.' }) happenedAt!: string;
  @Field(() => DateTime, { nullable: true, description: 'When it ends, ended or is due to be judged; null = it has no end. An emergency that was not judged by then goes on, and is listed in later spans, too.' }) endsAt!: string | null;
  readonly systemId!: string | null;
}
export const ExceptionConnection = connectionOf('ControlException', () => ExceptionModel);

@InputType('ExceptionFilterInput', { description: 'Which of them to list: each condition narrows the list, and left out ones do not.' })
export class ExceptionFilterInput implements ExceptionFilter {
  @IsOptional() @IsString() @MaxLength(100) @Field(() => ID, { nullable: true, description: 'Only those about this AI system, by id or number.' }) system?: string | null;
  @IsOptional() @ArrayMaxSize(EXCEPTION_KINDS.length) @IsIn(EXCEPTION_KINDS, { each: true }) @Field(() => [ExceptionKindEnum], { nullable: true, description: 'Only those of these kinds.' }) kinds?: ExceptionKind[] | null;
}

@ArgsType()
export class ExceptionsArgs extends PageArgs {
  @IsString() @Field(() => DateTime, { description: 'The first instant to look at. What had begun before it and still went on is listed, too, unless ongoing is false.' }) from!: string;
  @IsString() @Field(() => DateTime, { description: 'The last instant to look at; not before `from`. What began later is not listed.' }) to!: string;
  @IsBoolean() @Field(() => Boolean, { defaultValue: true, description: 'With what had begun before `from` and had not ended by then: everything that there was in the span. false = only what began in it: each record in one of several spans in a row, and the shorter way where very much is recorded. A change of policy and what was not enforced are told at their instant alone, either way.' }) ongoing: boolean = true;
  @IsOptional() @ValidateNested() @Type(() => ExceptionFilterInput) @Field(() => ExceptionFilterInput, { nullable: true, description: 'Which of them; left out = all of them.' }) filter?: ExceptionFilterInput | null;
}

export function showException({ kind, recordId, reference, happenedAt, endsAt, systemId }: Exception): ExceptionModel {
  return { kind, id: recordId, reference, happenedAt, endsAt, systemId };
}

const StandingEnum = publishEnum('PopulationStanding', STANDINGS, 'By which right something is in an environment.', {
  GOVERNED: { description: 'By a decision of the gate.' },
  EMERGENCY: { description: 'By a decision that stepped over requirements in an emergency.' },
  BASELINED: { description: 'It was there before the gate was asked, and two people let it stay for a while.' },
  UNGOVERNED: { description: 'By nothing: what let it stay has ended, or it was found there without a permit.' },
});

@ObjectType('Inhabitant', { description: 'A bundle that is or was in an environment, with what let it in.' })
export class InhabitantModel {
  @Field(() => ID, { description: 'Opaque id of the deployment, the baseline or the find.' }) id!: string;
  @Field({ description: 'Short number of the deployment, the baseline or the find, such as D-2, BL-1 or UD-3.' }) number!: string;
  @Field(() => StandingEnum, { description: 'By which right it is there at the instant that was asked about.' }) standing!: Standing;
  @Field({ description: 'SHA-256 over everything that was brought in.' }) bundleDigest!: string;
  @Field(() => DateTime, { description: 'Since when it is there, as far as it is known here.' }) since!: string;
  @Field(() => DateTime, { nullable: true, description: 'When something else of its system came in its place; null = nothing has.' }) replacedAt!: string | null;
  record!: Standingly;
}
export const InhabitantConnection = connectionOf('Inhabitant', () => InhabitantModel);

@ArgsType()
export class PopulationArgs extends PageArgs {
  @IsString() @MaxLength(100) @Field({ description: 'Name of the deployment environment, such as production-eu, or its opaque id.' }) environment!: string;
  @IsOptional() @IsString() @Field(() => DateTime, { nullable: true, description: 'The instant to look at, not in the future; left out = now.' }) at?: string | null;
}

export function showInhabitant(record: Standingly): InhabitantModel {
  const { id, number, standing, bundleDigest, since, replacedAt } = record;
  return { id, number, standing, bundleDigest, since, replacedAt, record };
}
