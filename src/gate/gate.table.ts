/** How decisions, grants and deployments are stored. */
import type { GateDecision } from '../domain/gate-decision.js';
import type { Deployment, Grant } from '../domain/grant.js';
import { governedTable, instant, json, optionalInstant, optionalText, optionalUuid, text, uuid, type GovernedTable } from '../platform/columns.table.js';

export const DecisionTable: GovernedTable<GateDecision> = governedTable<GateDecision>({
  type: 'GateDecision', table: 'gate_decisions', prefix: null, scopeOf: (decision) => decision.systemId,
  columns: {
    question: json, questionHash: text, callerId: uuid, identityFreshness: optionalText, systemId: optionalUuid, releaseId: optionalUuid, environmentId: optionalUuid,
    decision: json, factsDigest: text, epochs: json, decidedAt: instant, holdsUntil: optionalInstant,
  },
  addedLater: { identityFreshness: null },
});

export const GrantTable: GovernedTable<Grant> = governedTable<Grant>({
  type: 'Grant', table: 'grants', prefix: null, scopeOf: (grant) => grant.systemId,
  columns: {
    decisionId: uuid, systemId: uuid, releaseId: uuid, environmentId: uuid, bundleDigest: text, action: text, promotionId: optionalUuid, breakGlassId: optionalUuid, issuedTo: uuid,
    issuedAt: instant, expiresAt: instant, redeemedAt: optionalInstant,
  },
  addedLater: { action: 'promote', breakGlassId: null },
});

export const DeploymentTable: GovernedTable<Deployment> = governedTable<Deployment>({
  type: 'Deployment', table: 'deployments', prefix: 'D', scopeOf: (deployment) => deployment.systemId,
  columns: { systemId: uuid, releaseId: uuid, environmentId: uuid, bundleDigest: text, grantId: uuid, reportedBy: uuid, startedAt: instant },
});
