// What a random policy asks for in rows of its own; and one demand more, by which no policy may become milder.
import { LANES, type Lane } from '../../src/domain/actor.js';
import { IMPACT_KINDS } from '../../src/domain/impact-elements.js';
import { isAtLeast, REVIEW_LEVELS, type GatePolicy, type MatrixRow, type ReviewLevel } from '../../src/domain/policy.js';
import { GATED_KINDS, SHOWN_RULES, SUPPLIERS, type ConditionRow, type EvidenceRow, type GatedKind, type ObligationRow, type RequirementRow, type RowWhen, type RuleRow } from '../../src/domain/policy-terms.js';
import type { EnvironmentKind } from '../../src/domain/release.js';
import { EU_CLASSES, SYSTEM_FLAGS, TIERS, type EuClass, type SystemFlag, type Tier } from '../../src/domain/system.js';
import { EVIDENCE_TYPES } from './world-evidence.js';
import type { Chance } from './world-random.js';

/** A record less never makes one of these hold. */
const STEADY = [
  'evidence.exists(e, e.type == "red_team" && e.outcome == "VERIFIED")', 'evidence.exists(e, e.aboutRelease && e.outcome == "VERIFIED" && e.payload.size() > 0)', 'mitigations.all(m, m.shown || m.state != "VERIFIED")', 'mitigations.exists(m, m.shown)',
  'risks.all(r, !atLeast(r.level, "HIGH") || mitigations.exists(m, m.risk == r.number && m.shown))', 'risks.all(r, r.level != "VERY_HIGH")', 'findings.all(f, f.state != "OPEN")', 'environment.previousPassed', 'system.tier != "CRITICAL"', 'true',
];
/** As a demand more any condition will do, also one that a record more breaks, or that cannot be answered. */
const ANY = [...STEADY, 'size(risks) < 2', 'evidence.all(e, e.outcome == "VERIFIED")', 'mitigations.size() == 0', 'false', 'evidence[99].payload.rate > 0'];
const OF_A_PIECE = ['evidence.source == "HUMAN"', 'payload.rate >= 0.9', 'has(payload.rate) && payload.rate >= 0.3', 'payload.cases.all(c, c.passed)', 'records.exists(r, r.type == "model_card")', '!clock.isOlderThan(evidence.collectedAt, 15)'];

type Row = Omit<RuleRow, 'kind' | 'rules' | 'condition'>;

function row(chance: Chance, id: string): Row {
  const when = chance.weighted<RowWhen>([[5, {}], [2, { tiers: chance.shuffled(TIERS).slice(0, 2) }], [1, { euClasses: [chance.pick(EU_CLASSES)] }], [1, { flags: [chance.pick(SYSTEM_FLAGS)] }], [1, { anyFlags: chance.shuffled(SYSTEM_FLAGS).slice(0, 2) }]]);
  return { id, title: `Row ${id}`, gates: chance.happens(0.6) ? GATED_KINDS : chance.shuffled(GATED_KINDS).slice(0, 2), when, severity: chance.happens(0.8) ? 'BLOCK' : 'WARN', code: 'READINESS_INCOMPLETE', next: null, basis: [], suppliedBy: chance.pick(SUPPLIERS) };
}

function conditionRow(chance: Chance, id: string, conditions: readonly string[]): ConditionRow {
  return { ...row(chance, id), kind: 'CONDITION', condition: chance.pick(conditions) };
}

function ruleRow(chance: Chance, id: string, conditions: readonly string[]): RuleRow {
  return { ...row(chance, id), kind: 'RULE', rules: chance.shuffled(SHOWN_RULES).slice(0, chance.between(1, 3)), condition: chance.happens(0.4) ? null : chance.pick(conditions) };
}

