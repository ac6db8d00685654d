/** What a decision package shows of each record: facts and intervals, never a value that moves with the clock. */
import type { Lane } from './actor.js';
import type { Instant } from './clock.js';
import type { Condition, ConditionEffect } from './condition.js';
import type { Digest } from './digest.js';
import type { EvidenceState } from './evidence.js';
import type { FindingState } from './finding.js';
import type { ImpactKind } from './impact-elements.js';
import type { Effect, MitigationState } from './mitigation.js';
import type { GatedKind } from './policy-terms.js';
import type { RiskState, RiskStatement, TreatmentOption } from './risk.js';
import type { Level } from './scoring.js';
import type { ClassificationRecord } from './system.js';

export interface PackageRisk {
  readonly id: string;
  readonly number: string;
  readonly state: RiskState;
  readonly statement: RiskStatement;
  readonly releaseId: string | null;
  readonly ownerId: string;
  readonly treatment: TreatmentOption | null;
  readonly inherent: Level | null;
  readonly current: Level | null;
  readonly confirmed: boolean;
  readonly criteriaVersion: number | null;
  readonly assessedBy: string | null;
  readonly acceptance: { readonly number: string; readonly level: Level; readonly validUntil: Instant } | null;
}

export interface PackageMitigation {
  readonly id: string;
  readonly number: string;
  readonly risk: string;
  readonly title: string;
  readonly state: MitigationState;
  readonly effect: Effect;
  readonly reduces: number;
  readonly requiredFrom: GatedKind | null;
  readonly due: Instant;
  readonly ownerId: string;
  /** The records that stand for its evidence, by number. */
  readonly evidence: readonly string[];
}

export interface PackageEvidence {
  readonly id: string;
  readonly number: string;
  readonly type: string;
  readonly title: string;
  readonly digest: Digest;
  readonly subjectDigest: Digest | null;
  readonly state: EvidenceState;
  readonly collectedAt: Instant;
  readonly validUntil: Instant;
}

/** An edition that is approved. Whether its time is over is asked at the gate, not here. */
export interface PackageAssessment {
  readonly id: string;
  readonly number: string;
  readonly kind: ImpactKind;
  readonly edition: number;
  readonly answersDigest: Digest;
  readonly approvedBy: string;
  readonly approvedAt: Instant;
  readonly validUntil: Instant;
}

/** Whether its time is over is asked at the gate, not here. */
export type PackageClassification = Pick<ClassificationRecord, 'revision' | 'digest' | 'roles' | 'annexIIIUses' | 'derogation' | 'signedBy' | 'signedAt' | 'validUntil'>;

export interface PackageFinding {
  readonly id: string;
  readonly number: string;
  readonly digest: Digest;
  readonly releaseId: string | null;
  readonly severity: Level;
  readonly state: FindingState;
  readonly statement: string;
  readonly due: Instant | null;
}

/** What was asked for beside an earlier yes, and was not met when this was shown. */
export interface PackageCondition {
  readonly id: string;
  readonly number: string;
  readonly lanes: readonly Lane[];
  readonly text: string;
  readonly evidence: string;
  readonly due: Instant;
  readonly ownerId: string;
  readonly effect: ConditionEffect;
  readonly state: Condition['state'];
}

export interface PackageInput {
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly digest: Digest;
  readonly authoredBy: string;
  readonly lastEditedBy: string;
  /** Everybody who ever changed a part of it that reviews depend on. */
  readonly editors: readonly string[];
}
