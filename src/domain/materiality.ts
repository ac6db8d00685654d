/**
 * What outdates a sign-off: a comparison of the package that was signed with the package of now, lane by lane. Always against what was
 * signed, so small changes cannot add up unseen. Which lanes a difference concerns stands in the policy. Typing, level down, owners and numbers outdate nothing, nor does time, but for a mitigation that lapses.
 */
import type { Lane } from './actor.js';
import { classesOf } from './classification.js';
import type { Instant, NotingClock } from './clock.js';
import { CHANGE_CLASSES, type ChangeClass, type ClaimableClass, type Difference, type DifferenceKind, type RuledKind } from './difference.js';
import { IMPACT_LANES } from './impact-elements.js';
import type { DecisionPackage } from './package.js';
import type { PackageEvidence, PackageMitigation, PackageRisk } from './package-parts.js';
import type { GatePolicy } from './policy.js';
import type { ComponentRole } from './release.js';
import { sameStatement } from './risk.js';
import { isAbove, type Level } from './scoring.js';
import { AUTONOMY_LEVELS, TIERS } from './system.js';

/** Where the policy keeps the table of what outdates which lanes. */
type Table = Pick<GatePolicy, 'materiality'>;

/** A difference with the lanes whose sign-offs it outdates. */
export interface MaterialChange extends Difference { readonly lanes: readonly Lane[] }

/** The differences that outdate a sign-off of this lane; empty = it still counts. */
export function materialDifferences(policy: Table, signed: DecisionPackage, current: DecisionPackage, lane: Lane): Difference[] {
  return concerning(lane, changesBetween(policy, signed, current));
}

function concerning(lane: Lane, changes: readonly MaterialChange[]): Difference[] {
  return changes.filter(({ lanes }) => lanes.includes(lane)).map(({ lanes: _, ...difference }) => difference);
}

interface Found { readonly policy: Table; readonly changes: MaterialChange[] }
const FOUND = new WeakMap<DecisionPackage, WeakMap<DecisionPackage, Found>>();

/** Every lane asks for the same comparison: it is made once for as long as somebody holds the two packages, which never change. */
function changesBetween(policy: Table, signed: DecisionPackage, current: DecisionPackage): readonly MaterialChange[] {
  const ofCurrent = FOUND.get(current) ?? new WeakMap<DecisionPackage, Found>();
  FOUND.set(current, ofCurrent);
  const known = ofCurrent.get(signed);
  if (known?.policy === policy) return known.changes;
  const changes = materialChanges(policy, signed, current);
  ofCurrent.set(signed, { policy, changes });
  return changes;
}

/** Everything that differs materially, each with the lanes that it concerns. */
export function materialChanges(policy: Table, signed: DecisionPackage, current: DecisionPackage): MaterialChange[] {
  const found: MaterialChange[] = [];
  const note: Note = (difference, lanes) => { found.push({ ...difference, lanes: lanes ?? policy.materiality.differences[difference.kind as RuledKind] }); };
  compareSystem(signed, current, note);
  compareComponents(policy, signed, current, note);
  compareRisks(signed, current, note);
  compareMitigations(signed, current, note);
  compareEvidence(signed, current, note);
  compareAssessments(signed, current, note);
  compareFindings(signed, current, note);
  return found;
}

/** The change class of a role; a role that the policy does not know concerns everybody, like a new tool. */
export function changeClassOf({ materiality }: Table, role: ComponentRole): ChangeClass {
  return CHANGE_CLASSES.find((candidate) => materiality.changeClasses[candidate].roles.includes(role)) ?? 'AUTONOMY_INCREASE';
}

/** Lanes are given where they do not follow from the kind alone. */
type Note = (difference: Difference, lanes?: readonly Lane[]) => void;

function compareSystem(signed: DecisionPackage, current: DecisionPackage, note: Note): void {
  const [then, now] = [signed.system, current.system];
  const differs = (kind: DifferenceKind, path: string, a: string, b: string): void => {
    if (a !== b) note({ kind, path: `system.${path}`, then: a, now: b });
  };
  differs('PURPOSE', 'intendedPurpose', then.intendedPurpose, now.intendedPurpose);
  differs('AFFECTED_GROUPS', 'affectedGroups', JSON.stringify(then.affectedGroups), JSON.stringify(now.affectedGroups));
  differs('CLASS', 'euClass', classesOf(then).join(' and '), classesOf(now).join(' and '));
  // Of what nobody had signed, the strictest held: what was signed then asked for no less.
  if (then.classification !== undefined) {
    const [was, is] = [signedOf(then.classification), signedOf(now.classification)];
    for (const part of ['roles', 'annexIIIUses', 'derogation'] as const) differs('CLASS', `classification.${part}`, was[part], is[part]);
  }
  differs('FLAGS', 'flags', then.flags.join(', '), now.flags.join(', '));
  if (TIERS.indexOf(now.tier) > TIERS.indexOf(then.tier)) note({ kind: 'TIER_UP', path: 'system.tier', then: then.tier, now: now.tier });
  if (AUTONOMY_LEVELS.indexOf(now.autonomy) > AUTONOMY_LEVELS.indexOf(then.autonomy)) note({ kind: 'AUTONOMY_UP', path: 'system.autonomy', then: then.autonomy, now: now.autonomy });
}

