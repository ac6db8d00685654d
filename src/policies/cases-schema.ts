/** The shape of gate cases, as JSON Schema: what an editor completes, and what is checked before anything else. */
import { LANES, ROLES } from '../domain/actor.js';
import { CHOICES } from '../domain/choice.js';
import { CONDITION_EFFECTS } from '../domain/condition.js';
import { CLAIMABLE_CLASSES } from '../domain/difference.js';
import { EVIDENCE_SOURCES, evidenceLifecycle } from '../domain/evidence.js';
import { FINDING_SOURCES, findingLifecycle } from '../domain/finding.js';
import { LATER_PATTERN, TELLING_PATTERN } from '../domain/gate-case-time.js';
import { GATE_ACTIONS } from '../domain/gate-question.js';
import { VERDICTS } from '../domain/gate.js';
import { GRANTED_ACTIONS } from '../domain/grant.js';
import { IMPACT_KINDS } from '../domain/impact-elements.js';
import { EFFECTS, mitigationLifecycle } from '../domain/mitigation.js';
import { GATED_KINDS, MODES } from '../domain/policy-terms.js';
import { promotionLifecycle } from '../domain/promotion.js';
import { COMPONENT_ROLES, ENVIRONMENT_KINDS } from '../domain/release.js';
import { riskLifecycle, TREATMENT_OPTIONS } from '../domain/risk.js';
import { CONSEQUENCE_CLASSES, LEVELS } from '../domain/scoring.js';
import { ATTESTATIONS } from '../domain/sign-off.js';
import { ACT_ROLES, AUTONOMY_LEVELS, EU_CLASSES, SYSTEM_FLAGS, TIERS } from '../domain/system.js';
import { freezeSchema, POLICY_DEFINITIONS, POLICY_SCHEMA, REQUIREMENT_ROW, OBLIGATION_ROW } from './document-schema.js';
import { fields, list, oneOf, record, shared, some, text, whole, type JsonSchema } from './json-schema.js';

export const MAX_CASES = 500;

const [WORDS, NAME, NAMES, ROLE_LIST, TOLD, LEVEL] = [shared('words'), shared('name'), shared('names'), shared('roleList'), shared('told'), shared('level')];
/** Said once, since it stands in dozens of places. */
const WORDS_OF_CASES: Readonly<Record<string, JsonSchema>> = {
  words: text(300), name: text(60, { pattern: '^[a-z][a-z0-9-]*$' }), names: list(NAME, 20), roleList: list(text(40, { pattern: `^(${ROLES.join('|')}|REVIEWER/(${LANES.join('|')}))$` }), 20),
  told: text(40, { pattern: TELLING_PATTERN }), level: oneOf(LEVELS),
};
const number = (prefix: string): string => `^${prefix}-[1-9][0-9]{0,3}$`;
const reference = (prefix: string): JsonSchema => text(12, { pattern: number(prefix) });
const PART = `(${COMPONENT_ROLES.join('|')})/[a-z][a-z0-9-]{0,39}`;
const LANE_VOTE = `^(${LANES.join('|')})(/[a-z][a-z0-9-]{0,39})?$`;

/** Each under its number or name, or `none`. Few, so that no condition has much to look at in any of many cases. */
function records(pattern: string, value: JsonSchema): JsonSchema {
  return { type: 'object', maxProperties: 20, patternProperties: { [pattern]: { if: { type: 'string' }, then: { const: 'none' }, else: value } }, additionalProperties: false };
}

/** Any part of what the schema describes; what stands in lists is whole. */
function partOf(schema: JsonSchema): JsonSchema {
  const { required: _required, properties, ...rest } = schema as JsonSchema & { properties?: Readonly<Record<string, JsonSchema>> };
  return properties === undefined ? rest : { ...rest, properties: Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, partOf(value)])) };
}

const { $schema: _schema, title: _title, definitions: _definitions, ...WHOLE_POLICY } = POLICY_SCHEMA;
const POLICY = partOf(WHOLE_POLICY) as JsonSchema & { properties: Readonly<Record<string, JsonSchema>> };
const POLICY_PART: JsonSchema = { ...POLICY, properties: { ...POLICY.properties, mode: oneOf(MODES), requirements: list(REQUIREMENT_ROW, 50), freezes: list(freezeSchema(TOLD), 20), obligations: list(OBLIGATION_ROW, 20) } };

