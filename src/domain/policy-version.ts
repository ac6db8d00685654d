/**
 * How a policy comes into force: drafted, tested by its cases, submitted, approved by two people who did not write it, activated. What was
 * drafted never changes; another text is another version. The version that was in force before is superseded in the same act.
 */
import { grantsEverywhere, type Principal } from './actor.js';
import { plusDays, type Instant, type NotingClock } from './clock.js';
import { checkText, digestOf, type Digest } from './digest.js';
import type { Decided } from './events.js';
import { defineLifecycle } from './lifecycle.js';
import { contradict } from './policy-binding.js';
import type { GatePolicy } from './policy.js';
import type { Binding } from './policy-terms.js';
import { Refusal } from './refusal.js';

export const policyLifecycle = defineLifecycle('policy', {
  DRAFT: { test: 'TESTED', withdraw: 'WITHDRAWN' },
  TESTED: { test: 'TESTED', submit: 'IN_REVIEW', withdraw: 'WITHDRAWN' },
  IN_REVIEW: { test: 'IN_REVIEW', approve: 'IN_REVIEW', activate: 'ACTIVE', withdraw: 'WITHDRAWN' },
  ACTIVE: { supersede: 'SUPERSEDED' },
  SUPERSEDED: {},
  WITHDRAWN: {},
});
export type PolicyState = 'DRAFT' | 'TESTED' | 'IN_REVIEW' | 'ACTIVE' | 'SUPERSEDED' | 'WITHDRAWN';

/** A policy as it is written down: what the gate uses, without the digest that follows from it. */
export type PolicyDocument = Omit<GatePolicy, 'digest'> & { readonly title: string };

export interface PolicyApproval { readonly personId: string; readonly principalId: string; readonly at: Instant }

export interface PolicyVersion {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  /** The name of the policy, shared by all its versions. */
  readonly policyId: string;
  /** The author's own name of this version, such as `1.4.0`. */
  readonly label: string;
  readonly title: string;
  /** The text as it was written, kept by its digest. */
  readonly sourceDigest: Digest;
  readonly document: PolicyDocument;
  readonly documentDigest: Digest;
  /** The cases that it has to pass, as they were written, kept by their digest. */
  readonly casesDigest: Digest;
  /** Why it was written. */
  readonly note: string;
  readonly state: PolicyState;
  readonly draftedBy: string;
  readonly draftedAt: Instant;
  readonly tested: { readonly at: Instant; readonly cases: number; readonly engine: string } | null;
  readonly approvals: readonly PolicyApproval[];
  readonly activatedAt: Instant | null;
  readonly supersededAt: Instant | null;
  readonly ending: string | null;
}

/** How many people other than the author approve, and for how many days that counts. */
export const APPROVALS_NEEDED = 2;
export const APPROVAL_DAYS = 30;

/** `engine`: the rules’ program of today; what was tested by another one was not tested. */
export interface Activator extends PolicyActor { readonly engine: string }

export interface PolicyActor { readonly principal: Principal; readonly personId: string; readonly clock: NotingClock }

/** `earlier`: every version of the same policy. */
export function draftPolicy(
  identity: Pick<PolicyVersion, 'id' | 'number' | 'draftedBy' | 'draftedAt'>, text: Pick<PolicyVersion, 'sourceDigest' | 'casesDigest' | 'note' | 'document'>, earlier: readonly PolicyVersion[],
): Decided<PolicyVersion> {
  const { document, sourceDigest, casesDigest } = text;
  refuseContradiction(contradictionWithin(document));
  const same = earlier.find((other) => other.label === document.version && other.state !== 'WITHDRAWN');
  if (same !== undefined) {
    throw new Refusal('ALREADY_EXISTS', { subject: 'Policy', id: same.number, field: 'version', actual: document.version, message: `${same.number} is version ${document.version} of ${document.id} already.`, next: 'Give the changed text another version.' });
  }
  const note = checkText(text.note, 'note', 4000);
  const next: PolicyVersion = {
    ...identity, version: 1, policyId: document.id, label: document.version, title: document.title, sourceDigest, document, documentDigest: digestOf(document), casesDigest, note,
    state: 'DRAFT', tested: null, approvals: [], activatedAt: null, supersededAt: null, ending: null,
  };
  return { next, event: 'policy.drafted', reason: note };
}

/**
 * What ships is handed in like any other text, in one act: drafted, tested by the cases that it comes with, and submitted. Nobody changes the
 * rules alone. `standing`: every version of a policy that the organization has.
 */
