/** Reads a policy as people write it, in YAML or JSON. Whatever is wrong is refused with line and column, all of it at once. */
import { isInstant } from '../domain/clock.js';
import type { Catalogue } from '../domain/expression-check.js';
import { MOST_FLAWS, slipOfType } from '../domain/expression-words.js';
import { neverFlaws } from '../domain/never-waived.js';
import { conditionFlaws, payloadFlaws } from '../domain/policy-conditions.js';
import { requirementOf, type ObligationRow, type RequirementRow } from '../domain/policy-terms.js';
import { CONTRADICTION_NEXT, contradictionWithin, type PolicyDocument } from '../domain/policy-version.js';
import { type Refusal, type RefusalFacts } from '../domain/refusal.js';
import { POLICY_SCHEMA } from './document-schema.js';
import { checkOf } from './json-schema.js';
import { catalogueFor } from './payload-kinds.js';
import { PlacedText, type Path, type Placed } from './placed-text.js';

const KIND = { field: 'source', called: 'A policy', next: 'Mend the text and draft it again; nothing was changed.' };

const validate = checkOf(POLICY_SCHEMA);

/** The document, with everything filled in that may be left out. */
export function parsePolicy(source: string): PolicyDocument {
  const text = new PlacedText(source, KIND);
  const document = text.value();
  if (!validate(document)) throw text.refusalOfShape(validate.errors ?? []);
  const policy = complete(document as PolicyDocument);
  const problems = [...rowProblems(policy, ['requirements']), ...freezeProblems(policy), ...obligationProblems(policy, ['obligations']), ...neverFlaws(policy).map(({ index, message }) => ({ path: ['waivers', 'never', index, 'requirement'], message }))];
  if (problems.length > 0) throw text.refusal(problems);
  const clash = contradictionWithin(policy);
  if (clash !== null) throw text.refusal([{ path: ['bindings', clash.index], message: clash.message }], { code: 'POLICY_BINDINGS_CONTRADICT', next: CONTRADICTION_NEXT });
  return policy;
}

/** What the rules say against a binding of the document, with its place in the text. */
export function contradictionIn(source: string, { field = '', message = '' }: RefusalFacts): Refusal {
  return new PlacedText(source, KIND).refusal([{ path: ['bindings', Number(field.split('.')[1])], message }], { code: 'POLICY_BINDINGS_CONTRADICT', next: CONTRADICTION_NEXT });
}

/** What is said about parts of a document, each with line and column. */
export function placesIn(source: string, said: readonly Placed[]): readonly string[] {
  return said.length === 0 ? [] : new PlacedText(source, KIND).refusal(said).facts.because ?? [];
}

function complete(document: PolicyDocument): PolicyDocument {
  const { requirements, freezes, bindings, obligations, ...rest } = document as Partial<PolicyDocument> & Pick<PolicyDocument, 'bindings'>;
  return {
    ...rest, bindings: bindings.map((binding) => ({ ...binding, mode: (binding as { mode?: typeof binding.mode }).mode ?? 'ENFORCE' })), freezes: (freezes ?? []).map((freeze) => ({ ...freeze, from: instantOf(freeze.from), until: instantOf(freeze.until) })),
    requirements: (requirements ?? []).map(completeRow),
    // What a policy of before there were obligations says stays as it was, to the byte.
    ...(obligations === undefined ? {} : { obligations: obligations.map(completeObligation) }),
  } as PolicyDocument;
}

const ROW_DEFAULTS = { when: {}, severity: 'BLOCK', next: null, basis: [] } as const;
const CONDITION_DEFAULTS = { ...ROW_DEFAULTS, code: 'READINESS_INCOMPLETE' } as const;
const RULE_DEFAULTS = { ...CONDITION_DEFAULTS, condition: null } as const;
const EVIDENCE_DEFAULTS = { ...ROW_DEFAULTS, code: 'EVIDENCE_FAILED', subject: 'RELEASE', maxAgeDays: null, condition: null } as const;

