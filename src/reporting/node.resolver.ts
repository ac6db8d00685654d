/** `node(id)`: anything by its opaque id, of which the audit log knows the type, or by its short number, which tells it. */
import { Args, ID, Query, Resolver } from '@nestjs/graphql';
import { parseReviewReference } from '../domain/review.js';
import { Refusal } from '../domain/refusal.js';
import { Ctx } from '../identity/authentication.js';
import { DelegationTable } from '../identity/delegation.table.js';
import { showDelegation } from '../identity/delegations.graphql.js';
import { ApiKeyTable } from '../identity/api-key.table.js';
import { showKey, showRule } from '../identity/machines.graphql.js';
import { TrustRuleTable } from '../identity/trust-rule.table.js';
import { TrustedIssuerTable } from '../identity/trusted-issuer.table.js';
import { showIssuer } from '../identity/trusted-issuers.graphql.js';
import { NodeModel } from '../platform/graphql-types.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { showEvidence } from '../evidence/evidence.graphql.js';
import { EvidenceTable } from '../evidence/evidence.table.js';
import { showMitigation } from '../mitigations/mitigations.graphql.js';
import { MitigationTable } from '../mitigations/mitigation.table.js';
import { LawDateTable } from '../policies/law-date.table.js';
import { showLawDate } from '../policies/law-dates.graphql.js';
import { showEdition, showPolicy } from '../policies/policies.graphql.js';
import { EditionTable } from '../policies/policy-edition.table.js';
import { PolicyTable } from '../policies/policy.table.js';
import { showComment } from '../reviews/comments.graphql.js';
import { showPromotion, showSignOff } from '../reviews/reviews.graphql.js';
import { showReview } from '../reviews/lane-reviews.graphql.js';
import { oneReview, promotionOfReview } from '../reviews/lane-reviews.service.js';
import { CommentTable, PromotionTable, SignOffTable } from '../reviews/review.table.js';
import { WaiverTable } from '../reviews/waiver.table.js';
import { showWaiver } from '../reviews/waivers.graphql.js';
import { showRisk } from '../risks/risks.graphql.js';
import { showAcceptance } from '../acceptances/acceptances.graphql.js';
import { AcceptanceTable } from '../acceptances/acceptance.table.js';
import { ConditionTable } from '../acceptances/condition.table.js';
import { SuspensionTable } from '../acceptances/suspension.table.js';
import { showSuspension } from '../acceptances/suspensions.graphql.js';
import { showCondition } from '../acceptances/conditions.graphql.js';
import { RiskTable } from '../risks/risk.table.js';
import { showEnvironment, showRelease } from '../systems/releases.graphql.js';
import { EnvironmentTable, ReleaseTable, SystemTable } from '../systems/system.table.js';
import { showSystem } from '../systems/systems.graphql.js';
import { BaselineTable } from '../gate/baseline.table.js';
import { showBaseline } from '../gate/baselines.graphql.js';
import { BreakGlassTable } from '../gate/break-glass.table.js';
import { showBreakGlass } from '../gate/break-glass.graphql.js';
import { showDeployment } from '../gate/gate.graphql.js';
import { DeploymentTable } from '../gate/gate.table.js';
import { SimulationTable } from '../gate/simulation.table.js';
import { showSimulation } from '../gate/simulations.graphql.js';
import { UngovernedTable } from '../gate/ungoverned-deployment.table.js';
import { showUngoverned } from '../gate/ungoverned-deployments.graphql.js';
import { ImpactTable } from '../impacts/impact.table.js';
import { showImpactAssessment } from '../impacts/impacts.graphql.js';
import { FindingTable } from '../monitoring/finding.table.js';
import { showFinding } from '../monitoring/findings.graphql.js';
import { isUuid, type ReadScope } from '../platform/scope.js';
import { NUMBERED } from './numbers.queries.js';

type Load = (scope: ReadScope, id: string) => Promise<NodeModel>;