export function adoptPolicy(
  identity: Pick<PolicyVersion, 'id' | 'number' | 'draftedBy' | 'draftedAt'>, text: Pick<PolicyVersion, 'sourceDigest' | 'casesDigest' | 'document'>, run: CaseRun, standing: readonly PolicyVersion[],
): Decided<PolicyVersion> {
  const exists = (of: PolicyVersion, message: string, next: string): Refusal => new Refusal('ALREADY_EXISTS', { subject: 'Policy', id: of.number, actual: of.state, message, next });
  const active = standing.find(({ state }) => state === 'ACTIVE');
  if (active !== undefined) throw exists(active, `${active.number}, version ${active.label} of ${active.policyId}, is in force.`, 'Print the text and hand it in as a version of your own: "countersign policy show --shipped pilot-to-production", "countersign policy apply" (draftPolicy).');
  const same = standing.filter(({ policyId }) => policyId === text.document.id);
  const open = same.find(({ state }) => policyLifecycle.actionsFrom(state).includes('withdraw'));
  if (open !== undefined) throw exists(open, `${open.number}, version ${open.label} of ${open.policyId}, is ${open.state} already.`, 'Bring that one into force (testPolicy, submitPolicy, approvePolicy, activatePolicy), or take it back: withdrawPolicy.');
  const { next: drafted } = draftPolicy(identity, { ...text, note: 'Adopted as it ships.' }, same);
  return { next: submitPolicy(recordTest(drafted, run, identity.draftedAt).next, []).next, event: 'policy.adopted' };
}

/** What the cases of a policy came to. */
export interface CaseRun { readonly cases: number; readonly failed: readonly string[]; readonly engine: string }

export function recordTest(policy: PolicyVersion, run: CaseRun, at: Instant): Decided<PolicyVersion> {
  const state = policyLifecycle.next(policy.state, 'test');
  if (run.cases === 0) throw new Refusal('INVALID_INPUT', { field: 'cases', message: `${policy.number} has no cases: nothing says what it should do.`, next: 'Draft it again with its cases.' });
  if (run.failed.length > 0) {
    throw new Refusal('POLICY_CASES_FAILED', { subject: 'Policy', id: policy.number, message: `${String(run.failed.length)} of ${String(run.cases)} cases fail: ${run.failed.slice(0, 5).join('; ')}.`, next: 'Draft another version whose cases pass.' });
  }
  return { next: { ...policy, state, tested: { at, cases: run.cases, engine: run.engine } }, event: 'policy.tested' };
}

/** Nobody reviews what could not come into force beside the others as they stand; `others`: the versions in force. */
export function submitPolicy(policy: PolicyVersion, others: readonly PolicyVersion[]): Decided<PolicyVersion> {
  const state = policyLifecycle.next(policy.state, 'submit');
  checkBeside(policy, others);
  return { next: { ...policy, state }, event: 'policy.submitted' };
}

/** One more person agrees; nobody twice, and not whoever wrote it. */
export function approvePolicy(policy: PolicyVersion, by: PolicyActor): Decided<PolicyVersion> {
  const state = policyLifecycle.next(policy.state, 'approve');
  const standing = standingApprovals(policy, by.clock);
  const because = [
    ...(policy.draftedBy === by.personId ? ['AUTHOR'] : []), ...(standing.some(({ personId }) => personId === by.personId) ? ['APPROVED_ALREADY'] : []),
    ...(carrierOf(by.principal, by.clock, { author: policy.draftedBy }) === 'ROLE_FROM_AUTHOR' ? ['ROLE_FROM_AUTHOR'] : []),
  ];
  if (because.length > 0) throw new Refusal('SEPARATION_OF_DUTIES', { message: `You cannot approve ${policy.number}: ${because.join(', ')}.`, because, next: 'Ask somebody else.' });
  const approval: PolicyApproval = { personId: by.personId, principalId: by.principal.id, at: by.clock.now };
  return { next: { ...policy, state, approvals: [...policy.approvals.filter(({ personId }) => personId !== by.personId), approval] }, event: 'policy.approved' };
}

/**
 * Approvals count for a while, and only of people who still may give them, by a role that neither the author nor whoever activates has given
 * them: `principals` are those who gave them, as they are now.
 */
export function activatePolicy(policy: PolicyVersion, others: readonly PolicyVersion[], principals: readonly Principal[], by: Activator): Decided<PolicyVersion> {
  const state = policyLifecycle.next(policy.state, 'activate');
  requireTestedBy(policy, by.engine);
  const carriers = standingApprovals(policy, by.clock).map(({ personId, principalId }) => {
    const principal = principals.find(({ id }) => id === principalId);
    return { personId, carrier: principal === undefined ? 'NOT_PERMITTED' : carrierOf(principal, by.clock, { author: policy.draftedBy, activator: by.personId }) };
  });
  const approved = new Set(carriers.filter(({ carrier }) => carrier === 'OTHERS').map(({ personId }) => personId));
  if (approved.size < APPROVALS_NEEDED) {
    throw new Refusal('POLICY_APPROVALS_MISSING', {
      subject: 'Policy', id: policy.number, actual: String(approved.size), expected: String(APPROVALS_NEEDED), message: `${policy.number} is approved by ${String(approved.size)} of ${String(APPROVALS_NEEDED)} people.`,
      because: [...new Set(carriers.map(({ carrier }) => carrier).filter((carrier) => carrier !== 'OTHERS'))], next: 'Have it approved by people who did not write it: approvePolicy.',
    });
  }
  checkBeside(policy, others);
  return { next: { ...policy, state, activatedAt: by.clock.now }, event: 'policy.activated' };
}

