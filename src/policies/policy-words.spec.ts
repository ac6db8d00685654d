// A condition that compiles and can never be as it is written: found when the text is saved, with its place and what is meant.
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { RequirementRow } from '../domain/policy-terms.js';
import { Refusal, type RefusalFacts } from '../domain/refusal.js';
import { EVIDENCE_TYPES } from '../evidence/catalogue/evidence-types.js';
import { parsePolicy, rowProblems, completeRow } from './policy-document.js';
import type { Placed } from './placed-text.js';
import { readinessPolicy } from './readiness-policy.js';
import { SHIPPED_DOCUMENT as DOCUMENT } from './shipped-policy.js';

const YAML = `${stringify({ ...DOCUMENT, requirements: undefined, freezes: undefined }, { aliasDuplicateObjects: false })}requirements:\n`;

interface Asked { readonly type?: string; readonly condition: string; readonly more?: string }

/** A policy with one row, the condition in a block on a line of its own. */
function source({ type, condition, more = '' }: Asked): string {
  const kind = type === undefined ? 'kind: CONDITION' : `kind: EVIDENCE\n    evidenceType: ${type}`;
  return `${YAML}  - ${kind}\n    id: E-1\n    title: t\n    gates: [PRODUCTION]\n${more}    condition: |-\n${condition.split('\n').map((line) => `      ${line}\n`).join('')}`;
}

function refused(text: string): RefusalFacts {
  try {
    parsePolicy(text);
  } catch (error) {
    if (error instanceof Refusal && error.code === 'POLICY_INVALID') return error.facts;
    throw error;
  }
  throw new Error('taken');
}

const problems = (...requirements: readonly RequirementRow[]): Placed[] => rowProblems({ requirements }, []);