const OBLIGATION_DEFAULTS = { when: {}, basis: [] } as const;
const DEFAULTS = { CONDITION: CONDITION_DEFAULTS, RULE: RULE_DEFAULTS, EVIDENCE: EVIDENCE_DEFAULTS } as const;

/** A row with everything filled in that may be left out. */
export function completeRow(row: RequirementRow): RequirementRow {
  return { ...DEFAULTS[row.kind], ...row };
}

export function completeObligation(row: ObligationRow): ObligationRow {
  return { ...OBLIGATION_DEFAULTS, ...row };
}

/** What a document asks for. */
export type Asked = Pick<PolicyDocument, 'requirements' | 'obligations'>;

/** `at`: where the rows stand in the text. */
export function rowProblems({ requirements: rows, obligations }: Asked, at: Path): Placed[] {
  const names = rows.map(requirementOf);
  const catalogue = catalogueFor(rows, obligations);
  let told = 0;
  return rows.flatMap((row, index) => {
    const twice = names.indexOf(requirementOf(row)) === index ? [] : [{ path: [...at, index, 'id'], message: `${row.id} is there twice` }];
    // R7/M-3 is the evidence of a mitigation.
    const taken = row.kind === 'EVIDENCE' && /^M-[1-9]\d*$/.test(row.id) ? [{ path: [...at, index, 'id'], message: `${row.id} is the number of a mitigation` }] : [];
    const asked = told < MOST_FLAWS ? askedProblems(row, catalogue, [...at, index]) : [];
    told += asked.length;
    return [...twice, ...taken, ...asked];
  });
}

function askedProblems(row: RequirementRow, catalogue: Catalogue, at: Path): Placed[] {
  const asked = conditionFlaws(row, catalogue).map(({ message, start }) => ({ path: [...at, 'condition'], message, offset: start }));
  const looked = row.kind === 'EVIDENCE' ? payloadFlaws(row, catalogue).map(({ at: part, message }) => ({ path: [...at, ...part], message })) : [];
  return [...asked, ...looked];
}

export function obligationProblems({ requirements, obligations: rows = [] }: Asked, at: Path): Placed[] {
  // What it is shown by is asked for days after a release went in: nobody would see until then that there is no such thing.
  const { known } = catalogueFor(requirements);
  return rows.flatMap(({ id, evidenceType }, index) => {
    const twice = rows.findIndex((other) => other.id === id) === index ? [] : [`${id} is there twice`];
    // R14/C-4 is a condition of a vote.
    const taken = /^C-[1-9]\d*$/.test(id) ? [`${id} is the number of a condition`] : [];
    const slip = known.hasSlip(evidenceType) ? [{ path: [...at, index, 'evidenceType'], message: slipOfType(evidenceType, known) }] : [];
    return [...[...twice, ...taken].map((message) => ({ path: [...at, index, 'id'], message })), ...slip];
  });
}

function freezeProblems({ freezes }: PolicyDocument): Placed[] {
  return freezes.flatMap(({ id, from, until }, index) => {
    const unknown = [['from', from], ['until', until]].filter(([, instant = '']) => !isInstant(instant)).map(([name = '']) => ({ path: ['freezes', index, name], message: 'is no instant' }));
    const twice = freezes.findIndex((other) => other.id === id) === index ? [] : [{ path: ['freezes', index, 'id'], message: `${id} is there twice` }];
    return [...unknown, ...twice, ...(unknown.length > 0 || until > from ? [] : [{ path: ['freezes', index, 'until'], message: 'is not after from' }])];
  });
}

/** With milliseconds, so that instants compare as text; what is none, or of a day that there is not, stays as it was. */
function instantOf(text: string): string {
  const time = Date.parse(text);
  const instant = Number.isNaN(time) ? text : new Date(time).toISOString();
  return instant.slice(0, 10) === text.slice(0, 10) ? instant : text;
}
