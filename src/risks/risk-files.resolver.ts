/** GraphQL entry points for files: risks from CSV, and the register as CSV. */
import { Args, ArgsType, Field, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { riskLifecycle, type RiskState } from '../domain/risk.js';
import { Ctx } from '../identity/authentication.js';
import type { RequestContext } from '../platform/request-context.js';
import { RiskExportService } from './risk-export.service.js';
import { RiskCsvModel, RiskImportModel } from './risk-files.graphql.js';
import { RiskImportService } from './risk-import.service.js';
import { RiskStateEnum } from './risks.graphql.js';

@ArgsType()
class RisksCsvArgs {
  @Field(() => ID, { nullable: true, defaultValue: null, description: 'Only risks of this AI system, by id or by number such as SYS-9; null = of all.' }) @IsOptional() @MaxLength(100) @IsString() system!: string | null;
  @Field(() => [RiskStateEnum], { nullable: true, defaultValue: null, description: 'Only risks that stand in one of these states; null = in any.' })
  @IsOptional() @IsIn(riskLifecycle.states, { each: true }) @ArrayMaxSize(riskLifecycle.states.length) @IsArray() states!: RiskState[] | null;
}

@Resolver()
export class RiskFilesResolver {
  constructor(private readonly imports: RiskImportService, private readonly exports: RiskExportService) {}

  @Query(() => RiskCsvModel, { description: 'The risk register as a CSV file, in a form that importRisks takes back. Cells that a spreadsheet would compute begin with an apostrophe.' })
  async risksCsv(@Ctx() ctx: RequestContext, @Args() filter: RisksCsvArgs): Promise<RiskCsvModel> {
    return this.exports.overview(ctx, filter);
  }

  @Mutation(() => RiskImportModel, { description: 'Makes the register say what the rows of a file say. A broken row is named and stops no other; the same file again changes nothing. A row with a version, as risksCsv gives it, is refused as CONFLICT when it would change a risk that is at another version by then; a row without one is written over what is there. Larger files go to POST /v1/risks/import.' })
  async importRisks(
    @Ctx() ctx: RequestContext,
    @Args('csv', { type: () => String, description: 'The file as text: a header row with every column, then a row for each risk. Refused as INVALID_INPUT, naming the column, when the header does not fit.' }) csv: string,
    @Args('dryRun', { type: () => Boolean, description: 'True to write nothing and be told what would happen; false to import.' }) dryRun: boolean,
  ): Promise<RiskImportModel> {
    return this.imports.import(ctx, Buffer.from(csv, 'utf8'), dryRun);
  }
}
