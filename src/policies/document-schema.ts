/** The shape of a policy document, as JSON Schema: what an editor completes, and what is checked before anything else. */
import { FUNCTIONS, LANES, ROLES } from '../domain/actor.js';
import { CHANGE_CLASSES, CLAIMABLE_CLASSES, RULED_KINDS } from '../domain/difference.js';
import { MAX_EXPRESSION } from '../domain/expression.js';
import { IMPACT_KINDS } from '../domain/impact-elements.js';
import { REVIEW_LEVELS } from '../domain/policy.js';
import { GATED_KINDS, MODES, REQUIREMENT_CODES, SHOWN_RULES, SUPPLIERS } from '../domain/policy-terms.js';
import { COMPONENT_ROLES, ENVIRONMENT_KINDS } from '../domain/release.js';
import { ACT_ROLES, EU_CLASSES, SYSTEM_FLAGS, TIERS } from '../domain/system.js';
import { each, fields, list, oneOf, record, shared, some, text, whole, type JsonSchema } from './json-schema.js';

/** What narrows names something: an empty list would fit nothing, and nobody would see that it is never asked. */
function narrowing(items: JsonSchema): JsonSchema {
  return { ...list(items), minItems: 1 };
}
const SYSTEMS = { tiers: shared('tiers'), euClasses: shared('euClasses'), flags: shared('flags') };
const WHEN = record(SYSTEMS, Object.keys(SYSTEMS));
const ROW_WHEN = fields({ ...SYSTEMS, anyFlags: shared('flags'), anyRoles: shared('actRoles') });
/** Said once, since it stands in dozens of places: a check that is made for each of them takes seconds to make. */
export const POLICY_DEFINITIONS: Readonly<Record<string, JsonSchema>> = {
  rowOfLanes: some(LANES, shared('levelsByGate')), levelsByGate: some(GATED_KINDS, oneOf(REVIEW_LEVELS)), lanes: list(oneOf(LANES)), gates: narrowing(oneOf(GATED_KINDS)), function: oneOf(FUNCTIONS),
  tiers: narrowing(oneOf(TIERS)), euClasses: narrowing(oneOf(EU_CLASSES)), flags: narrowing(oneOf(SYSTEM_FLAGS)), flagList: list(oneOf(SYSTEM_FLAGS)), actRoles: narrowing(oneOf(ACT_ROLES)),
  componentRoles: list(oneOf(COMPONENT_ROLES)), changeClasses: list(oneOf(CHANGE_CLASSES)), rowWhen: ROW_WHEN,
};
const [LANE_LIST, GATES, ROW_OF_LANES] = [shared('lanes'), shared('gates'), shared('rowOfLanes')];
const SCOPE = { environments: narrowing(text(100)), kinds: narrowing(oneOf(ENVIRONMENT_KINDS)), systems: narrowing(text(40, { pattern: '^SYS-[1-9][0-9]*$' })) };
const INSTANT = text(40, { pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,3})?Z$', description: 'An instant in UTC, such as 2026-12-20T18:00:00Z.' });
const ID = text(40, { pattern: '^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$', description: 'Capital letters and digits, such as E-02; stable for ever.' });

const ROW = {
  id: ID, title: text(300), gates: GATES, when: shared('rowWhen'), severity: oneOf(['BLOCK', 'WARN']), code: oneOf(REQUIREMENT_CODES), next: { anyOf: [text(500), { type: 'null' }] }, basis: list(text(120), 20),
  theme: text(40, { pattern: '^[a-z][a-z0-9-]*$' }), suppliedBy: oneOf(SUPPLIERS),
};
const OPTIONAL_OF_ROW = ['when', 'severity', 'code', 'next', 'basis', 'theme', 'suppliedBy'];
const FIELD_NAME = text(64, { pattern: '^[A-Za-z][A-Za-z0-9_]*$' });
const EVIDENCE_TYPE = text(40, { pattern: '^[a-z][a-z0-9_]{2,39}$' });
const CONDITION_OR_NONE: JsonSchema = { anyOf: [text(MAX_EXPRESSION), { type: 'null' }] };
const CONDITION_ROW = record({ kind: { const: 'CONDITION' }, ...ROW, condition: text(MAX_EXPRESSION) }, OPTIONAL_OF_ROW);
const EVIDENCE_ROW = record({
  kind: { const: 'EVIDENCE' }, ...ROW, evidenceType: EVIDENCE_TYPE, subject: oneOf(['RELEASE', 'ANY']), maxAgeDays: { anyOf: [whole(1, 3650), { type: 'null' }] }, condition: CONDITION_OR_NONE,
  where: { type: 'object', minProperties: 1, maxProperties: 5, propertyNames: FIELD_NAME, additionalProperties: { type: ['string', 'number', 'boolean'] } }, per: { ...list(FIELD_NAME, 5), minItems: 1 },
}, [...OPTIONAL_OF_ROW, 'subject', 'maxAgeDays', 'condition', 'where', 'per']);
const RULE_ROW = record({ kind: { const: 'RULE' }, ...ROW, rules: { ...list(oneOf(SHOWN_RULES)), minItems: 1 }, condition: CONDITION_OR_NONE }, [...OPTIONAL_OF_ROW, 'condition']);

