/** What a deployment tool asks, what the gate knows when it answers, and why it may say no. */
import type { RiskAcceptance } from './acceptance.js';
import type { Lane, Principal } from './actor.js';
import type { Condition } from './condition.js';
import type { Baseline } from './baseline.js';
import type { BreakGlass } from './break-glass.js';
import type { Instant } from './clock.js';
import type { Delegation } from './delegation.js';
import type { Digest } from './digest.js';
import type { Candidate, Exclusion } from './eligibility.js';
import type { Evidence } from './evidence.js';
import type { Finding } from './finding.js';
import type { Deployment, Grant } from './grant.js';
import type { ImpactAssessment } from './impact-assessment.js';
import type { ImpactKind } from './impact-elements.js';
import type { Difference } from './difference.js';
import type { Mitigation } from './mitigation.js';
import type { DecisionPackage, Stored } from './package.js';
import type { Json } from './payload.js';
import type { DemandedLevel } from './policy.js';
import { REQUIREMENT_CODES } from './policy-terms.js';
import type { PolicyVersion } from './policy-version.js';
import type { Promotion } from './promotion.js';
import type { Component, Environment, Release } from './release.js';
import type { Risk } from './risk.js';
import type { Level, RiskCriteria } from './scoring.js';
import type { SignOff } from './sign-off.js';
import type { Suspension } from './suspension.js';
import type { AiSystem } from './system.js';
import type { TIER_EVENTS } from './tier-events.js';
import type { Waiver } from './waiver.js';

/** Exactly one way to name what ships. */
export type GateTarget =
  | { readonly kind: 'BUNDLE'; readonly bundleDigest: Digest }
  | { readonly kind: 'COMPONENTS'; readonly components: readonly Component[]; readonly bundleDigest: Digest }
  | { readonly kind: 'COMPONENT'; readonly componentDigest: Digest }
  | { readonly kind: 'RELEASE'; readonly release: string }
  | { readonly kind: 'SYSTEM_RELEASE'; readonly system: string; readonly label: string };

/** promote: may it go in. run: may what was let in go on running. rollback: may what was here before come back. */
export const GATE_ACTIONS = ['promote', 'run', 'rollback'] as const;
export type GateAction = (typeof GATE_ACTIONS)[number];

export interface GateQuestion {
  readonly target: GateTarget;
  /** Narrows a digest that more than one system ships; id or number. */
  readonly system: string | null;
  /** The environment's name. */
  readonly environment: string;
  readonly action: GateAction;
}

/** Everything the rules may look at, read at one moment. Null = not found. */
export interface GateFacts {
  readonly question: GateQuestion;
  readonly caller: Stored<Principal>;
  readonly environment: Stored<Environment> | null;
  /** The system that the question names, if it names one. */
  readonly namedSystem: Stored<AiSystem> | null;
  /** The releases that fit the target. */
  readonly candidates: readonly Stored<Release>[];
  /** The organization's own policies in force. */
  readonly policies: readonly Stored<PolicyVersion>[];
  /** Filled only when exactly one release fits. */
  readonly about: ReleaseFacts | null;
}

export interface ReleaseFacts {
  readonly system: Stored<AiSystem>;
  readonly release: Stored<Release>;
  readonly criteria: Stored<RiskCriteria>;
  readonly risks: readonly Stored<Risk>[];
  readonly mitigations: readonly Stored<Mitigation>[];
  readonly evidence: readonly Stored<Evidence>[];
  readonly acceptances: readonly Stored<RiskAcceptance>[];
  readonly impactAssessments: readonly Stored<ImpactAssessment>[];
  readonly findings: readonly Stored<Finding>[];
  readonly promotions: readonly Stored<Promotion>[];
  readonly signOffs: readonly Stored<SignOff>[];
  readonly conditions: readonly Stored<Condition>[];
  readonly suspensions: readonly Stored<Suspension>[];
  readonly waivers: readonly Stored<Waiver>[];
  /** The packages that sign-offs and waivers name, by digest. */
  readonly packages: Readonly<Record<Digest, DecisionPackage>>;
  /** Who signed, and who granted waivers. */
  readonly signers: readonly Stored<Principal>[];
  /** Everybody whose roles, once in force, own or lent, could be enough to sign something of the system. */
  readonly voters: readonly Stored<Principal>[];
  /** Those by which somebody signed or may still sign. */
  readonly delegations: readonly Stored<Delegation>[];
  readonly deployments: readonly Stored<Deployment>[];
  /** Every emergency of the system: those in force, and those that were used. */
  readonly breakGlasses: readonly Stored<BreakGlass>[];
  /** Every grant that the system was ever given for this environment, whatever the bundle; read for run and rollback only, like its baselines. */
  readonly grants: readonly Stored<Grant>[];
  /** What was imported of this release as running here already. */
  readonly baselines: readonly Stored<Baseline>[];
}

