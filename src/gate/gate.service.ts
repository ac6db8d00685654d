/**
 * Answers the question. A decision comes into being in one way only: epochs, facts, evaluation, then confirmed and recorded under the
 * log's lock. The same question while nothing has changed gets that same decision, after one look at the present epochs.
 */
import { Injectable, Logger } from '@nestjs/common';
import { useBreakGlass } from '../domain/break-glass.js';
import type { Instant } from '../domain/clock.js';
import { canonicalJson } from '../domain/digest.js';
import type { Override } from '../domain/gate-break-glass.js';
import { ENGINE_VERSION, evaluateGate, type Verdict } from '../domain/gate.js';
import { planOf, type GatePlan } from '../domain/gate-plan.js';
import { decide, factsManifest, NO_POLICY, questionHash, told, type CanonicalDecision, type GateDecision } from '../domain/gate-decision.js';
import type { GateFacts, GateQuestion, Reason, ReasonCode } from '../domain/gate-question.js';
import { mintGrant, requireGrantable, type Grant } from '../domain/grant.js';
import type { GatePolicy } from '../domain/policy.js';
import type { Stored } from '../domain/package.js';
import { Refusal, type RefusalCode } from '../domain/refusal.js';
import type { EnvironmentKind } from '../domain/release.js';
import { StaleFacts } from '../platform/database.js';
import { lockWhenContended, readEpochs } from '../platform/epochs.js';
import { unkeyed } from '../platform/idempotency-key.js';
import { loadOne } from '../platform/loading.js';
import { Metrics, secondsSince, type GateOperation } from '../platform/metrics.js';
import type { RequestContext } from '../platform/request-context.js';
import type { ReadScope } from '../platform/scope.js';
import type { Epochs, Tx } from '../platform/transaction.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { editionAt, ShippedEditions } from '../policies/shipped-editions.js';
import { SystemTable } from '../systems/system.table.js';
import { BreakGlassTable } from './break-glass.table.js';
import { BatchedFacts } from './batched-facts.js';
import { answerOf, dryAnswer, type Answer } from './answer.js';
import { loadFacts, policyFor, systemsTouched, type FactSource } from './gate.facts.js';
import { DecisionTable, GrantTable } from './gate.table.js';
import { HistoricFacts } from './historic-facts.js';
import { LiveFacts } from './live-facts.js';

/** An answer, and what kind of environment it is about; null = none that is known. */
interface Judged { readonly answer: Answer; readonly kind: EnvironmentKind | null }


@Injectable()
export class GateService {
  readonly #logger = new Logger(GateService.name);

  constructor(private readonly work: UnitOfWork, private readonly editions: ShippedEditions, private readonly metrics: Metrics) {}

  /** May it? Recorded, grants nothing, may be repeated at will. */
  async check(ctx: RequestContext, question: GateQuestion): Promise<Answer> {
    return this.#answer('check', question, async () => (await this.#remembered(ctx, question)) ?? this.#decide(unkeyed(ctx), question, 'gate.check'));
  }

  /** The same decision; on ALLOW with a grant for one deployment. */
  async authorize(ctx: RequestContext, question: GateQuestion): Promise<Answer> {
    requireGrantable(question.action);
    return this.#answer('authorize', question, () => this.#decide(ctx, question, 'gate.authorize'));
  }

  /** The same evaluation, neither recorded nor confirmed: for looking ahead, never for deploying. */
  async dryRun(ctx: RequestContext, question: GateQuestion): Promise<Answer> {
    return this.#answer('dryRun', question, () => this.work.read(ctx, 'gate.dryRun', (scope) => this.#evaluate(scope, new LiveFacts(scope), question)));
  }

