/** Judges a gate case and says, line by line, where the answer differs from what was wanted. */
import { bindable } from './classification.js';
import type { GateCase, Wanted } from './gate-case.js';
import { questionsOf, type Asked, type CaseBasis } from './gate-case-facts.js';
import { instantTold, tell } from './gate-case-time.js';
import { evaluateGate, type Evaluation } from './gate.js';
import type { Reason, ReasonCode } from './gate-question.js';
import { Policies } from './policy-binding.js';

/** What a case came to: nothing differs, or what does; and the reason codes that its answers hold. */
export interface CaseOutcome { readonly differences: readonly string[]; readonly codes: readonly ReasonCode[] }

export function judgeCase(gateCase: GateCase, basis: CaseBasis): CaseOutcome {
  const { before, after } = questionsOf(gateCase, basis);
  const answers = [{ wanted: gateCase.before, answer: gateCase.before === null ? null : answerTo(before()), said: 'before the event, ' }, { wanted: gateCase.wanted, answer: answerTo(after()), said: '' }];
  return {
    differences: answers.flatMap(({ wanted, answer, said }) => (wanted === null || answer === null ? [] : differencesFrom(wanted, answer).map((difference) => said + difference))),
    codes: [...new Set(answers.flatMap(({ answer }) => answer?.reasons.map(({ code }) => code) ?? []))],
  };
}

/** As a gate would answer whose only policy is this one. */
export function answerTo({ policy, facts, clock }: Asked): Evaluation {
  const { about, environment } = facts;
  const bound = about === null || environment === null ? policy : new Policies([policy]).bound(bindable(about.system), environment);
  return evaluateGate(bound, facts, clock);
}

/** `BLOCK R5/LEGAL REVIEW_STALE COMPONENT`: severity, requirement and code, and then whatever tells it from others of its code. */
export function lineOf({ severity, requirement, code, params }: Reason): string {
  const { because = [], differences = [], dueBy, problem } = params;
  const details = [...because, ...new Set(differences.map(({ kind, changeClass }) => changeClass ?? kind)), ...(problem === undefined ? [] : ['(problem)']), ...(dueBy === undefined ? [] : [`until ${tell(dueBy)}`])];
  return [severity, requirement, code, ...details].join(' ');
}

const MET = 'INFO GATE ALL_REQUIREMENTS_MET';

function differencesFrom(wanted: Wanted, answer: Evaluation): string[] {
  const { verdict, enforcedVerdict, mode, obligations } = wanted;
  const same = (what: string, want: string | undefined, got: string): string[] => (want === undefined || want === got ? [] : [`${what}: wanted ${want}, got ${got}`]);
  return [
    ...same('verdict', verdict, answer.verdict), ...same('enforcedVerdict', enforcedVerdict, answer.enforcedVerdict), ...same('mode', mode, answer.mode), ...reasonDifferences(wanted, answer.reasons.map(lineOf)),
    ...same('obligations', obligations === undefined ? undefined : list(obligations), list(answer.obligations.map(({ id }) => id))),
    ...untilDifferences(wanted.until, answer.holdsUntil),
  ];
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'none' : [...names].sort().join(', ');
}

function reasonDifferences({ verdict, reasons, includes }: Wanted, got: readonly string[]): string[] {
  const wanted = [...reasons ?? (verdict === 'ALLOW' && includes === undefined ? [MET] : []), ...includes ?? []];
  const left = [...got];
  const missing = wanted.filter((line) => {
    const found = left.findIndex((one) => fits(line, one));
    if (found >= 0) left.splice(found, 1);
    return found < 0;
  });
  // Where only some reasons are named, the others are told as well, so that a reader finds the one that is meant.
  const surplus = includes === undefined ? left : [];
  return [...missing.map((line) => `missing:    ${line}`), ...surplus.map((line) => `unexpected: ${line}`), ...(includes !== undefined && missing.length > 0 ? left.map((line) => `got:        ${line}`) : [])];
}

/** The first three words say which reason it is; of the details, those that are wanted have to be there. */
function fits(wanted: string, got: string): boolean {
  const [want, have] = [partsOf(wanted), partsOf(got)];
  return want.reason === have.reason && want.details.every((detail) => have.details.includes(detail)) && (want.until === null || want.until === have.until);
}

function partsOf(line: string): { reason: string; details: string[]; until: string | null } {
  const [words = '', until] = line.split(' until ');
  const [severity, requirement, code, ...details] = words.split(' ');
  return { reason: [severity, requirement, code].join(' '), details, until: until === undefined ? null : instantTold(until) };
}

function untilDifferences(wanted: string | undefined, got: Evaluation['holdsUntil']): string[] {
  if (wanted === undefined) return [];
  const [what, ...told] = wanted === 'never' ? [] : wanted.split(' ');
  const isSame = what === undefined ? got === null : got !== null && got.what === what && got.at === instantTold(told.join(' '));
  return isSame ? [] : [`until: wanted ${wanted}, got ${got === null ? 'never' : `${got.what} ${tell(got.at)}`}`];
}