/** Closed and additive: an unknown code means "not allowed". */
export const REASON_CODES = [
  'SYSTEM_UNKNOWN', 'RELEASE_UNKNOWN', 'RELEASE_WITHDRAWN', 'TARGET_AMBIGUOUS', 'DIGEST_REQUIRED', 'ENVIRONMENT_UNKNOWN', 'STAGE_SKIPPED', 'NOT_AUTHORIZED_HERE', 'UNCLASSIFIED',
  'TIER_DUE', 'SYSTEM_RETIRED', 'SYSTEM_SUSPENDED', 'PROHIBITED_USE', 'EXEMPTION_INVALID', 'WORKLOAD_NOT_TRUSTED', 'ENVIRONMENT_MISMATCH',
  'RISK_REGISTER_EMPTY', 'RISK_UNASSESSED', 'RISK_UNCONFIRMED', 'RISK_ASSESSMENT_STALE', 'RISK_ABOVE_TOLERANCE', 'ACCEPTANCE_EXPIRED', 'ACCEPTANCE_SUSPENDED',
  'MITIGATION_UNVERIFIED', 'MITIGATION_LAPSED', 'EVIDENCE_MISSING', 'EVIDENCE_EXPIRED', 'EVIDENCE_UNSIGNED', 'EVIDENCE_WRONG_SUBJECT', ...REQUIREMENT_CODES,
  'IMPACT_ASSESSMENT_MISSING', 'IMPACT_ASSESSMENT_EXPIRED', 'FINDING_OPEN',
  'REVIEW_MISSING', 'REVIEW_PENDING', 'REVIEW_REJECTED', 'CHANGES_REQUESTED', 'REVIEW_STALE', 'QUORUM_NOT_MET', 'REVIEWER_INELIGIBLE', 'NO_ELIGIBLE_REVIEWER', 'SEPARATION_OF_DUTIES',
  'SIGN_OFF_EXPIRED', 'SIGN_OFF_REVOKED', 'CONDITION_OVERDUE', 'FREEZE_WINDOW', 'NO_POLICY', 'NOT_ENFORCED', 'POLICY_ERROR', 'REGISTER_UNAVAILABLE', 'AUDIT_UNAVAILABLE', 'ALL_REQUIREMENTS_MET', 'WAIVER_USED', 'BREAK_GLASS_USED', 'BREAK_GLASS_DEBT',
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

export const RULES = ['TARGET', 'CALLER', 'D1', 'D2', 'D3', 'R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9', 'R14', 'R15', 'R18', 'R19', 'GATE'] as const;
export type Rule = (typeof RULES)[number];
export type Severity = 'BLOCK' | 'WARN' | 'INFO';

/** A part of a condition that is false: what was looked at, what was found there, and what it should be. */
export interface Unmet { readonly path: string; readonly observed: Json; readonly required: string }

/** What a reason is about; only what applies is there. */
export interface ReasonParams {
  readonly lane?: Lane;
  readonly level?: DemandedLevel;
  readonly have?: number;
  readonly need?: number;
  readonly risk?: string;
  readonly riskLevel?: Level;
  readonly tolerance?: Level;
  readonly mitigation?: string;
  readonly evidence?: readonly string[];
  readonly assessmentKind?: ImpactKind;
  readonly assessment?: string;
  readonly finding?: string;
  readonly findingSeverity?: Level;
  readonly conditions?: readonly string[];
  readonly suspensions?: readonly string[];
  readonly waiver?: string;
  readonly baseline?: string;
  readonly breakGlass?: string;
  readonly steppedOver?: readonly string[];
  readonly promotion?: string;
  readonly signOffs?: readonly string[];
  readonly differences?: readonly Difference[];
  readonly because?: readonly Exclusion[];
  readonly reviewers?: readonly Candidate[];
  readonly environment?: string;
  readonly candidates?: readonly string[];
  readonly until?: Instant;
  /** What the judgement of the tier does not know. */
  readonly tierEvents?: readonly (typeof TIER_EVENTS)[number][];
  /** What is asked for, and what to do about it, in the words of the policy. */
  readonly title?: string;
  readonly next?: string;
  /** What was looked at, found and required, for each part of a condition that does not hold. */
  readonly unmet?: readonly Unmet[];
  /** Why a condition could not be answered. */
  readonly problem?: string;
  /** When what still runs with this reason stops being allowed to. */
  readonly dueBy?: Instant;
}

export interface Reason {
  readonly code: ReasonCode;
  readonly severity: Severity;
  readonly rule: Rule;
  /** The stable id of what is demanded, such as `R5/PRIVACY` or `R3/R-12`. */
  readonly requirement: string;
  readonly params: ReasonParams;
}

export function blocks(rule: Rule, requirement: string, code: ReasonCode, params: ReasonParams = {}): Reason {
  return { code, severity: 'BLOCK', rule, requirement, params };
}