const CRITERIA = fields({
  version: whole(1, 99), tolerance: LEVEL, authority: some(LEVELS, list(oneOf(ROLES), 5)),
  floors: list(record({ class: oneOf(CONSEQUENCE_CLASSES), from: whole(1, 5), level: LEVEL }), 20), matrix: { ...list({ type: 'array', items: LEVEL, minItems: 5, maxItems: 5 }), uniqueItems: false, minItems: 5, maxItems: 5 },
});
const SYSTEM = fields({
  tier: oneOf([...TIERS, 'none']), euClass: oneOf(EU_CLASSES), flags: shared('flagList'), state: oneOf(['ACTIVE', 'SUSPENDED', 'RETIRED']), autonomy: oneOf(AUTONOMY_LEVELS), purpose: WORDS, affectedGroups: list(WORDS, 20),
  owner: NAME, developers: NAMES, editors: NAMES, tieredBy: NAME, tieredAt: TOLD, answersGive: oneOf(TIERS), answersFlag: list(oneOf(SYSTEM_FLAGS), SYSTEM_FLAGS.length), answered: { if: { type: 'string' }, then: { const: 'none' }, else: { type: 'object', additionalProperties: { type: 'string' } } },
  classification: { if: { type: 'string' }, then: { const: 'none' }, else: fields({
    system: reference('SYS'), euClass: oneOf(EU_CLASSES), flags: shared('flagList'), not: shared('flagList'), roles: list(oneOf(ACT_ROLES)), tierFloor: oneOf(TIERS), signed: TOLD, until: TOLD, by: NAME,
  }) },
});
const ESTIMATE = record({ likelihood: whole(1, 5), consequence: whole(1, 5), class: oneOf(CONSEQUENCE_CLASSES) }, ['class']);
const RELEASE = text(12, { pattern: '^(REL-[1-9][0-9]{0,3}|none)$' });
const LOCATED = { release: reference('REL'), environment: NAME };

const REGISTER = {
  risks: records(number('R'), fields({
    state: oneOf(riskLifecycle.states), level: LEVEL, current: ESTIMATE, inherent: ESTIMATE, confirmedLevel: LEVEL, treatment: oneOf(TREATMENT_OPTIONS), release: RELEASE, event: WORDS, owner: NAME, assessor: NAME, editors: NAMES, logged: TOLD,
  })),
  mitigations: records(number('M'), fields({ risk: reference('R'), state: oneOf(mitigationLifecycle.states), effect: oneOf(EFFECTS), reduces: whole(1, 4), requiredFrom: oneOf(GATED_KINDS), evidence: list(reference('E'), 20), due: TOLD, editors: NAMES })),
  evidence: records(number('E'), fields({
    type: text(40, { pattern: '^[a-z][a-z0-9_]{2,39}$' }), state: oneOf(evidenceLifecycle.states), about: text(80, { pattern: `^(release|system|other bytes|${PART})$` }), collected: TOLD, until: TOLD, payload: { type: 'object' }, supersedes: reference('E'), by: NAME, source: oneOf(EVIDENCE_SOURCES), verifiedBy: oneOf(['PERSON', 'MACHINE']),
  })),
  acceptances: records(number('ACC'), fields({ risk: reference('R'), level: LEVEL, until: TOLD, state: oneOf(['REQUESTED', 'WITHDRAWN', 'REVOKED']), grants: list(oneOf(ROLES), 5), renews: reference('ACC'), event: WORDS, release: RELEASE })),
  impactAssessments: records(`^(${IMPACT_KINDS.join('|')})(/[2-9])?$`, fields({ state: oneOf(['DRAFT', 'APPROVED', 'WITHDRAWN']), edition: whole(1, 20), until: TOLD, editors: NAMES })),
  findings: records(number('F'), fields({ source: oneOf(FINDING_SOURCES), raised: TOLD, severity: LEVEL, state: oneOf(findingLifecycle.states), due: TOLD, risk: reference('R'), acceptance: reference('ACC'), release: RELEASE })),
  suspensions: records(number('SUS'), fields({ risk: reference('R'), state: oneOf(['OPEN', 'LIFTED']), since: TOLD })),
};

const REVIEWS = {
  promotions: records(number('P'), fields({ ...LOCATED, state: oneOf(promotionLifecycle.states), by: NAME, opened: TOLD })),
  reviews: records(`${LANE_VOTE}|^others$`, fields({ choice: oneOf(CHOICES), when: TOLD, until: TOLD, withdrawn: TOLD, for: reference('P'), attests: list(oneOf(ATTESTATIONS)), by: NAME, delegation: reference('DEL') })),
  conditions: records(number('C'), fields({ vote: text(60, { pattern: LANE_VOTE }), acceptance: reference('ACC'), due: TOLD, effect: oneOf(CONDITION_EFFECTS), state: oneOf(['OPEN', 'FULFILLED', 'CONFIRMED']) })),
  waivers: records(number('W'), { ...fields({ ...LOCATED, requirement: text(60), until: TOLD, requested: TOLD, by: NAME, state: oneOf(['REQUESTED', 'WITHDRAWN', 'REVOKED']), grants: NAMES }), required: ['requirement'] }),
};

