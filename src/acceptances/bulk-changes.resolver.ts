/** GraphQL entry point for changing many risks at once. */
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { RETRYABLE, sentenceOf } from '../domain/refusal.js';
import { Ctx } from '../identity/authentication.js';
import type { RequestContext } from '../platform/request-context.js';
import { showRisk } from '../risks/risks.graphql.js';
import { BulkChangeRisksArgs, BulkRiskResultModel } from './bulk-changes.graphql.js';
import { BulkChangesService, type BulkResult } from './bulk-changes.service.js';

@Resolver(() => BulkRiskResultModel)
export class BulkChangesResolver {
  constructor(private readonly service: BulkChangesService) {}

  @Mutation(() => [BulkRiskResultModel], { description: 'Changes many risks, each by itself: one result for each item, in their order. An item that is refused affects no other.' })
  async bulkChangeRisks(@Ctx() ctx: RequestContext, @Args() { changes }: BulkChangeRisksArgs): Promise<BulkRiskResultModel[]> {
    return (await this.service.change(ctx, changes)).map(showResult);
  }
}

function showResult({ id, risk, refusal }: BulkResult): BulkRiskResultModel {
  const error = refusal === null ? null : { code: refusal.code, message: sentenceOf(refusal), field: refusal.facts.field ?? null, retryable: RETRYABLE.has(refusal.code) };
  return { id, risk: risk === null ? null : showRisk(risk), error };
}