  /** What would be answered at a later instant if nobody did anything until then: the facts of today under the clock of that day. */
  async forecast(ctx: RequestContext, question: GateQuestion, at: Instant): Promise<Answer> {
    return this.#answer('dryRun', question, () => this.work.read(ctx, 'gate.dryRun', async (scope) => {
      if (at < scope.now) throw new Refusal('INVALID_INPUT', { field: 'at', message: 'A forecast looks ahead.', actual: at, next: 'For the past, list the decisions that were recorded: decisions.' });
      return this.#evaluate(scope, new LiveFacts(scope), question, at);
    }));
  }

  /** What would have been answered at an instant of the past: by the register as it was, and the policy of that time. */
  async asOf(ctx: RequestContext, question: GateQuestion, at: Instant): Promise<Answer> {
    return this.#answer('dryRun', question, () => this.work.read(ctx, 'gate.dryRun', async (scope) => {
      if (at > scope.now) throw new Refusal('INVALID_INPUT', { field: 'at', message: 'What was answered lies in the past.', actual: at, next: 'To look ahead: gateForecast.' });
      const shipped = await editionAt(scope, at);
      const facts = await loadFacts(await HistoricFacts.at(scope, at), question, { callerId: ctx.principalId, now: at, callers: new LiveFacts(scope), shipped });
      return judged(dryAnswer(facts, at, shipped), facts);
    }));
  }

  /** The acts by which a blocked question comes to ALLOW. */
  async plan(ctx: RequestContext, question: GateQuestion): Promise<GatePlan> {
    return this.work.read(ctx, 'gate.dryRun', async (scope) => {
      const facts = await this.#facts(scope, new LiveFacts(scope), question);
      return planOf(evaluateGate(policyFor(facts, this.editions.current), facts, scope.clock()), facts.about);
    });
  }

  /** A dry run about one of many promotions: the facts for all that an answer shows are read together. */
  async dryRunOfMany(ctx: RequestContext, question: GateQuestion): Promise<Answer> {
    return this.#answer('dryRun', question, async () => {
      const found = await loadOne(ctx, 'dry run', JSON.stringify(question), (questions) => this.work.read(ctx, 'gate.dryRun', async (scope) => {
        const source = new BatchedFacts(scope);
        return new Map(await Promise.all(questions.map(async (each) => [each, await this.#evaluate(scope, source, JSON.parse(each) as GateQuestion)] as const)));
      }));
      if (found === null) throw new Error('a question without its answer');
      return found;
    });
  }

  async #evaluate(scope: ReadScope, source: FactSource, question: GateQuestion, at: Instant = scope.now): Promise<Judged> {
    const facts = await this.#facts(scope, source, question);
    return judged(dryAnswer(facts, at, this.editions.current), facts);
  }

  #facts(scope: ReadScope, source: FactSource, question: GateQuestion): Promise<GateFacts> {
    return loadFacts(source, question, { callerId: scope.ctx.principalId, now: scope.now, shipped: this.editions.current });
  }

  /** A recorded decision, as it was given. */
  async decision(ctx: RequestContext, id: string): Promise<Answer> {
    return answerOf(await this.work.read(ctx, 'register.read', (scope) => scope.get(DecisionTable, id)));
  }

  async #decide(ctx: RequestContext, question: GateQuestion, permission: 'gate.check' | 'gate.authorize'): Promise<Judged> {
    return this.work.write(ctx, permission, async (tx) => {
      await this.editions.note(tx);
      await lockWhenContended(tx);
      // A repeat is judged anew, unless there is a grant to give again.
      tx.repeatableUntil = tx.now;
      const source = new LiveFacts(tx);
      const epochs = await this.#epochs(tx, question, source);
      const facts = await this.#facts(tx, source, question);
      const policy = policyFor(facts, this.editions.current);
      checkAsked(tx, permission, facts, epochs);
      const clock = tx.clock();
      const evaluation = evaluateGate(policy, facts, clock);
      const id = tx.newId();
      const factsDigest = await tx.keep(canonicalJson(factsManifest(policy, facts, { now: clock.now, decision: id })));
      const decided = await tx.put(DecisionTable, decide({ id, factsDigest, epochs, questionHash: questionHash(question, ctx.principalId, this.editions.current), identityFreshness: ctx.identityFreshness }, policy, facts, { evaluation, clock }));
      const grant = permission === 'gate.authorize' && evaluation.enforcedVerdict === 'ALLOW' && policy !== null ? await this.#grant(tx, policy, decided) : null;
      tx.holdStill({ epochs, computedAt: clock.now, until: evaluation.holdsUntil?.at ?? null });
      return judged({ ...answerOf(decided), grant }, facts);
    });
  }

  async #grant(tx: Tx, policy: GatePolicy, decided: Stored<GateDecision>): Promise<Stored<Grant>> {
    const { override } = decided.decision;
    if (override !== null) await this.#useUp(tx, policy, { override, decided });
    return mint(tx, policy, decided);
  }

  /** By the grant that it leads to, under its lock: whoever comes second finds it used, and begins again. */
  async #useUp(tx: Tx, policy: GatePolicy, { override, decided }: { override: Override; decided: Stored<GateDecision> }): Promise<void> {
    const breakGlass = await tx.lockIfFree(BreakGlassTable, override.breakGlassId);
    if (breakGlass?.state !== 'INVOKED') throw new StaleFacts();
    await tx.put(BreakGlassTable, useBreakGlass(breakGlass, { at: decided.decidedAt, personId: tx.actor.personId, policy }), breakGlass);
    this.#logger.warn({ msg: 'break-glass used', breakGlass: breakGlass.number, decision: decided.id, steppedOver: override.steppedOver });
  }

  /** Read before any fact. A question that names no system, or none that is there, also depends on which releases exist at all. */
  async #epochs(tx: Tx, question: GateQuestion, source: LiveFacts): Promise<Epochs> {
    const systems = await systemsTouched(source, question);
    const namedSystem = question.system === null ? null : await source.find(SystemTable, question.system);
    const inventory = namedSystem !== null ? [] : await tx.query<{ id: string }>('select gate.inventory_scope() as id');
    return readEpochs(tx, [...systems, ...inventory.map((row) => row.id)]);
  }

  /** The last decision about this question, if every epoch is still what it was, its time is not over and the caller is known as surely: one statement on the primary. */
  async #remembered(ctx: RequestContext, question: GateQuestion): Promise<Judged | null> {
    return this.work.read(ctx, 'gate.check', async (scope) => {
      const rows = await scope.query<{ id: string; kind: EnvironmentKind | null }>(`
        select d.id, (select kind from environments where id = d.environment_id) from (select * from gate_decisions where question_hash = $1 order by decided_at desc limit 1) d
        where d.identity_freshness = $2 and (d.holds_until is null or clock_timestamp() < d.holds_until) and not exists (
          select from jsonb_each_text(d.epochs) seen left join gate.epochs e on e.scope_id = seen.key::uuid where coalesce(e.changed_seq, -1) <> seen.value::bigint)`,
      [questionHash(question, ctx.principalId, this.editions.current), ctx.identityFreshness]);
      const [row] = rows;
      return row === undefined ? null : { answer: answerOf(await scope.get(DecisionTable, row.id)), kind: row.kind };
    });
  }

  /** Counts what was answered; a refused question is no answer. */
  async #answer(operation: GateOperation, question: GateQuestion, judge: () => Promise<Judged>): Promise<Answer> {
    const begun = performance.now();
    const { answer, kind } = await this.#closed(question, judge);
    this.metrics.questionAnswered({ operation, kind, verdict: answer.decision.verdict }, secondsSince(begun));
    return operation === 'dryRun' ? answer : { ...answer, decision: told(answer.decision) };
  }

  /** Fails closed: whatever keeps us from judging is an ERROR with its reason, never a remembered verdict. A client's own mistake stays a refusal. */
  async #closed(question: GateQuestion, judge: () => Promise<Judged>): Promise<Judged> {
    try {
      return await judge();
    } catch (error) {
      if (error instanceof Refusal && !(error.code in UNJUDGED)) throw error;
      const code = error instanceof Refusal ? UNJUDGED[error.code] : undefined;
      this.#logger.error({ msg: 'the gate could not judge', error: error instanceof Error ? error.stack : String(error) });
      return { answer: this.#error(question, code ?? 'POLICY_ERROR'), kind: null };
    }
  }

  #error(question: GateQuestion, code: ReasonCode): Answer {
    const reasons: Reason[] = [{ code, severity: 'BLOCK', rule: 'GATE', requirement: 'GATE', params: {} }];
    const verdict: Verdict = 'ERROR';
    const decision: CanonicalDecision = {
      verdict, enforcedVerdict: verdict, mode: 'ENFORCE', engine: ENGINE_VERSION, action: question.action, environment: question.environment, target: null, policy: NO_POLICY, reasons, lanes: [], promotionId: null, override: null, limitedBy: null,
    };
    return { id: null, decision, decidedAt: new Date().toISOString(), holdsUntil: null, factsDigest: null, identityFreshness: null, grant: null };
  }
}

