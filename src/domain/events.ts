/** Every fact that can be written down: the action names of the audit log. */
export const EVENTS = [
  'principal.admitted', 'profile.recorded', 'environment.created', 'criteria.adopted',
  'system.registered', 'system.edited', 'system.tiered', 'system.suspended', 'system.resumed', 'system.retired',
  'release.created', 'release.withdrawn',
  'risk.logged', 'risk.edited', 'risk.submitted', 'risk.assessed', 'risk.treatmentPlanned', 'risk.confirmed', 'risk.accepted', 'risk.reopened', 'risk.closed', 'risk.rejected',
  'acceptance.requested', 'acceptance.granted', 'acceptance.withdrawn', 'acceptance.revoked',
  'impact.drafted', 'impact.answered', 'impact.submitted', 'impact.returned', 'impact.approved', 'impact.revised', 'impact.withdrawn',
  'finding.raised', 'finding.planned', 'finding.completed', 'finding.closed', 'finding.riskAccepted', 'finding.rated',
  'promotion.opened', 'promotion.cancelled', 'promotion.promoted', 'signOff.recorded', 'signOff.withdrawn',
  'gate.decided', 'grant.minted', 'grant.redeemed', 'deployment.reported',
] as const;
export type EventName = (typeof EVENTS)[number];

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