function evidenceRow(chance: Chance, id: string): EvidenceRow {
  return {
    ...row(chance, id), kind: 'EVIDENCE', code: 'EVIDENCE_FAILED', evidenceType: chance.pick(EVIDENCE_TYPES), subject: chance.pick(['ANY', 'RELEASE']), maxAgeDays: chance.pick([null, null, 10, 50]),
    condition: chance.happens(0.3) ? null : chance.pick(OF_A_PIECE), ...(chance.happens(0.3) && { where: { kind: 'A' } }), ...(chance.happens(0.4) && { per: ['suite'] }),
  };
}

function obligationRow(chance: Chance, id: string): ObligationRow {
  return { id, text: `Shown ${id}`, gates: chance.happens(0.6) ? GATED_KINDS : [chance.pick(GATED_KINDS)], when: chance.happens(0.7) ? {} : { tiers: [chance.pick(TIERS)] }, withinDays: chance.pick([1, 10, 60]), evidenceType: chance.pick(EVIDENCE_TYPES), basis: [] };
}

/** A policy with rows of all kinds that a record less never meets, which asks for less here and there. */
export function varied(policy: GatePolicy, chance: Chance): GatePolicy {
  const rows = Array.from({ length: chance.between(0, 5) }, (_, n): RequirementRow => {
    const id = `B-${String(n)}`;
    return chance.weighted<() => RequirementRow>([[3, () => evidenceRow(chance, id)], [1, () => conditionRow(chance, id, STEADY)], [1, () => ruleRow(chance, id, STEADY)]])();
  });
  const fewer = (gates: readonly GatedKind[]): readonly GatedKind[] => (chance.happens(0.3) ? chance.shuffled(gates).slice(1) : gates);
  const { R3, R4, R9 } = policy.ruleGates;
  const obligations = Array.from({ length: chance.between(0, 2) }, (_, n) => obligationRow(chance, `B-${String(10 + n)}`));
  return { ...policy, requirements: [...policy.requirements, ...rows], obligations, ruleGates: { R3: fewer(R3), R4: fewer(R4), R9: fewer(R9) } };
}

/** What is asked about: the tier and flags of the system, and where it is to go; most demands are made there. */
export interface Asked { readonly tier: Tier; readonly flags: readonly SystemFlag[]; readonly euClass: EuClass; readonly kind: EnvironmentKind }
/** A policy, and the same with one demand more. */
export interface Tightened { readonly before: GatePolicy; readonly after: GatePolicy }
type Demand = (policy: GatePolicy, chance: Chance, asked: Asked) => Tightened;

function more(stricter: (policy: GatePolicy, chance: Chance, asked: Asked) => GatePolicy): Demand {
  return (policy, chance, asked) => ({ before: policy, after: stricter(policy, chance, asked) });
}

function adding(one: (chance: Chance) => RequirementRow): Demand {
  return more((policy, chance) => ({ ...policy, requirements: [...policy.requirements, one(chance)] }));
}

function gateOf({ kind }: Asked, chance: Chance): GatedKind {
  const gated = GATED_KINDS.find((one) => one === kind);
  return gated === undefined || chance.happens(0.1) ? chance.pick(GATED_KINDS) : gated;
}

function without<T>(list: readonly T[], one: T): T[] {
  return list.filter((other) => other !== one);
}

