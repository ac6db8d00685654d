/** How simulations are shown, and what clients may send to start one. */
import { ArgsType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { VERDICTS, type Verdict } from '../domain/gate.js';
import type { GateAction } from '../domain/gate-question.js';
import type { Stored } from '../domain/package.js';
import { MOST_DAYS, SIMULATION_OUTCOMES, USUAL_DAYS, type PolicySimulation } from '../domain/policy-simulation.js';
import { MOST_EXAMPLES, MOST_LISTED, type SimulationResult } from '../domain/simulation-tally.js';
import { connectionOf, DateTime, NodeModel, publishEnum } from '../platform/graphql-types.js';
import { GateActionEnum, VerdictEnum } from './gate.graphql.js';
import { PageArgs } from '../systems/systems.graphql.js';
import type { DirectionFilter } from './simulated-flips.js';
import type { SimulationAsked } from './simulations.service.js';

export const SimulationOutcomeEnum = publishEnum('SimulationOutcome', SIMULATION_OUTCOMES, 'What a simulation comes to at this moment: derived when it is read.', {
  RUNNING: { description: 'Decisions are being judged; ask again to see how far it has come.' },
  DONE: { description: 'Its result is there.' },
  FAILED: { description: 'It came to no result; `ending` says why.' },
  ABANDONED: { description: 'There was no sign of it for a minute: the server that ran it is gone. Start it again.' },
});

@ObjectType('SimulatedFlip', { description: 'A recorded decision that would have had another verdict.' })
export class FlipModel {
  @Field(() => ID, { description: 'Opaque id of the decision: recordedDecision(id) gives it.' }) id!: string;
  @Field(() => DateTime, { description: 'When it was decided, by the database’s clock.' }) decidedAt!: string;
  @Field(() => GateActionEnum, { description: 'Whether it was about bringing something in, letting it run, or bringing it back.' }) action!: GateAction;
  @Field({ description: 'The environment that was asked about, by its name then.' }) environment!: string;
  @Field(() => String, { nullable: true, description: 'The number of the system that was asked about; null = none was found.' }) system!: string | null;
  @Field(() => VerdictEnum, { description: 'What the gate had answered, as recorded.' }) from!: Verdict;
  @Field(() => VerdictEnum, { description: 'What it would have answered under the simulated version.' }) to!: Verdict;
  @Field(() => [String], { description: 'What blocks only under the simulated version, as requirement and code, such as `R5/LEGAL REVIEW_MISSING`; at most ten.' }) added!: readonly string[];
  @Field(() => [String], { description: 'What blocked only then, in the same form; at most ten.' }) lifted!: readonly string[];
}

export const FlipConnection = connectionOf('SimulatedFlip', () => FlipModel);

@ObjectType('SimulatedRefusal', { description: 'Something that is in an environment now and whose going on would be refused.' })
export class RefusedDeploymentModel {
  @Field({ description: 'Short number of the deployment or the baseline, such as D-2 or BL-1.' }) number!: string;
  @Field({ description: 'Short number of the AI system that it belongs to, such as SYS-9.' }) system!: string;
  @Field({ description: 'Name of the place where it runs now.' }) environment!: string;
  @Field(() => VerdictEnum, { description: 'What the gate says of its going on by what is in force.' }) from!: Verdict;
  @Field(() => VerdictEnum, { description: 'What the gate would say under the simulated version.' }) to!: Verdict;
  @Field(() => [String], { description: 'What blocks only under the simulated version, as requirement and code; at most ten.' }) added!: readonly string[];
  @Field(() => [String], { description: 'What blocks only by what is in force, in the same form; at most ten.' }) lifted!: readonly string[];
}

export const RefusalConnection = connectionOf('SimulatedRefusal', () => RefusedDeploymentModel);

@ObjectType('SimulatedFlipCount', { description: 'How many decisions turn from one verdict to another.' })
export class FlipCountModel {
  @Field(() => VerdictEnum, { description: 'What the gate had answered, as recorded.' }) from!: Verdict;
  @Field(() => VerdictEnum, { description: 'What it would have answered under the simulated version.' }) to!: Verdict;
  @Field(() => Int, { description: 'How many decisions.' }) count!: number;
}

@ObjectType('SimulatedRequirementCount', { description: 'How often one requirement with one code is among what makes the difference.' })
export class RequirementCountModel {
  @Field({ description: 'The stable id of what is demanded, such as R5/LEGAL.' }) requirement!: string;
  @Field({ description: 'Why it is not met: a reason code of the gate.' }) code!: string;
  @Field(() => Int, { description: 'In how many decisions that turn it blocks only under the simulated version.' }) added!: number;
  @Field(() => Int, { description: 'In how many decisions that turn it blocked only then.' }) lifted!: number;
  @Field(() => Int, { description: 'In how many deployments that would be refused it blocks.' }) deployments!: number;
}

@ObjectType('PolicySimulationResult', { description: 'How many decisions turn, over what, and what runs now that could not go on.' })
export class SimulationResultModel implements SimulationResult {
  @Field(() => Int, { description: 'How many decisions were judged again, by the simulated version or by what applies without the one before it.' }) judged!: number;
  @Field(() => Int, { description: 'How many decisions stay as they were, since the version does not apply to them or had decided them itself.' }) untouched!: number;
  @Field(() => Int, { description: 'How many could not be judged: something that would have to be looked at is kept no longer, or was not looked at then.' }) unjudged!: number;
  @Field(() => Int, { description: 'How many of those judged an earlier version of the engine had decided; where they turn, it may be because of that.' }) otherEngine!: number;
  @Field(() => [FlipCountModel], { description: 'How many turn in which direction, the most frequent first; empty = none does.' }) flips!: FlipCountModel[];
  @Field(() => [RequirementCountModel], { description: `Over which requirements, the most frequent first; at most ${String(MOST_LISTED)}.` }) requirements!: RequirementCountModel[];
  @Field(() => Int, { description: 'How many pairs of requirement and code there are in all.' }) requirementsTotal!: number;
  @Field(() => [FlipModel], { description: `The first decisions of each direction, at most ${String(MOST_EXAMPLES)} of it; \`flips\` counts all of them, \`turned\` of the simulation lists them.` }) examples!: FlipModel[];
  @Field(() => Int, { description: 'How many deployments and baselines are there now.' }) deployments!: number;
  @Field(() => Int, { description: 'How many of them may not go on under the simulated version.' }) deploymentsRefused!: number;
  @Field(() => Int, { description: 'How many of those may not go on by what is in force either.' }) deploymentsRefusedNow!: number;
  @Field(() => [RefusedDeploymentModel], { description: `The first of those that may not go on, at most ${String(MOST_LISTED)}; \`deploymentsRefused\` counts all of them, \`refused\` of the simulation lists them.` }) refusedDeployments!: RefusedDeploymentModel[];
  @Field(() => Int, { description: 'How long it took, in milliseconds.' }) ms!: number;
}

@ObjectType('PolicySimulation', { implements: () => [NodeModel], description: 'A version of a policy tried on recorded decisions, and on what runs now. It changes nothing.' })
export class SimulationModel extends NodeModel {
  readonly __typename!: 'PolicySimulation';
  @Field(() => String, { description: 'Short name that people can say, such as SIM-2; never reused, and taken wherever an id is.' }) number!: string;
  @Field(() => DateTime, { description: 'The first instant whose decisions are looked at.' }) decidedFrom!: string;
  @Field(() => DateTime, { description: 'The last instant whose decisions are looked at.' }) decidedTo!: string;
  @Field(() => Int, { description: 'How many decisions the span held when it began.' }) decisions!: number;
  @Field(() => DateTime, { description: 'When it began, by the database’s clock.' }) startedAt!: string;
  @Field(() => DateTime, { nullable: true, description: 'When it ended; null while it runs.' }) endedAt!: string | null;
  @Field(() => SimulationResultModel, { nullable: true, description: 'What it has found; null while it runs, and where it came to nothing.' }) result!: SimulationResult | null;
  @Field(() => String, { nullable: true, description: 'Why it came to no result; null while it runs, and where it has one.' }) ending!: string | null;
  record!: Stored<PolicySimulation>;
}

export const SimulationConnection = connectionOf('PolicySimulation', () => SimulationModel);

@ObjectType('SimulationProgress', { description: 'How far a simulation has come, as of about a second ago.' })
export class SimulationProgressModel {
  @Field(() => Int, { description: 'How many decisions were looked at, of those that the span held when it began.' }) lookedAt!: number;
  @Field(() => Int, { description: 'How many decisions are looked at each second, on average since it began.' }) perSecond!: number;
}

export function showSimulation(record: Stored<PolicySimulation>): SimulationModel {
  const { id, number, decidedFrom, decidedTo, decisions, startedAt, endedAt, result, ending } = record;
  return { __typename: 'PolicySimulation', id, number, decidedFrom, decidedTo, decisions, startedAt, endedAt, result, ending, record };
}

@ArgsType()
export class TurnedArgs extends PageArgs implements DirectionFilter {
  @Field(() => VerdictEnum, { nullable: true, description: 'Only those that the gate had answered so.' }) @IsIn(VERDICTS) @IsOptional() from?: Verdict | null;
  @Field(() => VerdictEnum, { nullable: true, description: 'Only those that it would have answered so.' }) @IsIn(VERDICTS) @IsOptional() to?: Verdict | null;
}

@InputType('SimulationWindowInput', { description: 'Which recorded decisions to look at: those of a span, both ends included.' })
export class SimulationWindowInput {
  @Field(() => DateTime, { nullable: true, description: `The first instant; left out = ${String(USUAL_DAYS)} days before the last one. At most ${String(MOST_DAYS)} days before it.` }) @IsString() @IsOptional() from?: string | null;
  @Field(() => DateTime, { nullable: true, description: 'The last instant, not in the future; left out = now.' }) @IsString() @IsOptional() to?: string | null;
}

@ArgsType()
export class SimulatePolicyArgs implements SimulationAsked {
  @Field(() => ID, { description: 'The version of a policy, in whatever state, by id or number such as POL-3.' }) @MaxLength(100) @IsString() policy!: string;
  @Field(() => SimulationWindowInput, { nullable: true, description: 'Which decisions; left out = those of the last 30 days.' }) @Type(() => SimulationWindowInput) @ValidateNested() @IsOptional() window!: SimulationWindowInput | null;
}