export const REQUIREMENT_ROW: JsonSchema = { type: 'object', required: ['kind'], properties: { kind: oneOf(['CONDITION', 'EVIDENCE', 'RULE']) }, if: { properties: { kind: { const: 'CONDITION' } } }, then: CONDITION_ROW, else: { if: { properties: { kind: { const: 'RULE' } } }, then: RULE_ROW, else: EVIDENCE_ROW } };

export const OBLIGATION_ROW: JsonSchema = record({ id: ID, text: text(300), gates: GATES, when: shared('rowWhen'), withinDays: whole(1, 730), evidenceType: EVIDENCE_TYPE, basis: list(text(120), 20) }, ['when', 'basis']);

/** `instant`: how the beginning and the end are written. */
export function freezeSchema(instant: JsonSchema): JsonSchema {
  return record({ id: ID, ...SCOPE, from: instant, until: instant, reason: text(300) }, Object.keys(SCOPE));
}

export const POLICY_SCHEMA: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#', title: 'Countersign policy', definitions: POLICY_DEFINITIONS,
  ...record({
    id: text(60, { pattern: '^[a-z][a-z0-9-]*$' }), version: text(40, { pattern: '^[0-9A-Za-z][0-9A-Za-z.+-]*$' }), title: text(300),
    laneFunctions: each(LANES, shared('function')),
    tierMatrix: each(TIERS, ROW_OF_LANES), addMatrix: some([...EU_CLASSES, ...SYSTEM_FLAGS], ROW_OF_LANES),
    pilotHoist: record({ flag: oneOf(SYSTEM_FLAGS), lanes: LANE_LIST }),
    validityDays: each(TIERS, whole(1, 730)), vetoLanes: LANE_LIST, reauthenticationMinutes: each(TIERS, whole(1, 1440)),
    materiality: record({
      differences: each(RULED_KINDS, LANE_LIST),
      changeClasses: each(CHANGE_CLASSES, record({ roles: shared('componentRoles'), lanes: LANE_LIST })),
      claims: each(CLAIMABLE_CLASSES, record({ insteadOf: shared('changeClasses'), lanes: LANE_LIST })),
    }),
    ruleGates: each(['R3', 'R4', 'R9'], list(oneOf(GATED_KINDS))),
    impactAssessments: list(record({ kind: oneOf(IMPACT_KINDS), when: WHEN, gates: GATES })),
    waivers: record({ days: each(TIERS, whole(1, 90)), never: list(record({ requirement: text(60), flags: shared('flagList') })) }),
    draftGraceDays: whole(0, 90), runGraceDays: each(TIERS, whole(0, 90)), baselineDays: whole(1, 180),
    breakGlass: record({ hours: whole(1, 72), reviewHours: whole(1, 168), secondKey: list(oneOf(ROLES)) }),
    grantMinutes: whole(1, 60),
    bindings: list(record({ ...SCOPE, ...SYSTEMS, priority: whole(0, 1000), mode: oneOf(MODES) }, [...Object.keys(SCOPE), ...Object.keys(SYSTEMS), 'mode']), 100),
    requirements: { type: 'array', maxItems: 300, items: REQUIREMENT_ROW },
    freezes: list(freezeSchema(INSTANT), 100),
    obligations: list(OBLIGATION_ROW, 50),
  }, ['requirements', 'freezes', 'obligations']),
};
