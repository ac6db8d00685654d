/**
 * How far a release is on its way into an environment: what each row of the policy that applies there has come to. Derived from the same
 * judgement as the answer of the gate, so the two cannot disagree.
 */
import type { Evaluation } from './gate.js';
import type { Reason, ReasonCode } from './gate-question.js';
import type { RowOutcome } from './gate-requirements.js';
import { requirementOf, type RequirementRow } from './policy-terms.js';

export const ITEM_STATES = ['SATISFIED', 'WAIVED', 'ADVISORY', 'PENDING', 'MISSING', 'EXPIRED', 'FOREIGN', 'REJECTED'] as const;
export type ItemState = (typeof ITEM_STATES)[number];

export interface ReadinessItem {
  /** The id of the requirement, as reasons and waivers name it. */
  readonly requirement: string;
  readonly row: RequirementRow;
  readonly state: ItemState;
  /** Why it is not SATISFIED; of an ADVISORY or WAIVED item, what is let pass. */
  readonly reasons: readonly Reason[];
  /** The evidence that speaks for it, by number; at most 20. */
  readonly evidence: readonly string[];
}

/** How many items of a theme there are, and how many of them stand in nothing's way. */
export interface ThemeProgress { readonly theme: string; readonly items: number; readonly green: number }

/** What lets a release through: met, waived, or said only. */
export const GREEN: readonly ItemState[] = ['SATISFIED', 'WAIVED', 'ADVISORY'];

/** States by code; everything else that is not met is REJECTED: something was looked at, and is not what it should be. */
const STATES: Readonly<Partial<Record<ReasonCode, ItemState>>> = {
  EVIDENCE_MISSING: 'MISSING', EVIDENCE_EXPIRED: 'EXPIRED', EVIDENCE_WRONG_SUBJECT: 'FOREIGN', EVIDENCE_UNSIGNED: 'PENDING',
  REVIEW_MISSING: 'MISSING', REVIEW_PENDING: 'PENDING', QUORUM_NOT_MET: 'PENDING', NO_ELIGIBLE_REVIEWER: 'PENDING', SIGN_OFF_EXPIRED: 'EXPIRED', REVIEW_STALE: 'FOREIGN',
  ACCEPTANCE_EXPIRED: 'EXPIRED', RISK_UNASSESSED: 'PENDING', RISK_UNCONFIRMED: 'PENDING', RISK_REGISTER_EMPTY: 'MISSING', MITIGATION_UNVERIFIED: 'PENDING',
};
/** Of several reasons the one that is furthest from being met names the state. */
const WORST: readonly ItemState[] = ['REJECTED', 'FOREIGN', 'EXPIRED', 'MISSING', 'PENDING'];

/** `outcomes`: of the rows that apply there; `evaluation`: the answer that they are part of. */
export function readinessOf(outcomes: readonly RowOutcome[], { reasons }: Pick<Evaluation, 'reasons'>): ReadinessItem[] {
  return outcomes.map(({ row, evidence, reasons: own }) => {
    const requirement = requirementOf(row);
    const about = reasons.filter((reason) => reason.severity !== 'INFO' && (reason.requirement === requirement || (row.kind === 'RULE' && (row.rules as readonly string[]).includes(reason.rule))));
    // Of the rules that it shows, whatever an emergency or a time of grace steps over is not met.
    const ofRules = about.filter((reason) => reason.requirement !== requirement);
    const isWaived = (reason: Reason): boolean => reasons.some((other) => other.code === 'WAIVER_USED' && other.requirement === reason.requirement);
    return { requirement, row, evidence, reasons: about, state: stateOf(row, [...own, ...ofRules], isWaived) };
  });
}

/** In the order in which the themes first come up; rows without one stand under the empty name. */
export function progressOf(items: readonly ReadinessItem[]): ThemeProgress[] {
  const themes = [...new Set(items.map(({ row }) => row.theme ?? ''))];
  return themes.map((theme) => {
    const among = items.filter(({ row }) => (row.theme ?? '') === theme);
    return { theme, items: among.length, green: among.filter(isGreen).length };
  });
}

export function isGreen({ state }: ReadinessItem): boolean {
  return GREEN.includes(state);
}

function stateOf(row: RequirementRow, reasons: readonly Reason[], isWaived: (reason: Reason) => boolean): ItemState {
  if (reasons.length === 0) return 'SATISFIED';
  if (row.severity === 'WARN') return 'ADVISORY';
  const found = reasons.filter((reason) => !isWaived(reason)).map(({ code }) => STATES[code] ?? 'REJECTED');
  return WORST.find((state) => found.includes(state)) ?? 'WAIVED';
}
