/**
 * A gate case: a situation in few words, and what the gate has to answer. It says only what differs from "everything in order": a system of
 * tier MODERATE whose one risk is confirmed at LOW, a release with a request into production, and every lane that the policy demands signed
 * by eligible people without a part in it. Cases are the specification of a policy, and what it has to pass before it comes into force.
 */
import type { Lane, PersonFunction } from './actor.js';
import type { Choice } from './choice.js';
import type { ConditionEffect } from './condition.js';
import type { ClaimableClass } from './difference.js';
import type { EvidenceSource, EvidenceState } from './evidence.js';
import type { FindingSource, FindingState } from './finding.js';
import type { GateAction } from './gate-question.js';
import type { Verdict } from './gate.js';
import type { GrantedAction } from './grant.js';
import type { Effect, MitigationState } from './mitigation.js';
import type { JsonObject } from './payload.js';
import type { GatedKind, Mode } from './policy-terms.js';
import type { PromotionState } from './promotion.js';
import type { EnvironmentKind } from './release.js';
import type { RiskState, TreatmentOption } from './risk.js';
import type { ConsequenceClass, Level, RiskCriteria } from './scoring.js';
import type { Attestation } from './sign-off.js';
import type { ActRole, AiSystem, Autonomy, EuClass, SystemFlag, Tier } from './system.js';

export interface GateCase {
  readonly name: string;
  /** Why it exists, in one sentence. */
  readonly why: string;
  readonly given: Situation;
  /** What happens before the question; null = nothing. */
  readonly event: CaseEvent | null;
  /** What was answered before the event; null = it does not matter. */
  readonly before: Wanted | null;
  readonly wanted: Wanted;
}

/** What changes, and how much later the question is asked. */
export interface CaseEvent extends Situation { readonly what: string; readonly after?: string }

/** What the gate has to answer; what is left out does not matter, except that an ALLOW without reasons says that every requirement is met and nothing else. */
export interface Wanted {
  readonly verdict: Verdict;
  readonly enforcedVerdict?: Verdict;
  readonly mode?: Mode;
  /** Every reason, such as `BLOCK R5/LEGAL REVIEW_PENDING`. */
  readonly reasons?: readonly string[];
  /** Some of the reasons. */
  readonly includes?: readonly string[];
  /** The conditions that the answer asks for, by number. */
  readonly obligations?: readonly string[];
  /** What cuts the answer short, and when, such as `SIGN_OFF in 20 days`; `never` = nothing does. */
  readonly until?: string;
}

/** Records by number or name, each with what differs from one in order; `none` = there is no such record. */
export type Records<T> = Readonly<Record<string, T | 'none'>>;

/** A time as it is told from the moment of the case, such as `3 days ago`, `in 2 hours` or `now`; an instant in UTC where a policy names one. */
export type Told = string;

/** Where something is, unless it is where the question is about. */
interface Located { readonly release?: string; readonly environment?: string }

export interface Situation {
  readonly action?: GateAction;
  readonly environment?: string;
  /** The release that is asked about. */
  readonly release?: string;
  /** How it is named: `bundle`, `components`, `release`, `label`, `unknown`, or one component such as `MODEL/model`. */
  readonly target?: string;
  /** The system that the question names. */
  readonly namesSystem?: string;
  readonly caller?: CaseCaller;
  /** What differs from the policy under test: its fields, `mode` for every binding, and rows and freezes that are added to its own. */
  readonly policy?: Readonly<Record<string, unknown>>;
  readonly criteria?: Partial<RiskCriteria>;
  readonly system?: CaseSystem;
  readonly environments?: Records<{ readonly kind?: EnvironmentKind; readonly previous?: string }>;
  readonly releases?: Records<CaseRelease>;
  readonly people?: Records<CasePerson>;
  readonly delegations?: Records<{ readonly from?: string; readonly to?: string; readonly lanes?: readonly Lane[]; readonly since?: Told; readonly until?: Told; readonly state?: 'ACTIVE' | 'REVOKED' }>;
  readonly risks?: Records<CaseRisk>;
  readonly mitigations?: Records<CaseMitigation>;
  readonly evidence?: Records<CaseEvidence>;
  readonly acceptances?: Records<CaseAcceptance>;
  readonly impactAssessments?: Records<{ readonly state?: 'DRAFT' | 'APPROVED' | 'WITHDRAWN'; readonly edition?: number; readonly until?: Told; readonly editors?: readonly string[] }>;
  readonly findings?: Records<CaseFinding>;
  readonly suspensions?: Records<{ readonly risk?: string; readonly state?: 'OPEN' | 'LIFTED'; readonly since?: Told }>;
  readonly promotions?: Records<Located & { readonly state?: PromotionState; readonly by?: string; readonly opened?: Told }>;
  /** By lane for the vote of the lane's own reviewer, or by lane and person such as `LEGAL/anna`; `others` is about all that are not named. */
  readonly reviews?: Records<CaseVote>;
  readonly conditions?: Records<CaseCondition>;
  readonly waivers?: Records<CaseWaiver>;
  readonly deployments?: Records<Located>;
  readonly grants?: Records<Located & { readonly action?: GrantedAction; readonly issued?: Told; readonly redeemed?: Told; readonly breakGlass?: string }>;
  readonly baselines?: Records<Located & { readonly state?: 'PROPOSED' | 'CONFIRMED' | 'WITHDRAWN' | 'ENDED'; readonly until?: Told }>;
  readonly breakGlasses?: Records<CaseBreakGlass>;
}

export interface CaseCaller { readonly kind?: 'SERVICE' | 'USER'; readonly roles?: readonly string[]; readonly systems?: readonly string[]; readonly environments?: readonly string[]; readonly until?: Told }

