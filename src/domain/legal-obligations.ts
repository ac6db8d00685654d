/**
 * Which articles apply to a system on a day, and what changes next. An article concerns a system by its class, flags, roles and the places where
 * it is used; what is not known about it concerns it. What applies is a matter of dates alone: the policies ask for what they ask for regardless.
 */
import { classificationOf, liveRecord, rolesOf, statedClasses } from './classification.js';
import type { NotingClock } from './clock.js';
import { Refusal } from './refusal.js';
import { EU_CLASSES, type ActRole, type AiSystem, type EuClass, type SystemFlag } from './system.js';

/** A calendar day such as 2027-12-02; days compare as texts do. */
export type Day = string;

/** What of a system decides which articles concern it; null = not known. */
export interface LegalFacts {
  /** Every class that one of the sources states. */
  readonly euClasses: readonly EuClass[] | null;
  readonly flags: readonly SystemFlag[] | null;
  readonly roles: readonly ActRole[] | null;
  readonly jurisdictions: readonly string[];
  /** When the first unit of its type was placed on the market or put into service, if its design has not changed significantly since. */
  readonly unchangedSince: Day | null;
}

/** From which day until which (that day is no part of it) something holds, for the classes or for all. */
export interface Period { readonly classes?: readonly EuClass[]; readonly from: Day; readonly until?: Day }

/** What was there before a day is caught from another one; `from` null = not at all until its design changes. */
export interface Transition { readonly classes?: readonly EuClass[]; readonly flags?: readonly SystemFlag[]; readonly placedBefore: Day; readonly from: Day | null; readonly source: string }

export interface Timeline { readonly source: string; readonly periods: readonly Period[]; readonly transitions?: readonly Transition[] }

export const JURISDICTIONS = ['EU', 'US', 'GB'] as const;
export type Jurisdiction = (typeof JURISDICTIONS)[number];
export const OBLIGATION_KINDS = ['LAW', 'GUIDANCE'] as const;

export interface LegalObligation {
  /** Framework, version and node of a catalogue, such as eu-ai-act@2026-1744#Art-9. */
  readonly reference: string;
  readonly kind: (typeof OBLIGATION_KINDS)[number];
  readonly jurisdiction: Jurisdiction;
  readonly timeline: Timeline;
  /** One of each is enough; absent = whatever it is. */
  readonly classes?: readonly EuClass[];
  readonly flags?: readonly SystemFlag[];
  readonly roles?: readonly ActRole[];
}

export const OBLIGATION_STATES = ['APPLIES', 'NOT_YET', 'ENDED', 'NOT_CONCERNED'] as const;
export type ObligationState = (typeof OBLIGATION_STATES)[number];
export const LEGAL_FACTS = ['EU_CLASS', 'FLAGS', 'ROLES', 'JURISDICTIONS', 'UNCHANGED_SINCE'] as const;

/** A fact that it was judged by: what was looked for, and what was found; `found` null = the fact is not known, and counts as if it were there. */
export interface Ground { readonly fact: (typeof LEGAL_FACTS)[number]; readonly holds: boolean; readonly asked: readonly string[]; readonly found: readonly string[] | null }

export interface JudgedObligation {
  readonly obligation: LegalObligation;
  readonly state: ObligationState;
  /** The first day on which it applies to the system, and the first on which it does no longer; null = never, or without end. */
  readonly from: Day | null;
  readonly until: Day | null;
  /** Where those days are written. */
  readonly source: string;
  /** Why it concerns the system, or why not: then only what does not hold. */
  readonly because: readonly Ground[];
}