/** The ways of asking for more, by name. */
export const DEMANDS: Readonly<Record<string, Demand>> = {
  'a CONDITION row': adding((chance) => conditionRow(chance, 'P-1', ANY)),
  'a RULE row': adding((chance) => ruleRow(chance, 'P-2', ANY)),
  'an EVIDENCE row': adding((chance) => evidenceRow(chance, 'P-3')),
  'an obligation': more((policy, chance) => ({ ...policy, obligations: [...(policy.obligations ?? []), { ...obligationRow(chance, 'P-5'), ...(chance.happens(0.7) && { gates: GATED_KINDS, when: {}, withinDays: 1 }) }] })),
  'a row that asks for more': more((policy, chance) => {
    if (policy.requirements.length === 0) return policy;
    const changed = chance.pick(policy.requirements);
    return { ...policy, requirements: policy.requirements.map((one) => (one === changed ? tightened(one, chance) : one)) };
  }),
  'a level by class or flag': more((policy, chance, { euClass, flags }) => {
    const key = chance.happens(0.8) ? chance.pick([euClass, ...flags]) : chance.pick([...EU_CLASSES, ...SYSTEM_FLAGS]);
    return { ...policy, addMatrix: { ...policy.addMatrix, [key]: raised(policy.addMatrix[key] ?? {}, chance) } };
  }),
  'a level by tier': more((policy, chance, asked) => {
    const tier = chance.happens(0.8) ? asked.tier : chance.pick(TIERS);
    return { ...policy, tierMatrix: { ...policy.tierMatrix, [tier]: raised(policy.tierMatrix[tier], chance) } };
  }),
  'a lane that is hoisted': (policy, chance, { flags }) => {
    const [lane, flag] = [chance.pick(LANES), flags.length === 0 ? policy.pilotHoist.flag : chance.pick(flags)];
    const hoisting = (lanes: readonly Lane[]): GatePolicy => ({ ...policy, pilotHoist: { flag, lanes } });
    const others = without(policy.pilotHoist.lanes, lane);
    return { before: hoisting(others), after: hoisting([...others, lane]) };
  },
  'a rule at another gate': (policy, chance, asked) => {
    const [rule, gate] = [chance.pick(['R3', 'R4', 'R9'] as const), gateOf(asked, chance)];
    const asking = (gates: readonly GatedKind[]): GatePolicy => ({ ...policy, ruleGates: { ...policy.ruleGates, [rule]: gates } });
    const others = without(policy.ruleGates[rule], gate);
    return { before: asking(others), after: asking([...others, gate]) };
  },
  'a freeze': more((policy, chance) => ({ ...policy, freezes: [...policy.freezes, { id: 'P-4', from: '2000-01-01T00:00:00.000Z', until: '2099-01-01T00:00:00.000Z', reason: 'Holidays', ...(chance.happens(0.5) && { kinds: [chance.pick(GATED_KINDS)] }) }] })),
  'an impact assessment': more((policy, chance) => ({ ...policy, impactAssessments: [...policy.impactAssessments, { kind: chance.pick(IMPACT_KINDS), when: {}, gates: GATED_KINDS }] })),
  'what is never waived': more((policy, chance) => ({ ...policy, waivers: { ...policy.waivers, never: [...policy.waivers.never, { requirement: chance.pick(['R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9']), flags: [] }] } })),
  'drafts that count sooner': (policy) => ({ before: { ...policy, draftGraceDays: 3650 }, after: { ...policy, draftGraceDays: 0 } }),
};

/** The same row for more systems, at more gates, in earnest, sooner over, told apart, or with a condition beside its own. */
function tightened(one: RequirementRow, chance: Chance): RequirementRow {
  const wider: RequirementRow = chance.pick([{ ...one, when: {} }, { ...one, gates: GATED_KINDS }, { ...one, severity: 'BLOCK' }]);
  if (one.kind !== 'EVIDENCE') return { ...wider, condition: and(one.condition, chance.pick(ANY)) };
  return chance.pick<EvidenceRow>([{ ...one, when: {} }, { ...one, maxAgeDays: Math.min(one.maxAgeDays ?? 99, 5) }, { ...one, per: ['suite'] }, { ...one, condition: and(one.condition, chance.pick(OF_A_PIECE)) }]);
}

function and(one: string | null, other: string): string {
  return one === null ? other : `(${one}) && (${other})`;
}

function raised(matrix: MatrixRow, chance: Chance): MatrixRow {
  const lane = chance.pick(LANES);
  const before = matrix[lane] ?? {};
  return { ...matrix, [lane]: { ...before, ...Object.fromEntries(GATED_KINDS.map((kind) => [kind, higher(before[kind] ?? 'NONE', chance.pick(REVIEW_LEVELS))])) } };
}

function higher(one: ReviewLevel, other: ReviewLevel): ReviewLevel {
  return isAtLeast(one, other) ? one : other;
}