/** What is wrong is marked by ‹ in the text. */
const BAD: readonly (readonly [type: string | undefined, condition: string, message: string])[] = [
  // Words of the facts.
  [undefined, "findings.all(f, f.severity != ‹'HGIH')", '"HGIH" is never found here. Nearest: HIGH. There are VERY_LOW, LOW, MODERATE, HIGH, VERY_HIGH.'],
  [undefined, "!findings.exists(f, f.state == ‹'OPNE')", 'Nearest: OPEN, DONE.'],
  [undefined, "!findings.exists(f, f.source == ‹'INCIDNET' && f.state == 'OPEN')", 'Nearest: INCIDENT.'],
  [undefined, "system.tier == ‹'CRTICAL' || size(risks) > 0", 'Nearest: CRITICAL. There are MINIMAL, MODERATE, HIGH, CRITICAL.'],
  [undefined, "‹'high' == system.tier", 'Nearest: HIGH.'],
  [undefined, "system.tier != 'HIGH' && system.tier in [‹'LOW_TIER', 'CRITICAL']", '"LOW_TIER" is never found here'],
  [undefined, "!(system.euClass in ['PROHIBITED', ‹'HIGHRISK_ANNEX_III'])", 'Nearest: HIGH_RISK_ANNEX_III'],
  [undefined, "!(‹'PERSONALDATA' in system.flags) || size(mitigations) > 0", 'Nearest: PERSONAL_DATA'],
  [undefined, '!(‹"HIGH_RISK_ANNEX_II" in system.euClasses)', 'Nearest: HIGH_RISK_ANNEX_I'],
  [undefined, "['PERSONAL_DATA', ‹'AGENTICS'].all(f, f in system.flags)", 'Nearest: AGENTIC'],
  [undefined, "[‹'DECIDE', 'ASSISTS'].exists(a, a == system.autonomy)", 'Nearest: DECIDES'],
  [undefined, "system.state == ‹'ACTVE'", 'Nearest: ACTIVE'],
  [undefined, "environment.kind == ‹'PROD' || size(risks) > 1", '"PROD" is never found here. There are SANDBOX, DEVELOPMENT, PILOT, STAGING, CANARY, PRODUCTION.'],
  [undefined, "release.components.exists(c, c.role == ‹'GUARDRAILS')", 'Nearest: GUARDRAIL'],
  [undefined, "risks.filter(r, r.treatment == ‹'ACCEPT').size() == 0", 'AVOID, REDUCE, SHARE, RETAIN, REMOVE_SOURCE'],
  [undefined, "risks.map(r, r.state).all(s, s != ‹'ASSESED')", 'Nearest: ASSESSED'],
  [undefined, "mitigations.all(m, m.state == (m.shown ? 'VERIFIED' : ‹'IMPLEMENTD'))", 'Nearest: IMPLEMENTED'],
  [undefined, 'mitigations.all(m, m.state.startsWith(‹"VERFI"))', '"VERFI" is never found in m.state'],
  [undefined, 'risks.all(r, !atLeast(r.level, ‹"HGIH"))', '"HGIH" is no level that atLeast could compare here. Nearest: HIGH.'],
  [undefined, 'atLeast(system.tier, ‹"VERY_HIGH")', 'There are MINIMAL, MODERATE, HIGH, CRITICAL.'],
  [undefined, 'risks.all(r, r.state != ‹system.tier)', 'r.state and system.tier have no word in common'],
  [undefined, 'risks.all(r, r.level == "LOW" ||\n  r.inherent == ‹"LOWER")', 'Nearest: LOW.'],
  [undefined, 'evidence.exists(e, e.outcome == ‹"VALID")', 'SUBMITTED, VERIFIED, EXPIRED, SUPERSEDED, REJECTED, REVOKED'],
  [undefined, 'evidence.exists(e, e.source == ‹"HUMANS")', 'Nearest: HUMAN'],
  [undefined, 'clock.hasPassed(‹"2026-13-01")', '"2026-13-01" is neither a day nor an instant.'],
  [undefined, 'clock.hasPassed(‹"2026-02-30")', '"2026-02-30" is of no day that there is.'],
  [undefined, 'clock.isOlderThan(‹"2026-04-31T00:00:00+02:00", 3)', 'is of no day that there is.'],
  [undefined, 'evidence.all(e, isBefore(e.collectedAt, ‹"2027-02-29"))', '"2027-02-29" is of no day that there is.'],
  [undefined, 'clock.hasPassed(‹"2026-02-28T24:00:00Z")', 'is of no day that there is.'],
  [undefined, "!(‹'PROVIDR' in system.roles)", 'Nearest: PROVIDER'],
  [undefined, "system.classification.roles.all(r, r != ‹'DEPLOYR')", 'Nearest: DEPLOYER'],
  [undefined, "!(‹'III_4' in system.classification.annexIIIUses)", 'Nearest: III_2'],
  [undefined, "system.classification.derogation != ‹'PREPARATORY_TASKS'", 'Nearest: PREPARATORY_TASK.'],
  [undefined, "(['HIGH'] + [‹'HGIH']).exists(t, t == system.tier)", '"HGIH" is never found here'],
  // Types of evidence, and their payloads.
  [undefined, '!evidence.exists(e, e.type == ‹"incident_plna")', 'no type of evidence that the product knows, and too near to one to be a type of your own. Nearest: incident_plan.'],
  [undefined, 'evidence.exists(e, e.type in ["dpia", ‹"fira"])', 'Nearest: fria.'],
  [undefined, 'evidence.exists(e, e.type == "data_quality_report" && e.payload.‹failedBlockng == 0)', 'e.payload has no field failedBlockng: it is the payload of data_quality_report. Nearest: failedBlocking.'],
  [undefined, 'evidence.all(e, e.type != "pilot_report" || e.payload.decision == ‹"PROCED")', 'Nearest: PROCEED. There are PROCEED, REPEAT, STOP.'],
  [undefined, 'evidence.filter(e, e.type == "pilot_report").all(p, p.payload.‹verdict == "PROCEED")', 'p.payload has no field verdict'],
  [undefined, 'evidence.exists(e, e.payload.‹failedBlockng == 0)', 'whichever of 39 types of evidence it is of; for a type of your own ask for it first'],
  [undefined, 'evidence.exists(e, (e.type == "dpia" || e.type == "fria") && has(e.payload.‹failedBlocking))', 'has no field failedBlocking'],
  ['evaluation_run', 'payload.‹acuracy >= 0.9', 'payload has no field acuracy: it is the payload of evaluation_run. There are'],
  ['data_quality_report', 'evidence.payload.‹failedBlockin == 0', 'Nearest: failedBlocking'],
  ['data_quality_report', 'payload[‹"failedBlockin"] == 0', 'Nearest: failedBlocking'],
  ['data_quality_report', '!has(payload.‹spiltLeakage) || !payload.splitLeakage', 'Nearest: splitLeakage'],
  ['evaluation_run', 'payload.metrics.all(m, m.‹vlaue >= m.threshold)', 'm has no field vlaue: it is what is in a list of metrics in the payload of evaluation_run. Nearest: value.'],
  ['evaluation_run', 'payload.metrics.all(m, m.direction == ‹"ATLEAST" || m.value <= m.threshold)', 'Nearest: AT_LEAST'],
  ['evaluation_run', 'payload.metrics[0].‹vlaue >= 0.9', 'Nearest: value'],
  ['evaluation_run', 'payload.metrics[‹"f1"].value >= 0.9', 'payload.metrics is a list: what is in it is asked for by its number'],
  ['evaluation_run', 'payload.metrics.‹value >= 0.9', 'payload.metrics is a list and has no fields'],
  ['data_quality_report', 'payload.failedBlocking == ‹"0"', 'payload.failedBlocking is a number, and "0" is a text: they are never the same.'],
  ['data_quality_report', 'payload.failedBlocking != ‹null', 'payload.failedBlocking is a number, and null is null'],
  ['data_quality_report', '‹"failedBlockin" in payload', 'Nearest: failedBlocking'],
  ['evaluation_run', 'records.exists(r, r.type == "dpia" && r.payload.‹residualHihg == false)', 'Nearest: residualHigh'],
  ['data_quality_report', 'records.all(r, r.type != evidence.type || r.payload.‹residualHigh == false)', 'r.payload has no field residualHigh: it is the payload of data_quality_report.'],
  ['data_quality_report', 'records.exists(r, evidence.type == r.type && r.payload.‹residualHigh == false)', 'r.payload has no field residualHigh'],
];