const UNJUDGED: Partial<Record<RefusalCode, ReasonCode>> = {
  REGISTER_UNAVAILABLE: 'REGISTER_UNAVAILABLE', OVERLOADED: 'REGISTER_UNAVAILABLE', AUDIT_UNAVAILABLE: 'AUDIT_UNAVAILABLE', OUTCOME_UNKNOWN: 'AUDIT_UNAVAILABLE', INTERNAL_ERROR: 'POLICY_ERROR',
  // The question's own size was judged when it was parsed: what is too large here are the facts.
  TOO_LARGE: 'POLICY_ERROR', NOT_FOUND: 'POLICY_ERROR',
};

function judged(answer: Answer, { environment }: GateFacts): Judged {
  return { answer, kind: environment?.kind ?? null };
}

async function mint(tx: Tx, policy: GatePolicy, decided: Stored<GateDecision>): Promise<Stored<Grant>> {
  const { target, promotionId, action, override } = decided.decision;
  if (target === null || decided.environmentId === null) throw new Error('an ALLOW without a target');
  requireGrantable(action);
  const about = {
    id: tx.newId(), decisionId: decided.id, systemId: target.systemId, releaseId: target.releaseId, environmentId: decided.environmentId, bundleDigest: target.bundleDigest,
    action, promotionId, breakGlassId: override?.breakGlassId ?? null, issuedTo: decided.callerId, issuedAt: decided.decidedAt,
  };
  const grant = await tx.put(GrantTable, mintGrant(about, { minutes: policy.grantMinutes, noLaterThan: decided.holdsUntil }));
  tx.repeatableUntil = grant.expiresAt;
  return grant;
}

/** What is judged was looked at before any fact, and a person authorizes only where their role reaches. */
function checkAsked(tx: Tx, permission: 'gate.check' | 'gate.authorize', { about, caller }: GateFacts, epochs: Epochs): void {
  if (about === null) return;
  if (!(about.system.id in epochs)) throw new StaleFacts();
  if (permission === 'gate.authorize' && caller.kind === 'USER') tx.requireFor(permission, about.system.id);
}
