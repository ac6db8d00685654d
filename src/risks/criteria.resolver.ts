/** GraphQL entry point for the risk criteria. */
import { Query, Resolver } from '@nestjs/graphql';
import { Ctx } from '../identity/authentication.js';
import type { RequestContext } from '../platform/request-context.js';
import { RiskCriteriaModel, showCriteria } from './criteria.graphql.js';
import { CriteriaService } from './criteria.service.js';

@Resolver(() => RiskCriteriaModel)
export class CriteriaResolver {
  constructor(private readonly service: CriteriaService) {}

  @Query(() => RiskCriteriaModel, { description: 'What every risk is judged by at present. Refused as NOT_FOUND until a policy administrator has adopted some.' })
  async riskCriteria(@Ctx() ctx: RequestContext): Promise<RiskCriteriaModel> {
    return showCriteria(await this.service.present(ctx));
  }
}