describe('what can never be as it is written is refused with its place and what is meant', () => {
  test.each(BAD)('%s: %s', (type, marked, message) => {
    const condition = marked.replace('‹', '');
    const text = source({ condition, ...(type !== undefined && { type }) });
    const before = marked.slice(0, marked.indexOf('‹')).split('\n');
    const found = refused(text);

    expect(found.message).toContain(message);
    expect({ line: found.line, column: found.column }).toEqual({ line: source({ condition: '', ...(type !== undefined && { type }) }).split('\n').length - 2 + before.length, column: 7 + (before.at(-1) ?? '').length });
  });
});

const GOOD: readonly (readonly [type: string | undefined, condition: string])[] = [
  [undefined, 'findings.all(f, f.severity in ["LOW", "HIGH"] || f.state == "CLOSED")'], [undefined, 'system.tier == "CRITICAL" ? size(mitigations) > 1 : "PERSONAL_DATA" in system.flags'],
  [undefined, 'risks.all(r, r.level == "" || r.treatment != "" || !atLeast(r.level, "HIGH"))'], [undefined, '["DECIDES", "ASSISTS"].exists(a, a == system.autonomy)'], [undefined, 'system.jurisdictions.exists(j, j == "DE") || system.businessUnit == "claims"'],
  [undefined, 'risks.all(r, r.state == "MONITORED" || mitigations.exists(m, m.risk == r.number && m.state == "VERIFIED"))'], [undefined, 'risks.all(r, r.level == r.inherent)'], [undefined, 'atLeast(system.tier, risks.all(r, r.confirmed) ? "HIGH" : "MODERATE")'],
  [undefined, 'release.components.filter(c, c.role == "MODEL").map(c, c.digest).all(d, d.startsWith("sha256:"))'], [undefined, 'environment.kind in ["CANARY", "PRODUCTION"] && environment.rank >= 4'],
  [undefined, '(["HIGH"] + [system.tier]).exists(t, t == "CRITICAL") && (["x"] + [system.name, "y"]).all(n, n != "z")'], [undefined, 'system.classification.derogation == "" || "III_4_A" in system.classification.annexIIIUses || "PROVIDER" in system.roles'], [undefined, '(size(risks) > 0 ? "some" : "no") + " risks" == "no risks"'],
  [undefined, 'evidence.all(e, ([e.payload.failedBlocking] + [e.payload.residualHigh]).all(v, v == 0 || v == true))'],
  // What another type of its own says is found out when it is asked.
  ['letter_of_the_mayor', 'records.all(r, r.type == evidence.type && r.payload.stamp == "GREEN")'], ['pilot_report', 'records.all(r, r.type in [evidence.type, "dpia"] && (has(r.payload.decision) || has(r.payload.residualHigh)))'],
  [undefined, 'evidence.exists(e, e.type == "letter_of_the_mayor" && e.payload.stamp == "GREEN")'], ['attack_test', '!has(payload.open) || payload.open == "no" || payload.all(k, k != "x")'], ['attack_test', 'records.exists(r, r.type == "letter_of_the_mayor" && r.payload.stamp == 1)'],
  [undefined, 'evidence.exists(e, e.type in ["letter_of_the_mayor", "dpia"] && has(e.payload.stamp))'], [undefined, 'evidence.exists(e, has(e.payload.failedBlocking) && e.payload.failedBlocking == 0)'],
  [undefined, 'evidence.exists(e, e.payload.failedBlocking == 0 && e.type == "data_quality_report")'], [undefined, 'evidence.filter(e, e.type == "pilot_report").all(p, p.payload.decision == "PROCEED" && p.payload.limitsFound.all(l, !has(l.riskId) || l.riskId in system.risks))'],
  [undefined, 'evidence.all(e, !(e.type == "pilot_report") || e.payload.decision != "STOP")'], [undefined, 'evidence.exists(e, (e.type == "dpia" || e.type == "fria") && has(e.payload.residualHigh))'], [undefined, 'evidence.map(e, e.type == "dpia", e.payload.residualHigh).all(high, !high)'],
  ['evaluation_run', 'payload.metrics.exists(m, m.name == "recall" && m["value"] >= 0.9) && payload.metrics[0].direction == "AT_LEAST"'], ['evaluation_run', '"suiteId" in payload && payload.all(field, field != "metrics" || size(payload.metrics) > 1)'],
  ['data_quality_report', '-payload.failedBlocking >= -1.5 + 0.5 && !payload.splitLeakage'], ['evaluation_run', 'clock.hasPassed(payload.startedAt) && isBefore("2026-01-01", payload.startedAt) && {"a": 1}.a == 1'],
  // The day as it is written, and not that of UTC.
  [undefined, 'clock.hasPassed("2028-02-29") || clock.hasPassed("2027-03-01T00:30:00+02:00")'],
];

