/** What a gate case leaves out: everything in order, merged with what the case says, and once more with what happens before the question. */
import { LANES } from './actor.js';
import { classificationIn } from './gate-case-classes.js';
import type { CaseEvent, GateCase, Records, Situation } from './gate-case.js';
import { later } from './gate-case-time.js';
import type { Instant } from './clock.js';
import { requiredAssessments, requiredLanes, type GatePolicy } from './policy.js';
import { ENVIRONMENT_KINDS, type EnvironmentKind } from './release.js';

/** Every part of a situation that holds records. */
export const RECORDS = [
  'environments', 'releases', 'people', 'delegations', 'risks', 'mitigations', 'evidence', 'acceptances', 'impactAssessments', 'findings', 'suspensions', 'promotions', 'reviews', 'conditions',
  'waivers', 'deployments', 'grants', 'baselines', 'breakGlasses',
] as const satisfies readonly (keyof Situation)[];
export type RecordsName = (typeof RECORDS)[number];

type OneOf<R> = R extends Records<infer T> ? T : never;
/** A situation in which nothing is left out that a rule looks at. */
export type Scene = Omit<Situation, RecordsName | 'action' | 'environment' | 'release' | 'target'> & {
  readonly action: NonNullable<Situation['action']>; readonly environment: string; readonly release: string; readonly target: string;
  /** Of the people whom every case has, those whom this one has not. */
  readonly absent: readonly string[];
} & { readonly [N in RecordsName]: Readonly<Record<string, OneOf<NonNullable<Situation[N]>>>> };

/** As it was signed, and as it is when the question is asked. */
export interface Scenes { readonly then: Scene; readonly now: Scene; readonly asked: Instant }

/** Every kind of environment under its own name. */
const ENVIRONMENTS = Object.fromEntries(ENVIRONMENT_KINDS.map((kind) => [kind.toLowerCase(), { kind }]));

/** What a risk says unless it says otherwise, and what is accepted with it. */
export const RISK_IN_ORDER = { level: 'LOW', event: 'instructions are followed', release: 'none' } as const;

/** What every case begins with. */
export const IN_ORDER: Situation = {
  action: 'promote', environment: 'production', release: 'REL-1', target: 'bundle', environments: ENVIRONMENTS, releases: { 'REL-1': {} }, risks: { 'R-1': {} }, evidence: { 'E-1': {} }, promotions: { 'P-1': {} }, grants: { 'G-1': {} },
};

/** `policy`: the one that applies, with what the case changes about it. */
export function scenesOf({ given, event }: GateCase, policy: GatePolicy): Scenes {
  const said = mergeSituations(IN_ORDER, given);
  const settled = settle(withWhatIsDemanded(said, policy));
  const happened: Situation = event === null ? {} : changes(event);
  return { then: sceneOf(settled), now: sceneOf(settle(mergeSituations(settled, happened))), asked: later(event?.after) };
}

/** Later words replace earlier ones, field by field; lists, and what a piece of evidence says, as wholes. */
export function mergeSituations(first: Situation, second: Situation): Situation {
  return merge(first, second);
}

export function merge<T>(first: T, second: unknown): T {
  if (!isFields(first) || !isFields(second)) return second as T;
  const names = new Set([...Object.keys(first), ...Object.keys(second)]);
  return Object.fromEntries([...names].map((name) => [name, !(name in second) ? first[name] : name === 'payload' ? second[name] : merge(first[name], second[name])])) as T;
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function changes({ what: _what, after: _after, ...situation }: CaseEvent): Situation {
  return situation;
}

/** A vote for every lane, two where four eyes are demanded, and every impact assessment. */
function withWhatIsDemanded(situation: Situation, policy: GatePolicy): Situation {
  const [classification, kind] = [classificationIn(situation), kindAsked(situation)];
  const votes = requiredLanes(policy, classification, kind).flatMap(({ lane, level }) => (level === 'FOUR_EYES' ? [lane, `${lane}/${secondOf(policy, lane)}`] : [lane]));
  const demanded: Situation = {
    reviews: Object.fromEntries(votes.map((vote) => [vote, situation.reviews?.others ?? {}])),
    impactAssessments: Object.fromEntries(requiredAssessments(policy, classification, kind).map((needed) => [needed, {}])),
  };
  const { others: _others, ...reviews } = situation.reviews ?? {};
  return mergeSituations(demanded, { ...situation, reviews });
}

function kindAsked({ environment = '', environments = {} }: Situation): EnvironmentKind {
  const place = environments[environment];
  return place === undefined || place === 'none' ? 'SANDBOX' : place.kind ?? 'PRODUCTION';
}

/** Somebody of another function than the lane's. */
export function secondOf({ laneFunctions }: Pick<GatePolicy, 'laneFunctions'>, lane: string): string {
  return laneFunctions[LANES.find((known) => known === lane) ?? 'RISK'] === 'product' ? 'third' : 'second';
}

/** What is not said about a record follows from what was asked about when it came in, and stays so. */
function settle(situation: Situation): Situation {
  const { release, environment, risks = {} } = situation;
  const located = { release, environment };
  const here = <T>(records: Records<T> | undefined): Records<T> => each(records, (record) => ({ ...located, ...record }));
  const promotions = here(situation.promotions);
  const standing = Object.entries(promotions).findLast(([, one]) => one !== 'none' && one.release === release && one.environment === environment)?.[0] ?? 'P-1';
  return {
    ...situation, promotions,
    reviews: each(situation.reviews, (vote) => ({ for: standing, ...vote })),
    acceptances: each(situation.acceptances, (acceptance) => {
      const risk = risks[acceptance.risk ?? 'R-1'];
      const { level, event, release: scope } = { ...RISK_IN_ORDER, ...(risk === 'none' ? {} : risk) };
      return { level, event, release: scope, ...acceptance };
    }),
    waivers: here(situation.waivers), deployments: here(situation.deployments), grants: here(situation.grants), baselines: here(situation.baselines), breakGlasses: here(situation.breakGlasses),
  };
}

function each<T>(records: Records<T> | undefined, fill: (record: T) => T): Records<T> {
  return Object.fromEntries(Object.entries(records ?? {}).map(([name, record]) => [name, record === 'none' ? record : fill(record)]));
}

function sceneOf(situation: Situation): Scene {
  const there = Object.fromEntries(RECORDS.map((name) => [name, Object.fromEntries(Object.entries(situation[name] ?? {}).filter(([, record]) => record !== 'none'))]));
  const absent = Object.entries(situation.people ?? {}).filter(([, person]) => person === 'none').map(([name]) => name);
  return { ...situation, ...there, absent } as Scene;
}