const LOADERS: Readonly<Record<string, Load>> = {
  Delegation: async (scope, id) => showDelegation(await scope.get(DelegationTable, id)),
  TrustedIssuer: async (scope, id) => showIssuer(await scope.get(TrustedIssuerTable, id)),
  TrustRule: async (scope, id) => showRule(await scope.get(TrustRuleTable, id)),
  ApiKey: async (scope, id) => showKey(await scope.get(ApiKeyTable, id)),
  Policy: async (scope, id) => showPolicy(await scope.get(PolicyTable, id)),
  LawDateConfirmation: async (scope, id) => showLawDate(await scope.get(LawDateTable, id)),
  PolicyEdition: async (scope, id) => showEdition(await scope.get(EditionTable, id)),
  PolicySimulation: async (scope, id) => showSimulation(await scope.get(SimulationTable, id)),
  AiSystem: async (scope, id) => showSystem(await scope.get(SystemTable, id)),
  Release: async (scope, id) => showRelease(await scope.get(ReleaseTable, id)),
  Environment: async (scope, id) => showEnvironment(await scope.get(EnvironmentTable, id)),
  Risk: async (scope, id) => showRisk(await scope.get(RiskTable, id)),
  Evidence: async (scope, id) => showEvidence(await scope.get(EvidenceTable, id)),
  Mitigation: async (scope, id) => showMitigation(await scope.get(MitigationTable, id)),
  RiskAcceptance: async (scope, id) => showAcceptance(await scope.get(AcceptanceTable, id)),
  ImpactAssessment: async (scope, id) => showImpactAssessment(await scope.get(ImpactTable, id)),
  Finding: async (scope, id) => showFinding(await scope.get(FindingTable, id)),
  Promotion: async (scope, id) => showPromotion(await scope.get(PromotionTable, id)),
  Comment: async (scope, id) => showComment(await scope.get(CommentTable, id)),
  SignOff: async (scope, id) => showSignOff(await scope.get(SignOffTable, id)),
  Condition: async (scope, id) => showCondition(await scope.get(ConditionTable, id)),
  Suspension: async (scope, id) => showSuspension(await scope.get(SuspensionTable, id)),
  Waiver: async (scope, id) => showWaiver(await scope.get(WaiverTable, id)),
  Baseline: async (scope, id) => showBaseline(await scope.get(BaselineTable, id)),
  BreakGlass: async (scope, id) => showBreakGlass(await scope.get(BreakGlassTable, id)),
  Deployment: async (scope, id) => showDeployment(await scope.get(DeploymentTable, id)),
  UngovernedDeployment: async (scope, id) => showUngoverned(await scope.get(UngovernedTable, id)),
};

/** A review is a part of its promotion; the log knows the whole only. */
async function reviewNode(scope: ReadScope, id: string): Promise<NodeModel> {
  return showReview(oneReview(await promotionOfReview(scope, id), id), scope.clock());
}

@Resolver(() => NodeModel)
export class NodeResolver {
  constructor(private readonly work: UnitOfWork) {}

  @Query(() => NodeModel, { description: 'Any record by its opaque id or short number, whatever its type. Refused with NOT_FOUND; foreign and missing look the same.' })
  async node(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'Opaque id of the wanted record, as any other query gave it, or its number such as R-142.' }) id: string): Promise<NodeModel> {
    return this.work.read(ctx, 'register.read', async (scope) => {
      if (parseReviewReference(id) !== null) return reviewNode(scope, id);
      const type = isUuid(id) ? await loggedType(scope, id) : typeOfNumber(id);
      const load = LOADERS[type ?? ''];
      if (load === undefined) throw new Refusal('NOT_FOUND', { subject: 'Node', id: id.slice(0, 100), message: 'There is no record with this id.' });
      return Object.assign(await load(scope, id), { __typename: type });
    });
  }
}

async function loggedType(scope: ReadScope, id: string): Promise<string | undefined> {
  const rows = await scope.query<{ object_type: string }>(
    "select object_type from audit.entries where log_id = audit.current_log() and object_id = $1::uuid and object_type <> 'Tenant' order by seq limit 1", [id]);
  return rows[0]?.object_type;
}

/** What a short number such as R-142 begins with tells its type. */
function typeOfNumber(number: string): string | undefined {
  return NUMBERED.find(({ prefix }) => prefix !== null && number.startsWith(`${prefix}-`))?.type;
}