export interface ObligationChange { readonly obligation: LegalObligation; readonly before: ObligationState; readonly after: ObligationState }
/** The next day on which the answer is another one. */
export interface NextChange { readonly on: Day; readonly changes: readonly ObligationChange[] }
export interface ObligationsOnDay { readonly on: Day; readonly obligations: readonly JudgedObligation[]; readonly nextChange: NextChange | null }

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function checkDay(text: string, field: string): Day {
  const time = DAY.test(text) ? Date.parse(`${text}T00:00:00.000Z`) : Number.NaN;
  if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(text)) return text;
  throw new Refusal('INVALID_INPUT', { field, message: `${field} is no day of the calendar.`, actual: text.slice(0, 40), expected: 'a day such as 2027-12-02' });
}

/** What nobody has assessed is not known, a system that nobody has classified may be of any class, and roles are known while a signature on them lasts. */
export function legalFactsOf(system: Pick<AiSystem, 'id' | 'tierAssessments' | 'classifications' | 'jurisdictions'>, unchangedSince: Day | null, clock: NotingClock): LegalFacts {
  const { flags } = classificationOf(system);
  const isAssessed = system.tierAssessments.length > 0;
  return { euClasses: statedClasses(system), flags: isAssessed ? flags : null, roles: liveRecord(system, clock) === null ? null : rolesOf(system, clock), jurisdictions: system.jurisdictions, unchangedSince };
}

export function obligationsOn(all: readonly LegalObligation[], facts: LegalFacts, on: Day): ObligationsOnDay {
  const obligations = all.map((obligation) => judge(obligation, facts, on));
  return { on, obligations, nextChange: nextChange(obligations, facts, on) };
}

/** From which day an article is law for a system of the classes; of several, the first. Null = it has no day there. */
export function firstDay({ timeline }: LegalObligation, euClasses: readonly EuClass[] | null): Day | null {
  return periodsFor(timeline, euClasses).map(({ from }) => from).sort()[0] ?? null;
}

/** Every day on which it begins for somebody, those of transitional rules among them. */
export function daysOf({ timeline }: LegalObligation): Day[] {
  return [...new Set([...timeline.periods, ...timeline.transitions ?? []].flatMap(({ from }) => from ?? []))].sort();
}

function nextChange(now: readonly JudgedObligation[], facts: LegalFacts, on: Day): NextChange | null {
  const days = now.flatMap(({ from, until }) => [from, until]).filter((day): day is Day => day !== null && day > on);
  for (const day of [...new Set(days)].sort()) {
    const changes = now.map(({ obligation, state }) => ({ obligation, before: state, after: judge(obligation, facts, day).state })).filter(({ before, after }) => before !== after);
    if (changes.length > 0) return { on: day, changes };
  }
  return null;
}

function judge(obligation: LegalObligation, facts: LegalFacts, on: Day): JudgedObligation {
  const { timeline } = obligation;
  const grounds = groundsOf(obligation, facts);
  const against = grounds.filter(({ holds }) => !holds);
  const days = { from: firstDay(obligation, facts.euClasses), until: lastDay(timeline, facts.euClasses), source: timeline.source };
  if (against.length > 0) return { obligation, state: 'NOT_CONCERNED', ...days, because: against };
  const transition = transitionFor(obligation, facts);
  if (transition === null) return { obligation, state: stateOn(days, on), ...days, because: grounds };
  const placed: Ground = { fact: 'UNCHANGED_SINCE', holds: transition.from !== null, asked: [transition.placedBefore], found: facts.unchangedSince === null ? null : [facts.unchangedSince] };
  const moved = { from: transition.from, until: days.until, source: transition.source };
  return transition.from === null ? { obligation, state: 'NOT_CONCERNED', ...moved, because: [placed] } : { obligation, state: stateOn(moved, on), ...moved, because: [...grounds, placed] };
}

function stateOn({ from, until }: { readonly from: Day | null; readonly until: Day | null }, on: Day): ObligationState {
  if (from === null) return 'NOT_CONCERNED';
  if (on < from) return 'NOT_YET';
  return until !== null && until <= on ? 'ENDED' : 'APPLIES';
}

