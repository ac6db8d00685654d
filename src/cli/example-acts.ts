/** What the people of the example do more than once: assess, treat, sign, deploy. Each through the public services, as that person. */
import type { INestApplicationContext } from '@nestjs/common';
import { ConfirmationsService } from '../acceptances/confirmations.service.js';
import type { Lane } from '../domain/actor.js';
import { plusDays, type Instant } from '../domain/clock.js';
import { sha256 } from '../domain/digest.js';
import type { Mitigation } from '../domain/mitigation.js';
import type { Stored } from '../domain/package.js';
import type { GatedKind } from '../domain/policy-terms.js';
import type { Promotion } from '../domain/promotion.js';
import type { Release } from '../domain/release.js';
import type { Risk } from '../domain/risk.js';
import type { ConsequenceClass } from '../domain/scoring.js';
import type { Choice } from '../domain/choice.js';
import type { Attestation, SignOff } from '../domain/sign-off.js';
import { EvidenceService } from '../evidence/evidence.service.js';
import { DeploymentsService } from '../gate/deployments.service.js';
import { GateService } from '../gate/gate.service.js';
import { MitigationsService } from '../mitigations/mitigations.service.js';
import type { RequestContext } from '../platform/request-context.js';
import { SignOffsService } from '../reviews/sign-offs.service.js';
import { RisksService } from '../risks/risks.service.js';

/** Likelihood and consequence, 1 to 5 each. */
type Pair = readonly [likelihood: number, consequence: number];

export interface ExampleRisk {
  readonly source: string;
  readonly event: string;
  readonly consequence: string;
  readonly taxonomy: readonly string[];
  readonly affected: readonly string[];
}

export class ExampleActs {
  constructor(private readonly app: INestApplicationContext, readonly as: (handle: string) => RequestContext) {}

  /** So many days from now; a day of the past is negative. */
  inDays(days: number): Instant {
    return plusDays(new Date().toISOString(), days);
  }

  async log(systemId: string, risk: ExampleRisk, draft = false): Promise<Stored<Risk>> {
    const { source, event, consequence, taxonomy, affected } = risk;
    return this.app.get(RisksService).log(this.as('sam'), systemId, { statement: { source, event, consequence }, affectedParties: affected, taxonomy, owner: 'sam', release: null }, draft);
  }

  /** Logged, and estimated by Hugo: before any treatment, and with what is in place today. */
  async assess(systemId: string, risk: ExampleRisk, estimate: { kind: ConsequenceClass; inherent: Pair; current: Pair; rationale: string }): Promise<Stored<Risk>> {
    const logged = await this.log(systemId, risk);
    const rating = ([likelihood, value]: Pair): { likelihood: number; consequences: { class: ConsequenceClass; value: number }[] } => ({ likelihood, consequences: [{ class: estimate.kind, value }] });
    return this.app.get(RisksService).assess(this.as('hugo'), at(logged), {
      inherent: rating(estimate.inherent), current: rating(estimate.current), target: null, rationale: estimate.rationale, strengthOfKnowledge: 'MEDIUM',
    });
  }

  async confirm(risk: Stored<Risk>): Promise<Stored<Risk>> {
    return this.app.get(ConfirmationsService).confirm(this.as('rita'), at(risk));
  }

  async propose(risk: Stored<Risk>, mitigation: { title: string; description: string; due: Instant; reduces: number; requiredFrom: GatedKind | null }): Promise<Stored<Mitigation>> {
    return this.app.get(MitigationsService).propose(this.as('dana'), risk.id, { ...mitigation, owner: 'dana', effect: 'BOTH', control: null });
  }

  /** Carried out by Dana on a report, both verified by Vera. */
  async verified(mitigation: Stored<Mitigation>, report: { type: string; title: string; days: number }): Promise<Stored<Mitigation>> {
    const service = this.app.get(MitigationsService);
    const evidence = this.app.get(EvidenceService);
    const submitted = await evidence.submit(this.as('dana'), mitigation.systemId, {
      type: report.type, title: report.title, digest: sha256(report.title), subjectDigest: null, location: null, collectedAt: this.inDays(0), validUntil: this.inDays(report.days), supersedes: null,
    });
    await evidence.verify(this.as('vera'), at(submitted));
    const started = await service.begin(this.as('dana'), at(mitigation), 'start');
    return service.verify(this.as('vera'), at(await service.implement(this.as('dana'), at(started), [submitted.id])));
  }

  async sign(handle: string, promotions: readonly Stored<Promotion>[], lanes: readonly Lane[], vote: { statement: string; choice?: Choice; attests?: readonly Attestation[] }): Promise<Stored<SignOff>> {
    const service = this.app.get(SignOffsService);
    const shown = await service.request(this.as(handle), promotions.map((promotion) => promotion.id), lanes);
    const answer = { challenge: shown.challenge, packageDigests: shown.packages.map((one) => one.digest) };
    return service.confirm(this.as(handle), answer, { choice: vote.choice ?? 'APPROVE', statement: vote.statement, attests: vote.attests ?? [] });
  }

  /** The pipeline asks, and deploys what it may. */
  async deploy(release: Stored<Release>, environment: string): Promise<void> {
    const { bundleDigest, systemId } = release;
    const answer = await this.app.get(GateService).authorize(this.as('pipeline'), { target: { kind: 'BUNDLE', bundleDigest }, system: systemId, environment, action: 'promote' });
    if (answer.grant === null) throw new Error(`the example may not deploy to ${environment}: ${answer.decision.reasons.map((reason) => `${reason.requirement} ${reason.code}`).join(', ')}`);
    await this.app.get(DeploymentsService).report(this.as('pipeline'), { grant: answer.grant.id, bundleDigest, environment });
  }
}

export function at(record: { readonly id: string; readonly version: number }): { id: string; expectedVersion: number } {
  return { id: record.id, expectedVersion: record.version };
}
