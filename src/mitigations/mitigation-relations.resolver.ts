/** What a mitigation shows of others, and what this chapter adds to a risk and to a system. */
import { Args, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { Level } from '../domain/scoring.js';
import { EvidenceModel, loadEvidence } from '../evidence/evidence.graphql.js';
import { EvidenceQueries } from '../evidence/evidence.queries.js';
import { Ctx } from '../identity/authentication.js';
import { loadPerson, PersonModel } from '../identity/people.graphql.js';
import { PeopleService } from '../identity/people.service.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import { byId, loadOne } from '../platform/loading.js';
import type { RequestContext } from '../platform/request-context.js';
import { LevelEnum } from '../risks/criteria.graphql.js';
import { RiskModel, showRisk } from '../risks/risks.graphql.js';
import { RisksQueries } from '../risks/risks.queries.js';
import { AiSystemModel, PageArgs } from '../systems/systems.graphql.js';
import { MitigationConnection, MitigationModel, showMitigation } from './mitigations.graphql.js';
import { MitigationsQueries } from './mitigations.queries.js';

@Resolver(() => MitigationModel)
export class MitigationRelationsResolver {
  constructor(private readonly queries: MitigationsQueries, private readonly risks: RisksQueries, private readonly records: EvidenceQueries, private readonly people: PeopleService) {}

  @ResolveField(() => RiskModel, { description: 'The entry of the register whose likelihood or consequence it lowers.' })
  async risk(@Ctx() ctx: RequestContext, @Parent() { record }: MitigationModel): Promise<RiskModel | null> {
    const found = await loadOne(ctx, 'risk', record.riskId, async (ids) => byId(await this.risks.risksByIds(ctx, ids)));
    return found === null ? null : showRisk(found);
  }

  @ResolveField(() => PersonModel, { description: 'The person who carries it out, and never verifies it.' })
  async owner(@Ctx() ctx: RequestContext, @Parent() { record }: MitigationModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, record.ownerId);
  }

  @ResolveField(() => PersonModel, { nullable: true, description: 'The person who verified it; null while nobody has.' })
  async verifier(@Ctx() ctx: RequestContext, @Parent() { record }: MitigationModel): Promise<PersonModel | null> {
    return record.verification === null ? null : loadPerson(ctx, this.people, record.verification.by);
  }

  @ResolveField(() => [EvidenceModel], { description: 'What was attached to show that it works, in the order of submission. Each may have been superseded, or have ended: see its outcome.' })
  async evidence(@Ctx() ctx: RequestContext, @Parent() { record }: MitigationModel): Promise<EvidenceModel[]> {
    return loadEvidence(ctx, this.records, record.evidenceIds);
  }

  @ResolveField(() => Boolean, { description: 'True when it was verified once, but none of its evidence counts any more: it takes nothing off the risk.' })
  async lapsed(@Ctx() ctx: RequestContext, @Parent() { id }: MitigationModel): Promise<boolean> {
    return (await loadOne(ctx, 'mitigationSigns', id, (ids) => this.queries.signs(ctx, ids)))?.lapsed ?? false;
  }

  @ResolveField(() => Boolean, { description: 'True when its day has passed and it is not implemented.' })
  async overdue(@Ctx() ctx: RequestContext, @Parent() { id }: MitigationModel): Promise<boolean> {
    return (await loadOne(ctx, 'mitigationSigns', id, (ids) => this.queries.signs(ctx, ids)))?.overdue ?? false;
  }
}

@Resolver(() => RiskModel)
export class RiskMitigationsResolver {
  constructor(private readonly queries: MitigationsQueries) {}

  @ResolveField(() => [MitigationModel], { description: 'What is done about it, in the order of proposal; at most 100, given up ones too.' })
  async mitigations(@Ctx() ctx: RequestContext, @Parent() { id }: RiskModel): Promise<MitigationModel[]> {
    const found = await loadOne(ctx, 'mitigationsOfRisk', id, (ids) => this.queries.byRisk(ctx, ids));
    return (found ?? []).map(showMitigation);
  }

  @ResolveField(() => LevelEnum, {
    nullable: true,
    description: 'What the gate counts: the current level that was last confirmed, before any confirmation the latest one, as far as verified mitigations with valid evidence carry it; what they do not carry stays inherent. Null = never assessed.',
  })
  async residualLevel(@Ctx() ctx: RequestContext, @Parent() { id }: RiskModel): Promise<Level | null> {
    return (await loadOne(ctx, 'residual', id, (ids) => this.queries.residuals(ctx, ids)))?.level ?? null;
  }

  @ResolveField(() => Boolean, { nullable: true, description: 'Whether what is left weighs more than the organization is content to carry without looking for more treatment; null = never assessed.' })
  async aboveAppetite(@Ctx() ctx: RequestContext, @Parent() { id }: RiskModel): Promise<boolean | null> {
    return (await loadOne(ctx, 'residual', id, (ids) => this.queries.residuals(ctx, ids)))?.aboveAppetite ?? null;
  }
}

@Resolver(() => AiSystemModel)
export class SystemMitigationsResolver {
  constructor(private readonly queries: MitigationsQueries) {}

  @ResolveField(() => MitigationConnection, { description: 'Everything that is done about the risks of this system, page by page.' })
  async mitigations(@Ctx() ctx: RequestContext, @Parent() system: AiSystemModel, @Args() args: PageArgs): Promise<Connection<MitigationModel>> {
    return toConnection(await this.queries.mitigationsOfSystem(ctx, system.id, args), showMitigation);
  }
}
