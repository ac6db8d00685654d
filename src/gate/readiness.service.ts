/** How far a release is on its way from pilot to production: every item of the policy that applies where it is meant to go, judged now, written nowhere. */
import { Injectable } from '@nestjs/common';
import type { Finding } from '../domain/finding.js';
import { evaluateGate, type Evaluation } from '../domain/gate.js';
import { subjectsOf } from '../domain/gate-mitigations.js';
import type { GateQuestion } from '../domain/gate-question.js';
import type { LawDateConfirmation } from '../domain/law-date-confirmation.js';
import type { Stored } from '../domain/package.js';
import { progressOf, readinessOf, type ReadinessItem, type ThemeProgress } from '../domain/gate-readiness.js';
import { judgeRows } from '../domain/gate-requirements.js';
import type { GatePolicy } from '../domain/policy.js';
import type { Environment, Release } from '../domain/release.js';
import type { AiSystem } from '../domain/system.js';
import { notFound } from '../platform/scope.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { LawDateTable } from '../policies/law-date.table.js';
import { loadFacts, policyFor } from './gate.facts.js';
import { LiveFacts } from './live-facts.js';

export interface Readiness {
  readonly policy: GatePolicy;
  readonly system: AiSystem;
  readonly release: Release;
  readonly environment: Environment;
  readonly verdict: Evaluation['verdict'];
  readonly items: readonly ReadinessItem[];
  readonly themes: readonly ThemeProgress[];
  /** What the pilot of the system, or of this release, has brought up, settled or not. */
  readonly pilotFindings: readonly Finding[];
  /** The dates of law that somebody confirmed and nobody took back. */
  readonly confirmations: readonly Stored<LawDateConfirmation>[];
}

@Injectable()
export class ReadinessService {
  constructor(private readonly work: UnitOfWork) {}

  /** Refused where the question does not name one release and one environment that a policy is bound to. */
  async readiness(ctx: RequestContext, question: GateQuestion): Promise<Readiness> {
    return this.work.read(ctx, 'gate.dryRun', async (scope) => {
      const facts = await loadFacts(new LiveFacts(scope), question, { callerId: ctx.principalId, now: scope.now });
      const { about, environment } = facts;
      const policy = policyFor(facts);
      if (environment === null) throw notFound('Environment', question.environment);
      if (about === null) throw notFound('Release', 'of this question');
      if (policy === null) throw notFound('Policy', `of ${environment.name}`);
      const clock = scope.clock();
      const proof = { criteria: about.criteria, mitigations: about.mitigations, evidence: about.evidence, subjects: subjectsOf(about.release), clock };
      const evaluation = evaluateGate(policy, facts, clock);
      const items = readinessOf(judgeRows(policy, { about, environment, proof }), evaluation);
      const pilotFindings = about.findings.filter(({ source, releaseId }) => source === 'PILOT' && (releaseId === null || releaseId === about.release.id));
      return { policy, system: about.system, release: about.release, environment, verdict: evaluation.verdict, items, themes: progressOf(items), pilotFindings, confirmations: await scope.all(LawDateTable, { state: 'CONFIRMED' }) };
    });
  }
}
