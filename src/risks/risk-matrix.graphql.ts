/** How the matrix of a register is shown: how many risks there are in each of its cells. */
import { Field, Int, ObjectType } from '@nestjs/graphql';
import type { Level } from '../domain/scoring.js';
import { LevelEnum } from './criteria.graphql.js';

@ObjectType('RiskMatrixCell', { description: 'One combination of how often and how bad, with the number of risks whose latest assessment stands there.' })
export class RiskMatrixCellModel {
  @Field(() => Int, { description: 'Step on the scale of how often, from 1 (rare) to 5 (almost certain).' }) likelihood!: number;
  @Field(() => Int, { description: 'The worst step over all kinds of harm, from 1 (least) to 5 (most).' }) consequence!: number;
  @Field(() => LevelEnum, { description: 'What this combination weighs by the criteria of today; floors for single kinds of harm can raise a risk above it.' }) level!: Level;
  @Field(() => Int, { description: 'How many risks stand here, counted exactly.' }) count!: number;
}

@ObjectType('RiskMatrixSide', { description: 'The whole matrix for one of the two estimates of an assessment.' })
export class RiskMatrixSideModel {
  @Field(() => [RiskMatrixCellModel], { description: 'All 25 combinations, by consequence from 1 to 5 and within it by likelihood from 1 to 5; empty ones too.' }) cells!: readonly RiskMatrixCellModel[];
  @Field(() => Int, { description: 'How many risks fit and were never assessed, so that they stand in no cell.' }) unassessed!: number;
}

@ObjectType('RiskMatrix', { description: 'Where the risks of a register stand (ISO 31000, 6.4.3), before any treatment and now.' })
export class RiskMatrixModel {
  @Field(() => RiskMatrixSideModel, { description: 'By the estimates before any treatment.' }) inherent!: RiskMatrixSideModel;
  @Field(() => RiskMatrixSideModel, { description: 'By the estimates with everything that is in place today.' }) current!: RiskMatrixSideModel;
}