export interface CaseSystem {
  /** `none` = nobody has assessed it. */
  readonly tier?: Tier | 'none';
  readonly euClass?: EuClass;
  readonly flags?: readonly SystemFlag[];
  readonly state?: AiSystem['state'];
  readonly autonomy?: Autonomy;
  readonly purpose?: string;
  readonly affectedGroups?: readonly string[];
  readonly owner?: string;
  readonly developers?: readonly string[];
  readonly editors?: readonly string[];
  readonly tieredBy?: string;
  /** When its tier was judged, and which one newer answers of its team give; left out = nobody has answered. */
  readonly tieredAt?: Told;
  readonly answersGive?: Tier;
  /** What newer answers of its team flag; goes with `answersGive`. */
  readonly answersFlag?: readonly SystemFlag[];
  /** What was answered, question by question, when its tier was judged; none = nothing, whatever the top of the file says. */
  readonly answered?: Readonly<Record<string, string>> | 'none';
  /** What was signed about it; left out or `none` = nothing. */
  readonly classification?: CaseClassification | 'none';
}

/** `flags`: those that hold by it; `not`: those that do not; the others are not stated. `system`: the one that it was signed about. */
export interface CaseClassification {
  readonly system?: string; readonly euClass?: EuClass; readonly flags?: readonly SystemFlag[]; readonly not?: readonly SystemFlag[]; readonly roles?: readonly ActRole[];
  readonly tierFloor?: Tier | null; readonly signed?: Told; readonly until?: Told; readonly by?: string;
}

/** `components`: role and name, such as `MODEL/model`, with a word for their bytes. */
export interface CaseRelease {
  readonly system?: string; readonly state?: 'ACTIVE' | 'WITHDRAWN'; readonly components?: Records<string>;
  readonly author?: string; readonly data?: 'none' | 'new source' | 'other bytes'; readonly dataChanged?: Told; readonly claim?: { readonly class: ClaimableClass; readonly since: string; readonly confirmed?: boolean };
}

/** `roles`: such as `RISK_OFFICER` or `REVIEWER/LEGAL`. `sameAs`: another account of this person. */
export interface CasePerson {
  readonly function?: PersonFunction; readonly roles?: readonly string[]; readonly systems?: readonly string[]; readonly since?: Told; readonly until?: Told; readonly revoked?: boolean; readonly active?: boolean;
  readonly sameAs?: string;
}

export interface CaseEstimate { readonly likelihood: number; readonly consequence: number; readonly class?: ConsequenceClass }

export interface CaseRisk {
  readonly state?: RiskState;
  readonly level?: Level;
  /** The present estimate, where the level alone says too little; and what it was before any treatment. */
  readonly current?: CaseEstimate;
  readonly inherent?: CaseEstimate;
  /** The level that was confirmed, where the present estimate is a later one. */
  readonly confirmedLevel?: Level;
  readonly treatment?: TreatmentOption;
  readonly release?: string;
  /** What happens, in words. */
  readonly event?: string;
  readonly owner?: string;
  readonly assessor?: string;
  readonly editors?: readonly string[];
  readonly logged?: Told;
}

export interface CaseMitigation {
  readonly risk?: string; readonly state?: MitigationState; readonly effect?: Effect; readonly reduces?: number; readonly requiredFrom?: GatedKind; readonly evidence?: readonly string[]; readonly due?: Told;
  readonly editors?: readonly string[];
}

/** `about`: the release, a part of it such as `MODEL/model`, the system as such, or other bytes. */
export interface CaseEvidence {
  readonly type?: string; readonly state?: EvidenceState; readonly about?: string; readonly collected?: Told; readonly until?: Told; readonly payload?: JsonObject; readonly supersedes?: string; readonly by?: string;
  /** Whether a person or a machine submitted it, and verified it; a person unless said otherwise. */
  readonly source?: EvidenceSource; readonly verifiedBy?: 'PERSON' | 'MACHINE';
}

/** `grants`: the roles that have agreed; all that the criteria ask for unless said otherwise. */
export interface CaseAcceptance {
  readonly risk?: string; readonly level?: Level; readonly until?: Told; readonly state?: 'REQUESTED' | 'WITHDRAWN' | 'REVOKED'; readonly grants?: readonly string[]; readonly renews?: string; readonly event?: string; readonly release?: string;
}

export interface CaseFinding { readonly source?: FindingSource; readonly raised?: Told; readonly severity?: Level; readonly state?: FindingState; readonly due?: Told; readonly risk?: string; readonly acceptance?: string; readonly release?: string }

export interface CaseVote {
  readonly choice?: Choice; readonly when?: Told; readonly until?: Told; readonly withdrawn?: Told; readonly for?: string; readonly attests?: readonly Attestation[]; readonly by?: string; readonly delegation?: string;
}

/** `vote`: as reviews name it. */
export interface CaseCondition { readonly vote?: string; readonly acceptance?: string; readonly due?: Told; readonly effect?: ConditionEffect; readonly state?: 'OPEN' | 'FULFILLED' | 'CONFIRMED' }

/** `grants`: the people who have agreed. */
export interface CaseWaiver extends Located {
  readonly requirement?: string; readonly until?: Told; readonly requested?: Told; readonly by?: string; readonly state?: 'REQUESTED' | 'WITHDRAWN' | 'REVOKED'; readonly grants?: readonly string[];
}

export interface CaseBreakGlass extends Located {
  readonly state?: 'INVOKED' | 'USED' | 'RATIFIED' | 'CONDEMNED'; readonly invoked?: Told; readonly until?: Told; readonly secondKey?: string; readonly used?: Told;
}