const OPERATION = {
  deployments: records(number('D'), fields(LOCATED)),
  grants: records(number('G'), fields({ ...LOCATED, action: oneOf(GRANTED_ACTIONS), issued: TOLD, redeemed: text(40, { pattern: `${TELLING_PATTERN}|^none$` }), breakGlass: reference('BG') })),
  baselines: records(number('BL'), fields({ ...LOCATED, state: oneOf(['PROPOSED', 'CONFIRMED', 'WITHDRAWN', 'ENDED']), until: TOLD })),
  breakGlasses: records(number('BG'), fields({ ...LOCATED, state: oneOf(['INVOKED', 'USED', 'RATIFIED', 'CONDEMNED']), invoked: TOLD, until: TOLD, secondKey: NAME, used: TOLD })),
};

/** Each part stands once in the schema, and is checked by the same code wherever it is said. */
const PARTS: Readonly<Record<string, JsonSchema>> = {
  action: oneOf(GATE_ACTIONS), environment: NAME, release: reference('REL'), target: text(80, { pattern: `^(bundle|components|release|label|unknown|${PART})$` }), namesSystem: reference('SYS'),
  caller: fields({ kind: oneOf(['SERVICE', 'USER']), roles: ROLE_LIST, systems: list(reference('SYS')), environments: NAMES, until: TOLD }),
  policy: POLICY_PART, criteria: CRITERIA, system: SYSTEM,
  environments: records('^[a-z][a-z0-9-]*$', fields({ kind: oneOf(ENVIRONMENT_KINDS), previous: NAME })),
  releases: records(number('REL'), fields({
    system: reference('SYS'), state: oneOf(['ACTIVE', 'WITHDRAWN']), author: NAME, components: { type: 'object', maxProperties: 20, patternProperties: { [`^${PART}$`]: WORDS }, additionalProperties: false },
    data: oneOf(['none', 'new source', 'other bytes']), dataChanged: TOLD,
    claim: record({ class: oneOf(CLAIMABLE_CLASSES), since: reference('REL'), confirmed: { type: 'boolean' } }, ['confirmed']),
  })),
  people: records('^[a-z][a-z0-9-]*$', fields({ function: shared('function'), roles: ROLE_LIST, systems: list(reference('SYS')), since: TOLD, until: TOLD, revoked: { type: 'boolean' }, active: { type: 'boolean' }, sameAs: NAME })),
  delegations: records(number('DEL'), fields({ from: NAME, to: NAME, lanes: shared('lanes'), since: TOLD, until: TOLD, state: oneOf(['ACTIVE', 'REVOKED']) })),
  ...REGISTER, ...REVIEWS, ...OPERATION,
};
const SITUATION = Object.fromEntries(Object.keys(PARTS).map((name) => [name, shared(name)]));

const WANTED = record({
  verdict: oneOf(VERDICTS), enforcedVerdict: oneOf(VERDICTS), mode: oneOf(MODES), reasons: { ...list(WORDS, 60), uniqueItems: false }, includes: list(WORDS, 60), obligations: list(text(40, { pattern: '^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$' })),
  until: text(60, { pattern: `^(never|[A-Z_]+ (${TELLING_PATTERN.slice(1, -1)}))$` }),
}, ['enforcedVerdict', 'mode', 'reasons', 'includes', 'obligations', 'until']);
const EVENT = record({ what: WORDS, after: text(20, { pattern: LATER_PATTERN }), ...SITUATION }, ['after', ...Object.keys(SITUATION)]);
const CASE = record({ name: text(160), why: text(400), given: shared('situation'), event: EVENT, before: shared('wanted'), wanted: shared('wanted') }, ['given', 'event', 'before']);

export const CASES_SCHEMA: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#', title: 'Countersign gate cases', definitions: { ...POLICY_DEFINITIONS, ...WORDS_OF_CASES, ...PARTS, situation: fields(SITUATION), wanted: WANTED },
  ...record({ about: text(1000), given: shared('situation'), cases: { type: 'array', maxItems: MAX_CASES, items: CASE } }, ['about', 'given']),
};
