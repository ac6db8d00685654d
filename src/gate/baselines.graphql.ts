/** How baselines are shown, and what clients may send about them. */
import { ArgsType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { BASELINE_OUTCOMES, baselineLifecycle, type Baseline } from '../domain/baseline.js';
import type { ActionOf } from '../domain/lifecycle.js';
import type { Stored } from '../domain/package.js';
import { connectionOf, DateTime, NodeModel, publishEnum } from '../platform/graphql-types.js';
import { PageArgs, publishActions } from '../systems/systems.graphql.js';
import type { BaselineFilter, BaselineSort } from './baselines.queries.js';
import type { BaselineImport } from './baselines.service.js';

/** The most digests that one import takes. */
const MAX_IMPORT = 100;

export const BaselineOutcomeEnum = publishEnum('BaselineOutcome', BASELINE_OUTCOMES, 'What a baseline comes to at this moment: derived when it is read, never stored.', {
  PROPOSED: { description: 'Nobody has confirmed it yet: it lets nothing run.' },
  BASELINED: { description: 'In force: the gate lets the release run, with warnings.' },
  EXPIRED: { description: 'Its time is over, confirmed or not.' },
  ENDED: { description: 'Ended by somebody before its time.' },
  WITHDRAWN: { description: 'Taken back before anybody had confirmed it.' },
});
export const BaselineActionEnum = publishActions('BaselineAction', baselineLifecycle, 'What can be done with a baseline, in the words of its lifecycle.');

@ObjectType('Baseline', { implements: () => [NodeModel], description: 'That a release ran in an environment before the gate was asked, and may go on until an instant. Whatever else the system ships there is judged in full.' })
export class BaselineModel extends NodeModel {
  readonly __typename!: 'Baseline';
  @Field(() => String, { description: 'Short name that people can say, such as BL-4; never reused, and taken wherever an id is.' }) number!: string;
  @Field(() => Int, { description: 'Grows by one with every change; send it back as `expectedVersion`.' }) version!: number;
  @Field(() => String, { description: 'SHA-256 over all components of what runs.' }) bundleDigest!: string;
  @Field(() => DateTime, { description: 'The instant from which it no longer counts, judged whenever it is asked about.' }) until!: string;
  @Field(() => String, { description: 'Why it is let run, in the words of whoever proposed it.' }) reason!: string;
  @Field(() => DateTime, { description: 'When it was proposed, by the database’s clock.' }) proposedAt!: string;
  @Field(() => DateTime, { nullable: true, description: 'When somebody else confirmed it; null = nobody has.' }) confirmedAt!: string | null;
  @Field(() => DateTime, { nullable: true, description: 'When it was ended before its time, or its proposal taken back; null = neither, or before this was kept.' }) endedAt!: string | null;
  @Field(() => [BaselineActionEnum], { description: 'What its stored state allows; whether you may do it is checked when you do.' }) availableActions!: ActionOf<typeof baselineLifecycle>[];
  record!: Stored<Baseline>;
}

export const BaselineConnection = connectionOf('Baseline', () => BaselineModel);

export function showBaseline(record: Stored<Baseline>): BaselineModel {
  const { id, number, version, bundleDigest, until, reason, proposedAt, confirmedAt, endedAt, state } = record;
  return { __typename: 'Baseline', id, number, version, bundleDigest, until, reason, proposedAt, confirmedAt, endedAt, availableActions: baselineLifecycle.actionsFrom(state), record };
}

const BaselineSortEnum = publishEnum('BaselineSort', ['ENDS', 'NEWEST'] as const satisfies readonly BaselineSort[], 'In which order baselines are listed.', {
  ENDS: { description: 'The one that ends first comes first.' },
  NEWEST: { description: 'The one that was proposed last comes first.' },
});

@InputType('BaselineFilterInput', { description: 'Which baselines to list: each condition narrows the list, and left out ones do not.' })
export class BaselineFilterInput implements BaselineFilter {
  @Field(() => ID, { nullable: true, description: 'Only those of this AI system, by id or number.' }) @MaxLength(100) @IsString() @IsOptional() system?: string | null;
  @Field(() => String, { nullable: true, description: 'Only those in this environment, by name or opaque id.' }) @MaxLength(100) @IsString() @IsOptional() environment?: string | null;
  @Field(() => DateTime, { nullable: true, description: 'Only those that end at this instant or earlier.' }) @IsString() @IsOptional() endsBefore?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'True: only those that are confirmed and whose time is not over.' }) @IsOptional() open?: boolean | null;
}

@ArgsType()
export class BaselinesArgs extends PageArgs {
  @Field(() => BaselineFilterInput, { nullable: true, description: 'Which of them; left out = all of them.' }) @Type(() => BaselineFilterInput) @ValidateNested() @IsOptional() filter?: BaselineFilterInput | null;
  @Field(() => BaselineSortEnum, { defaultValue: 'NEWEST', description: 'Which come first; the latest unless said otherwise.' }) @IsIn(['ENDS', 'NEWEST']) sort!: BaselineSort;
}

@InputType('ImportBaselineInput', { description: 'What of a system runs in an environment already, and until when it may go on.' })
export class ImportBaselineInput implements BaselineImport {
  @Field(() => ID, { description: 'The AI system whose releases they are, by id or number.' }) @MaxLength(100) @IsString() system!: string;
  @Field(() => String, { description: 'Where they run, by the name of the environment or its opaque id.' }) @MaxLength(100) @IsString() environment!: string;
  @Field(() => [String], { description: 'The digest of each bundle that runs, registered before as a release; at most 100.' }) @ArrayMinSize(1) @ArrayMaxSize(MAX_IMPORT) @MaxLength(100, { each: true }) @IsString({ each: true }) bundleDigests!: string[];
  @Field(() => DateTime, { description: 'The instant at which all of them end by themselves. Refused as VALIDITY_TOO_LONG beyond 180 days.' }) @IsString() until!: string;
  @Field(() => String, { description: 'Why they may go on running; at most 4000 characters.' }) @MaxLength(4000) @IsString() reason!: string;
}
