/** Every fact that can be written down: the action names of the audit log. */
export const EVENTS = [
  'principal.admitted', 'principal.closed', 'principal.functionChanged', 'principal.roleGranted', 'principal.roleRevoked', 'principal.joined', 'principal.groupsApplied', 'profile.recorded', 'delegation.made', 'delegation.revoked',
  'issuer.registered', 'issuer.changed', 'issuer.retired', 'trustRule.created', 'trustRule.retired', 'apiKey.issued', 'apiKey.revoked',
  'environment.created', 'criteria.adopted',
  'policy.drafted', 'policy.adopted', 'policy.tested', 'policy.submitted', 'policy.approved', 'policy.activated', 'policy.superseded', 'policy.withdrawn', 'policyEdition.recorded', 'lawDate.confirmed', 'lawDate.revoked', 'simulation.started', 'simulation.completed', 'simulation.failed',
  'system.registered', 'system.edited', 'system.answered', 'system.tiered', 'system.classified', 'system.suspended', 'system.resumed', 'system.retired',
  'release.created', 'release.withdrawn', 'release.changeClaimed', 'release.changeConfirmed', 'release.changeRejected',
  'risk.logged', 'risk.edited', 'risk.submitted', 'risk.assessed', 'risk.treatmentPlanned', 'risk.confirmed', 'risk.accepted', 'risk.reopened', 'risk.closed', 'risk.rejected',
  'evidence.submitted', 'evidence.verified', 'evidence.rejected', 'evidence.revoked', 'evidence.fileStored',
  'mitigation.proposed', 'mitigation.edited', 'mitigation.started', 'mitigation.restarted', 'mitigation.implemented', 'mitigation.evidenceAttached',
  'mitigation.verified', 'mitigation.failed', 'mitigation.cancellationAsked', 'mitigation.cancelled',
  'acceptance.requested', 'acceptance.granted', 'acceptance.withdrawn', 'acceptance.revoked',
  'impact.drafted', 'impact.answered', 'impact.submitted', 'impact.returned', 'impact.approved', 'impact.revised', 'impact.withdrawn',
  'finding.raised', 'finding.planned', 'finding.completed', 'finding.closed', 'finding.riskAccepted', 'finding.rated',
  'waiver.requested', 'waiver.granted', 'waiver.withdrawn', 'waiver.revoked',
  'condition.imposed', 'condition.fulfilled', 'condition.confirmed', 'suspension.imposed', 'suspension.lifted',
  'promotion.opened', 'promotion.cancelled', 'promotion.rejected', 'promotion.superseded', 'promotion.promoted', 'promotion.commented', 'review.claimed', 'review.released', 'signOff.recorded', 'signOff.withdrawn',
  'baseline.proposed', 'baseline.confirmed', 'baseline.withdrawn', 'baseline.ended',
  'breakGlass.invoked', 'breakGlass.keyTurned', 'breakGlass.used', 'breakGlass.ratified', 'breakGlass.condemned',
  'gate.decided', 'grant.minted', 'grant.redeemed', 'deployment.reported', 'deployment.foundUngoverned',
  'log.read', 'tenant.exported', 'tenant.suspended', 'tenant.resumed', 'tenant.erased',
] as const;
export type EventName = (typeof EVENTS)[number];

/** What an entry of the log can be about; Tenant = the organization itself. */
export const OBJECT_TYPES = [
  'Tenant', 'Principal', 'Profile', 'Delegation', 'TrustedIssuer', 'TrustRule', 'ApiKey', 'Environment', 'RiskCriteria', 'Policy', 'PolicyEdition', 'LawDateConfirmation', 'PolicySimulation', 'AiSystem', 'Release', 'Evidence', 'EvidenceFile', 'Risk', 'Mitigation', 'RiskAcceptance', 'ImpactAssessment', 'Finding', 'Promotion', 'Comment', 'SignOff', 'Condition', 'Suspension', 'Waiver', 'GateDecision', 'Grant', 'Deployment', 'UngovernedDeployment', 'Baseline', 'BreakGlass',
] as const;
export type ObjectType = (typeof OBJECT_TYPES)[number];

/** What a deciding function gives back: the next value of the aggregate, and what happened. */
export interface Decided<T> {
  readonly next: T;
  readonly event: EventName;
  /** The text of a person's reason; the log keeps its digest only. */
  readonly reason?: string;
}

/** A governed aggregate: an opaque id, and a version that starts at 1 and rises by one with every change. */
export interface Aggregate {
  readonly id: string;
  readonly version: number;
}