function requireTestedBy({ number, tested, title, label }: PolicyVersion, engine: string): void {
  if (tested?.engine === engine) return;
  throw new Refusal('POLICY_CASES_FAILED', {
    subject: 'Policy', id: number, actual: tested?.engine ?? 'none', expected: engine, message: `${number} (${title} ${label}) was tested by another version of the rules: nobody knows what its cases come to now.`, next: 'Have it tested again: testPolicy. Its approvals go on to count.',
  });
}

type Carrier = 'OTHERS' | 'NOT_PERMITTED' | 'ROLE_FROM_AUTHOR' | 'ROLE_FROM_ACTIVATOR';

/** From whom somebody has the role by which they approve: whoever could name the approvers needs none. */
function carrierOf(principal: Principal, clock: NotingClock, { author, activator }: { readonly author: string; readonly activator?: string }): Carrier {
  const from = grantsEverywhere(principal, 'policy.approve', clock).map((grant) => grant.grantedBy ?? null);
  if (from.length === 0) return 'NOT_PERMITTED';
  if (from.some((person) => person === null || (person !== author && person !== activator))) return 'OTHERS';
  return from.includes(author) ? 'ROLE_FROM_AUTHOR' : 'ROLE_FROM_ACTIVATOR';
}

/** The version that was in force goes as the next one comes. */
export function supersedePolicy(policy: PolicyVersion, at: Instant): Decided<PolicyVersion> {
  return { next: { ...policy, state: policyLifecycle.next(policy.state, 'supersede'), supersededAt: at }, event: 'policy.superseded' };
}

export function withdrawPolicy(policy: PolicyVersion, reason: string): Decided<PolicyVersion> {
  const state = policyLifecycle.next(policy.state, 'withdraw');
  const text = checkText(reason, 'reason', 4000);
  return { next: { ...policy, state, ending: text }, event: 'policy.withdrawn', reason: text };
}

export function standingApprovals(policy: PolicyVersion, clock: NotingClock): PolicyApproval[] {
  return policy.approvals.filter(({ at }) => !clock.reached(plusDays(at, APPROVAL_DAYS), 'APPROVAL', policy.id));
}

/** Nobody could say which of two bindings of one priority applies; the place of the version of the same name is free. */
export function checkBeside({ policyId, document }: PolicyVersion, others: readonly PolicyVersion[]): void {
  refuseContradiction(contradictionBeside(document, others.filter((other) => other.policyId !== policyId && other.state === 'ACTIVE').map((other) => other.document)));
}

function refuseContradiction(found: Contradiction | null): void {
  if (found !== null) throw new Refusal('POLICY_BINDINGS_CONTRADICT', { field: `bindings.${String(found.index)}`, message: found.message, next: CONTRADICTION_NEXT });
}

export const CONTRADICTION_NEXT = 'Give them different priorities, or narrow one of them.';

/** A binding, counted from 0 within its document, that another one contradicts. */
export interface Contradiction { readonly index: number; readonly message: string }

type Bound = Pick<PolicyDocument, 'id' | 'bindings'>;
interface Numbered { readonly id: string; readonly index: number; readonly binding: Binding }

/** The first of the document that another one of its own contradicts. Within one policy they may differ in mode only by priority. */
export function contradictionWithin(document: Bound): Contradiction | null {
  const own = numbered(document);
  return firstOf(own, ({ index }) => own.slice(index + 1));
}

/** The first of the document that one of the others contradicts. */
export function contradictionBeside(document: Bound, others: readonly Bound[]): Contradiction | null {
  const theirs = others.flatMap(numbered);
  return firstOf(numbered(document), () => theirs);
}

function numbered({ id, bindings }: Bound): Numbered[] {
  return bindings.map((binding, index) => ({ id, index, binding }));
}

function firstOf(own: readonly Numbered[], against: (one: Numbered) => readonly Numbered[]): Contradiction | null {
  for (const one of own) {
    const other = against(one).find(({ binding }) => contradict(one.binding, binding));
    if (other === undefined) continue;
    const message = `Binding ${String(one.index + 1)} of ${one.id} and binding ${String(other.index + 1)} of ${other.id} have the priority ${String(one.binding.priority)} and can fit the same system in the same environment.`;
    return { index: one.index, message };
  }
  return null;
}