describe('what can be is taken', () => {
  test.each(GOOD)('%s: %s', (type, condition) => {
    expect(parsePolicy(source({ condition, ...(type !== undefined && { type }) })).requirements).toHaveLength(1);
  });

  test('a type of your own may look like one of ours where a row of the policy asks for it', () => {
    const row = { kind: 'CONDITION', id: 'C-1', title: 't', gates: ['PILOT'], condition: 'evidence.exists(e, e.type == "model_cards" && e.payload.anything == 1)' } as unknown as RequirementRow;
    const own = { kind: 'EVIDENCE', id: 'E-2', title: 't', gates: ['PILOT'], evidenceType: 'model_cards' } as unknown as RequirementRow;
    expect(problems(completeRow(row))).toMatchObject([{ message: expect.stringContaining('Nearest: model_card.') as unknown }]);
    expect(problems(completeRow(row), completeRow(own))).toEqual([]);
  });
});

describe('what a row looks for in payloads beside its condition', () => {
  test.each([
    ['where: {kind: ‹AI_INTERACTON}', 'requirements.0.where.kind: is never "AI_INTERACTON". Nearest: AI_INTERACTION.'], ['where: {kind: ‹7}', 'is a text, never 7'], ['where: {knid: ‹AI_INTERACTION}', 'the payload of user_notice has no field knid. Nearest: kind.'], ['per: [kind, ‹langauge]', 'requirements.0.per.1: the payload of user_notice has no field langauge.'],
  ])('%s', (marked, message) => {
    const found = refused(source({ type: 'user_notice', condition: 'true', more: `    ${marked.replace('‹', '')}\n` }));
    expect(found.message).toContain(message);
    expect(found.column).toBe(5 + marked.indexOf('‹'));
  });
});

test('all of them are told at once, in the order of the text', () => {
  const { because = [] } = refused(source({ condition: 'system.tier == "HGIH" ||\n  findings.exists(f, f.state == "OPNE" && f.source in ["AUDT", "GATE"])' }));
  expect(because.map((one) => one.replace(/^\d+:(\d+) .*?("\w+").*$/, '$1 $2'))).toEqual(['22 "HGIH"', '39 "OPNE"', '62 "AUDT"']);
});

test('every condition that ships, and every one in the documents, is as it can be', () => {
  expect(parsePolicy(readinessPolicy().source).requirements).toHaveLength(54);
  const text = readFileSync(join(import.meta.dirname, '../../docs/policies.md'), 'utf8');
  const rows = [...text.matchAll(/```yaml\n(requirements:\n[\s\S]*?)```/g)].flatMap(([, block = '']) => (parse(block) as { requirements: RequirementRow[] }).requirements);
  expect(rows.length).toBeGreaterThan(1);
  expect(problems(...rows.map(completeRow))).toEqual([]);
});

test('the payload of every type of the catalogue is known: of its example each field is found, and none that was mistyped', () => {
  for (const { id, example } of EVIDENCE_TYPES) {
    const row = (condition: string): RequirementRow => completeRow({ kind: 'EVIDENCE', id: 'E-1', title: 't', gates: ['PILOT'], evidenceType: id, condition } as unknown as RequirementRow);
    expect([id, problems(row(Object.keys(example).map((field) => `has(payload.${field})`).join(' || ')))]).toEqual([id, []]);
    expect([id, problems(row(Object.keys(example).map((field) => `has(payload.${field}x)`).join(' || '))).length]).toEqual([id, Object.keys(example).length]);
  }
});
