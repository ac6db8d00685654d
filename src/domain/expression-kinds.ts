/**
 * What a value in a condition can be, as far as it is known before anybody asks: the model of the facts with its words, and the payloads of
 * the types of evidence that the product knows. What is unknown here is found out when it is asked.
 */
import { EVIDENCE_OUTCOMES, EVIDENCE_SOURCES } from './evidence.js';
import { FINDING_SOURCES, findingLifecycle } from './finding.js';
import { MODEL, VARIABLES, type ExpressionScope } from './expression-model.js';
import { mitigationLifecycle } from './mitigation.js';
import { COMPONENT_ROLES, ENVIRONMENT_KINDS } from './release.js';
import { riskLifecycle, TREATMENT_OPTIONS } from './risk.js';
import { LEVELS } from './scoring.js';
import { ACT_ROLES, ANNEX_III_USES, AUTONOMY_LEVELS, DEROGATIONS, EU_CLASSES, SYSTEM_FLAGS, systemLifecycle, TIERS } from './system.js';

/** A text that stands in the condition itself, and where. */
export interface Written { readonly text: string; readonly start: number }

/** `words`: all that there are. `written`: the text is one of these. */
export interface TextKind { readonly is: 'text'; readonly words?: readonly string[]; readonly written?: readonly Written[] }
/** A record that has these fields and no others; `name`: what it is called where one is missing. */
export interface RecordKind { readonly is: 'record'; readonly name: string; readonly fields: Readonly<Record<string, Kind>> }
/** A piece of evidence: of one of these types, or of any. */
export interface EvidenceKind { readonly is: 'evidence'; readonly types: readonly string[] | null }
/** The type of a piece of evidence: one of those that the product knows, or any other. */
export interface TypeKind { readonly is: 'type' }
export interface ListKind { readonly is: 'list'; readonly of: Kind }
export interface EitherKind { readonly is: 'either'; readonly of: readonly Kind[] }
export type Kind = TextKind | TypeKind | RecordKind | EvidenceKind | ListKind | EitherKind | { readonly is: 'number' | 'truth' | 'nothing' | 'clock' | 'unknown' };

/** The payloads of the types of evidence that the product knows. Of every other type nothing is known. */
export type PayloadKinds = ReadonlyMap<string, Kind>;

export const UNKNOWN: Kind = { is: 'unknown' };
export const TRUTH: Kind = { is: 'truth' };
export const NUMBER: Kind = { is: 'number' };
export const TEXT: Kind = { is: 'text' };

/** The fields of the model whose texts are words of a list; the empty one where there may be no value. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  'System.tier': TIERS, 'System.euClass': EU_CLASSES, 'System.euClasses': EU_CLASSES, 'System.flags': SYSTEM_FLAGS, 'System.autonomy': AUTONOMY_LEVELS, 'System.state': systemLifecycle.states, 'System.roles': ACT_ROLES,
  'Classification.roles': ACT_ROLES, 'Classification.annexIIIUses': ANNEX_III_USES, 'Classification.derogation': [...DEROGATIONS, ''],
  'Component.role': COMPONENT_ROLES, 'Place.kind': ENVIRONMENT_KINDS,
  'Risk.state': riskLifecycle.states, 'Risk.level': [...LEVELS, ''], 'Risk.inherent': [...LEVELS, ''], 'Risk.treatment': [...TREATMENT_OPTIONS, ''], 'Mitigation.state': mitigationLifecycle.states,
  'Evidence.outcome': EVIDENCE_OUTCOMES, 'Evidence.source': EVIDENCE_SOURCES, 'Finding.severity': LEVELS, 'Finding.state': findingLifecycle.states, 'Finding.source': FINDING_SOURCES,
};

const SIMPLE: Readonly<Record<string, Kind>> = { string: TEXT, bool: TRUTH, int: NUMBER, 'map<string, dyn>': UNKNOWN };

const MODEL_KINDS = new Map<string, RecordKind>();
// Each is named by those after it only.
for (const [name, { fields }] of Object.entries(MODEL)) {
  MODEL_KINDS.set(name, { is: 'record', name, fields: Object.fromEntries(Object.entries(fields).map(([field, type]) => [field, kindOfField(`${name}.${field}`, type)])) });
}

function kindOfField(field: string, type: string): Kind {
  if (field === 'Evidence.type') return { is: 'type' };
  const words = WORDS[field];
  const inner = /^list<(\w+)>$/.exec(type)?.[1];
  if (inner !== undefined) return { is: 'list', of: words === undefined ? kindOfType(inner) : { is: 'text', words } };
  return words === undefined ? kindOfType(type) : { is: 'text', words };
}

function kindOfType(type: string): Kind {
  if (type === 'Evidence') return { is: 'evidence', types: null };
  const inner = /^list<(\w+)>$/.exec(type)?.[1];
  return inner === undefined ? SIMPLE[type] ?? MODEL_KINDS.get(type) ?? UNKNOWN : { is: 'list', of: kindOfType(inner) };
}

/** The variables of a condition. `about`: the type of the evidence that a row asks about. */
export function variablesOf(scope: ExpressionScope, about: string | null, payloads: PayloadKinds): Readonly<Record<string, Kind>> {
  const kinds = Object.fromEntries(Object.entries(VARIABLES[scope]).map(([name, type]) => [name, kindOfType(type)]));
  if (about === null) return { ...kinds, clock: { is: 'clock' } };
  return { ...kinds, clock: { is: 'clock' }, evidence: { is: 'evidence', types: [about] }, payload: payloadOf([about], payloads) };
}

