/** What is wrong with a gate case that its shape does not tell: a record that is not there, a reason that no gate gives. */
import type { GateCase, Situation } from './gate-case.js';
import { IN_ORDER, mergeSituations, RECORDS, type RecordsName } from './gate-case-scene.js';
import { REASON_CODES } from './gate-question.js';

/** Where in the case it is, and what. */
export interface CaseProblem { readonly path: readonly (string | number)[]; readonly message: string }

export function caseProblems(gateCase: GateCase): CaseProblem[] {
  const { given, event, before, wanted } = gateCase;
  const then = mergeSituations(IN_ORDER, given);
  const { what: _what, after: _after, ...happens } = event ?? { what: '' };
  const now = mergeSituations(then, happens);
  return [
    ...dangling(given, then, 'given'), ...dangling(happens, now, 'event'), ...wantedProblems(before, 'before'), ...wantedProblems(wanted, 'wanted'),
    ...(before !== null && event === null ? [{ path: ['before'], message: 'says what was answered before an event, and there is none' }] : []),
  ];
}

/** The fields that name a record, and among which it has to be. */
const NAMED: Readonly<Record<string, RecordsName>> = { risk: 'risks', evidence: 'evidence', supersedes: 'evidence', acceptance: 'acceptances', renews: 'acceptances', release: 'releases', environment: 'environments', for: 'promotions', delegation: 'delegations', breakGlass: 'breakGlasses' };

function dangling(said: Situation, whole: Situation, at: string): CaseProblem[] {
  const asked = said.release !== undefined && !isThere(whole, 'releases', said.release) ? [{ path: [at, 'release'], message: `there is no ${said.release}` }] : [];
  return [...asked, ...RECORDS.flatMap((records) => Object.entries(said[records] ?? {}).flatMap(([number, record]) => (typeof record === 'string' ? [] : danglingIn(record as object, whole).map(([field, name]) => ({ path: [at, records, number, field], message: `there is no ${name}` })))))];
}

function danglingIn(record: object, whole: Situation): (readonly [field: string, name: string])[] {
  return Object.entries(record).flatMap(([field, value]) => {
    const among = NAMED[field];
    const names = Array.isArray(value) ? value as unknown[] : [value];
    return among === undefined ? [] : names.filter((name) => typeof name === 'string' && name !== 'none' && !isThere(whole, among, name)).map((name) => [field, String(name)] as const);
  });
}

function isThere(situation: Situation, records: RecordsName, name: string): boolean {
  const found: unknown = situation[records]?.[name];
  return found !== undefined && found !== 'none';
}

const SEVERITIES: readonly string[] = ['BLOCK', 'WARN', 'INFO'];
const CODES: readonly string[] = REASON_CODES;

/** A line that no gate could ever give would be missing for ever, and whoever reads that looks in the wrong place. */
function wantedProblems(wanted: GateCase['before'], at: string): CaseProblem[] {
  const problems = (lines: readonly string[] | undefined, field: string): CaseProblem[] => (lines ?? []).flatMap((line, index) => {
    const [severity = '', requirement, code = ''] = line.split(' ');
    if (!SEVERITIES.includes(severity) || requirement === undefined) return [{ path: [at, field, index], message: 'is written as severity, requirement and code, such as BLOCK R5/LEGAL REVIEW_PENDING' }];
    return CODES.includes(code) ? [] : [{ path: [at, field, index], message: `${code || 'nothing'} is no reason code` }];
  });
  const says = wanted === null || wanted.verdict === 'ALLOW' || wanted.reasons !== undefined || wanted.includes !== undefined;
  return [...problems(wanted?.reasons, 'reasons'), ...problems(wanted?.includes, 'includes'), ...(says ? [] : [{ path: [at], message: 'names the reasons of what is no ALLOW, all of them or those that it includes' }])];
}