/** What of a record reviewers rely on beside class and flags. */
function signedOf(record: DecisionPackage['system']['classification']): Readonly<Record<'roles' | 'annexIIIUses' | 'derogation', string>> {
  if (record === undefined) return { roles: 'unknown', annexIIIUses: 'unknown', derogation: 'unknown' };
  return { roles: record.roles.join(', '), annexIIIUses: record.annexIIIUses.join(', ') || 'none', derogation: record.derogation ?? 'none' };
}

function compareComponents(policy: Table, signed: DecisionPackage, current: DecisionPackage, note: Note): void {
  const [then, now] = [digestsByPart(signed), digestsByPart(current)];
  const parts = new Map([...signed.release.components, ...current.release.components].map((part) => [partName(part), part.role]));
  for (const [part, role] of parts) {
    const [before, after] = [then.get(part) ?? null, now.get(part) ?? null];
    if (before === after) continue;
    const strict = changeClassOf(policy, role);
    const milder = before === null || after === null ? null : confirmedClaim(policy, strict, signed, current);
    const { lanes } = milder === null ? policy.materiality.changeClasses[strict] : policy.materiality.claims[milder];
    note({ kind: 'COMPONENT', path: `release.components.${part}`, then: before, now: after, changeClass: milder ?? strict }, lanes);
  }
}

/** The milder class that was confirmed for exactly this step, from the release that was signed to the present one. */
function confirmedClaim({ materiality }: Table, strict: ChangeClass, signed: DecisionPackage, current: DecisionPackage): ClaimableClass | null {
  const claim = current.release.changeClaim ?? null;
  return claim !== null && claim.sinceId === signed.release.id && materiality.claims[claim.changeClass].insteadOf.includes(strict) ? claim.changeClass : null;
}

function digestsByPart(pkg: DecisionPackage): Map<string, string> {
  return new Map(pkg.release.components.map((part) => [partName(part), part.digest]));
}

function partName(part: { readonly role: string; readonly name: string }): string {
  return `${part.role}/${part.name}`;
}

function compareRisks(signed: DecisionPackage, current: DecisionPackage, note: Note): void {
  const then = new Map(signed.risks.map((risk) => [risk.id, risk]));
  for (const now of current.risks) {
    const before = then.get(now.id);
    if (before === undefined) compareNewRisk(now, note);
    else compareRisk(before, now, note);
  }
  const present = new Set(current.risks.map((risk) => risk.id));
  for (const before of signed.risks) if (!present.has(before.id) && spokeOf(before, signed, current)) noteLeft(before, note);
}

/** A risk of another release only was never about this one; a draft binds nobody. */
function spokeOf(risk: PackageRisk, signed: DecisionPackage, current: DecisionPackage): boolean {
  return risk.state !== 'DRAFT' && (risk.releaseId === null || signed.release.id === current.release.id);
}

function noteLeft(risk: PackageRisk, note: Note): void {
  note({ kind: 'RISK_SCOPE', path: `risks.${risk.number}.release`, then: risk.releaseId ?? 'every release', now: null });
}

/** A risk that the signer never saw matters from HIGH on; below that the register is expected to grow. */
function compareNewRisk(risk: PackageRisk, note: Note): void {
  if (risk.current !== null && isAbove(risk.current, 'MODERATE')) note({ kind: 'RISK_NEW', path: `risks.${risk.number}`, then: null, now: risk.current });
}

function compareRisk(before: PackageRisk, now: PackageRisk, note: Note): void {
  const path = `risks.${now.number}`;
  if (!sameStatement(before.statement, now.statement)) {
    note({ kind: 'RISK_STATEMENT', path: `${path}.statement`, then: sentence(before), now: sentence(now) });
  }
  if (before.releaseId !== now.releaseId) note({ kind: 'RISK_SCOPE', path: `${path}.release`, then: before.releaseId, now: now.releaseId });
  if (levelRose(before.current, now.current)) note({ kind: 'RISK_LEVEL_UP', path: `${path}.current`, then: before.current, now: now.current });
  if ((before.treatment ?? null) !== (now.treatment ?? null)) note({ kind: 'TREATMENT', path: `${path}.treatment`, then: before.treatment, now: now.treatment });
}

/** Cancelled, no longer verified, delayed, or meant to do less: what the signer counted on is gone. New ones outdate nothing. */
function compareMitigations(signed: DecisionPackage, current: DecisionPackage, note: Note): void {
  const present = new Map((current.mitigations ?? []).map((mitigation) => [mitigation.id, mitigation]));
  const risks = new Set(current.risks.map((risk) => risk.number));
  for (const before of signed.mitigations ?? []) {
    const now = present.get(before.id);
    if (!risks.has(before.risk) || (now !== undefined && !isWeaker(before, now))) continue;
    note({ kind: 'MITIGATION', path: `mitigations.${before.number}`, then: promise(before), now: now === undefined ? 'CANCELLED' : promise(now) });
  }
}