/** What a payload of one of these types, or of any, can be. */
export function payloadOf(types: readonly string[] | null, payloads: PayloadKinds): Kind {
  if (types === null) return either([...payloads.values()]);
  return either(types.map((type) => payloads.get(type) ?? UNKNOWN));
}

/** Each only once: a list of a hundred times the same, and a list of that, is of no more kinds than the first. */
export function either(kinds: readonly Kind[]): Kind {
  const flat = [...new Set(kinds.flatMap(alternatives))];
  const [only] = flat;
  if (only === undefined || flat.includes(UNKNOWN)) return UNKNOWN;
  return flat.length === 1 ? only : { is: 'either', of: flat };
}

export function alternatives(kind: Kind): readonly Kind[] {
  return kind.is === 'either' ? kind.of : [kind];
}

/** The kind of a field; null = there is no such field. */
export function fieldOf(kind: Kind, name: string, payloads: PayloadKinds): Kind | null {
  const found = alternatives(kind).flatMap((one) => {
    if (one.is === 'unknown') return [UNKNOWN];
    if (one.is === 'evidence') return name === 'payload' ? [payloadOf(one.types, payloads)] : ownField(MODEL_KINDS.get('Evidence'), name);
    return ownField(one, name);
  });
  return found.length === 0 ? null : either(found);
}

function ownField(kind: Kind | undefined, name: string): readonly Kind[] {
  const field = kind?.is === 'record' && Object.hasOwn(kind.fields, name) ? kind.fields[name] : undefined;
  return field === undefined ? [] : [field];
}

/** The names of its fields; null = they are not known. */
export function fieldNames(kind: Kind): readonly string[] | null {
  const names = alternatives(kind).map((one) => {
    if (one.is === 'evidence') return Object.keys(MODEL_KINDS.get('Evidence')?.fields ?? {});
    return one.is === 'record' ? Object.keys(one.fields) : one.is === 'unknown' ? null : [];
  });
  return names.some((some) => some === null) ? null : [...new Set(names.flatMap((some) => some ?? []))];
}

/** What it is, for whoever has to mend the condition. */
export function nameOf(kind: Kind): string {
  const names: Readonly<Record<Kind['is'], string>> = {
    text: 'a text', type: 'a text', number: 'a number', truth: 'true or false', nothing: 'null', clock: 'the clock', list: 'a list', evidence: 'a piece of evidence', record: 'a record', either: 'one of several things', unknown: 'something',
  };
  return kind.is === 'either' ? [...new Set(kind.of.map(nameOf))].join(' or ') : names[kind.is];
}
