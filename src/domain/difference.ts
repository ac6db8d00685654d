/** The words of materiality: what can differ between two packages, and how much a changed component is. */

export const DIFFERENCE_KINDS = [
  'COMPONENT', 'RISK_STATEMENT', 'RISK_SCOPE', 'RISK_LEVEL_UP', 'RISK_NEW', 'TREATMENT', 'MITIGATION', 'EVIDENCE', 'TIER_UP', 'CLASS', 'FLAGS', 'PURPOSE', 'AFFECTED_GROUPS', 'AUTONOMY_UP',
  'IMPACT_EDITION', 'FINDING_NEW', 'FINDING_SEVERITY_UP', 'REVIEW_LEVEL_UP',
] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

/** The kinds whose lanes stand in the policy; those of a component follow from its change class, those of an impact assessment from its kind, that of a level is the lane that it is demanded of. */
export type RuledKind = Exclude<DifferenceKind, 'COMPONENT' | 'IMPACT_EDITION' | 'REVIEW_LEVEL_UP'>;
export const RULED_KINDS = DIFFERENCE_KINDS.filter((kind): kind is RuledKind => !['COMPONENT', 'IMPACT_EDITION', 'REVIEW_LEVEL_UP'].includes(kind));

/** What a changed component amounts to: computed from its role, never said by whoever changed it. */
export const CHANGE_CLASSES = ['CONFIG', 'PROMPT_OR_RETRIEVAL', 'GUARDRAIL', 'AUTONOMY_INCREASE', 'NEW_DATA_SOURCE', 'MODEL_SWAP', 'CODE_OR_IMAGE'] as const;
export type ChangeClass = (typeof CHANGE_CLASSES)[number];

/** Milder classes. Each is a claim, which counts once an eligible reviewer of VALIDATION has confirmed it. */
export const CLAIMABLE_CLASSES = ['RETRAIN_SAME_SPEC'] as const;
export type ClaimableClass = (typeof CLAIMABLE_CLASSES)[number];

/** One material difference: where, what it was when signed, what it is now. */
export interface Difference {
  readonly kind: DifferenceKind;
  readonly path: string;
  readonly then: string | null;
  readonly now: string | null;
  /** Of a component. */
  readonly changeClass?: ChangeClass | ClaimableClass;
}

export function distinct(differences: readonly Difference[]): Difference[] {
  return [...new Map(differences.map((difference) => [JSON.stringify(difference), difference])).values()];
}