function periodsFor({ periods }: Timeline, euClasses: readonly EuClass[] | null): readonly Period[] {
  return periods.filter(({ classes }) => classes === undefined || (euClasses?.some((one) => classes.includes(one)) ?? true));
}

function lastDay(timeline: Timeline, euClasses: readonly EuClass[] | null): Day | null {
  const ends = periodsFor(timeline, euClasses).map(({ until }) => until ?? null);
  return ends.some((end) => end === null) ? null : ends.sort().at(-1) ?? null;
}

/** The one that catches it first, where it was there before: what is not known relaxes nothing, nor does what would not for another class of it that the article is about. */
function transitionFor({ timeline: { transitions = [] }, classes }: LegalObligation, { unchangedSince, euClasses, flags }: LegalFacts): Transition | null {
  if (unchangedSince === null) return null;
  const fitting = transitions.filter((one) => unchangedSince < one.placedBefore && (one.flags?.some((flag) => flags?.includes(flag) ?? true) ?? true));
  const concerned = euClasses?.filter((one) => classes?.includes(one) ?? true) ?? [null];
  const forEach = concerned.map((euClass) => earliest(fitting.filter((one) => one.classes === undefined || (euClass !== null && one.classes.includes(euClass)))));
  const relaxing = forEach.filter((one) => one !== null);
  return relaxing.length === forEach.length ? earliest(relaxing) : null;
}

function earliest(transitions: readonly Transition[]): Transition | null {
  return [...transitions].sort((a, b) => ((a.from ?? '9999') < (b.from ?? '9999') ? -1 : 1))[0] ?? null;
}

function groundsOf(obligation: LegalObligation, facts: LegalFacts): Ground[] {
  const { euClasses, flags, roles } = facts;
  return [
    ...ground('EU_CLASS', obligation.classes, euClasses),
    ...ground('FLAGS', obligation.flags, orByClass(obligation.flags, flags, euClasses)),
    ...ground('ROLES', obligation.roles, orByClass(obligation.roles, roles, euClasses)),
    ...ground('JURISDICTIONS', [obligation.jurisdiction], placesOf(facts.jurisdictions)),
  ];
}

/** A flag or a role that is a class as well holds by either; as long as neither says so and one is not known, it is not known. */
function orByClass(asked: readonly string[] = [], known: readonly string[] | null, euClasses: readonly EuClass[] | null): readonly string[] | null {
  const isClass = asked.some((one) => (EU_CLASSES as readonly string[]).includes(one));
  if (!isClass || (known?.some((one) => asked.includes(one)) ?? false)) return known;
  return euClasses === null ? null : known && [...known, ...euClasses];
}

function ground(fact: Ground['fact'], asked: readonly string[] | undefined, known: readonly string[] | null): Ground[] {
  if (asked === undefined) return [];
  const found = known === null ? null : known.filter((one) => asked.includes(one));
  return [{ fact, holds: found === null || found.length > 0, asked, found }];
}

/** The European Economic Area, where EU law of this kind holds; EL is how the Union writes Greece. */
const EEA: ReadonlySet<string> = new Set('EU EEA AT BE BG CY CZ DE DK EE EL ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK'.split(' '));
const PLACE = /^(EU|EEA|[A-Z]{2})(-[A-Z0-9]{1,3})?$/;
const COUNTRIES = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** The places by their codes (ISO 3166); null = there are none, or one is said in words of which nobody knows where they are. */
function placesOf(jurisdictions: readonly string[]): readonly string[] | null {
  const codes = jurisdictions.map(placeOf);
  return codes.length === 0 || codes.includes(null) ? null : codes.filter((code) => code !== null);
}

function placeOf(text: string): string | null {
  const [, code = null] = PLACE.exec(text.trim().toUpperCase()) ?? [];
  if (code === null) return null;
  if (EEA.has(code)) return 'EU';
  if (code === 'UK') return 'GB';
  return COUNTRIES.of(code) === undefined ? null : code;
}