function isWeaker(before: PackageMitigation, now: PackageMitigation): boolean {
  return (before.state === 'VERIFIED' && now.state !== 'VERIFIED') || now.due > before.due || now.effect !== before.effect || now.reduces < before.reduces;
}

/**
 * What time has taken from an approval: mitigations that were shown when it was signed, and that no evidence shows any more. Packages hold
 * no value that moves with the clock, so this is asked beside them. Material to RISK; evidence that was revoked is a difference of its own.
 */
export function lapsedSince(signedAt: Instant, signed: DecisionPackage, current: DecisionPackage, clock: NotingClock): Difference[] {
  const was = (evidence: PackageEvidence): boolean => evidence.validUntil > signedAt;
  const is = (evidence: PackageEvidence): boolean => !clock.reached(evidence.validUntil, 'EVIDENCE', evidence.id);
  return (signed.mitigations ?? []).filter((before) => isShownBy(before, signed, was)).flatMap((before) => {
    const now = (current.mitigations ?? []).find((mitigation) => mitigation.id === before.id);
    if (now?.state !== 'VERIFIED' || isShownBy(now, current, is) || isRevoked(before, signed, current)) return [];
    return [{ kind: 'MITIGATION', path: `mitigations.${before.number}`, then: promise(before), now: 'LAPSED' }];
  });
}

/** Revoked since: what had been revoked before it was signed carried nothing then. */
function isRevoked(before: PackageMitigation, signed: DecisionPackage, current: DecisionPackage): boolean {
  const numbers = (pkg: DecisionPackage, state: PackageEvidence['state']): string[] => (pkg.evidence ?? []).filter((evidence) => evidence.state === state).map(({ number }) => number);
  const revoked = numbers(current, 'REVOKED');
  return numbers(signed, 'VERIFIED').some((number) => before.evidence.includes(number) && revoked.includes(number));
}

function isShownBy(mitigation: PackageMitigation, pkg: DecisionPackage, inTime: (evidence: PackageEvidence) => boolean): boolean {
  return mitigation.state === 'VERIFIED' && (pkg.evidence ?? []).some((evidence) => mitigation.evidence.includes(evidence.number) && evidence.state === 'VERIFIED' && inTime(evidence));
}

function promise(mitigation: PackageMitigation): string {
  return `${mitigation.state}, ${mitigation.effect} −${String(mitigation.reduces)}, due ${mitigation.due.slice(0, 10)}`;
}

/** Revoked after it was signed. Evidence that a fresher one of its kind stands in for has left the package, and outdates nothing. */
function compareEvidence(signed: DecisionPackage, current: DecisionPackage, note: Note): void {
  const present = new Map((current.evidence ?? []).map((evidence) => [evidence.id, evidence]));
  for (const before of signed.evidence ?? []) {
    const now = present.get(before.id);
    if (before.state === 'VERIFIED' && now?.state === 'REVOKED') note({ kind: 'EVIDENCE', path: `evidence.${before.number}`, then: before.state, now: now.state });
  }
}

/** A first assessment is a rise too: the signer had seen no level. */
function levelRose(before: Level | null, now: Level | null): boolean {
  if (now === null) return false;
  return before === null || isAbove(now, before);
}

/** Another edition, a first one, or none any more: what the lane of its kind has signed rests on it. */
function compareAssessments(signed: DecisionPackage, current: DecisionPackage, note: Note): void {
  const [then, now] = [signed.impactAssessments ?? [], current.impactAssessments ?? []];
  for (const { id, number, kind } of new Map([...then, ...now].map((assessment) => [assessment.id, assessment])).values()) {
    const [before, after] = [then, now].map((all) => all.find((assessment) => assessment.id === id)?.edition ?? null);
    if (before !== after) note({ kind: 'IMPACT_EDITION', path: `impactAssessments.${number}.edition`, then: shown(before), now: shown(after) }, [IMPACT_LANES[kind]]);
  }
}

function shown(edition: number | null | undefined): string | null {
  return edition === null || edition === undefined ? null : String(edition);
}

/** A finding that the signer never saw matters from HIGH on, like a risk; one that rose matters at any height. */
function compareFindings(signed: DecisionPackage, current: DecisionPackage, note: Note): void {
  const then = new Map((signed.findings ?? []).map((finding) => [finding.id, finding.severity]));
  for (const { id, number, severity } of current.findings ?? []) {
    const before = then.get(id);
    if (before === undefined && isAbove(severity, 'MODERATE')) note({ kind: 'FINDING_NEW', path: `findings.${number}`, then: null, now: severity });
    if (before !== undefined && isAbove(severity, before)) note({ kind: 'FINDING_SEVERITY_UP', path: `findings.${number}.severity`, then: before, now: severity });
  }
}

function sentence(risk: PackageRisk): string {
  return `${risk.statement.source} → ${risk.statement.event} → ${risk.statement.consequence}`;
}
