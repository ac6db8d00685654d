/**
 * What waits for the caller, kind by kind: a record waits for whoever's command about it would be accepted now. The very rules that would
 * accept the command are asked; so the queue holds nothing that ends in a refusal, and leaves out nothing that somebody could do.
 */
import { grantAcceptance } from '../domain/acceptance.js';
import { classificationOf } from '../domain/classification.js';
import { verifyEvidence } from '../domain/evidence.js';
import { closeFinding } from '../domain/finding.js';
import { approveAssessment } from '../domain/impact-assessment.js';
import { verifyMitigation } from '../domain/mitigation.js';
import type { Policies } from '../domain/policy-binding.js';
import { presentLevel } from '../domain/residual.js';
import { confirmRisk } from '../domain/risk.js';
import { recusalsIn } from '../domain/sign-off.js';
import { grantWaiver, waiverOutcome } from '../domain/waiver.js';
import { AcceptanceTable } from '../acceptances/acceptance.table.js';
import { SuspensionTable } from '../acceptances/suspension.table.js';
import { withSuccessors } from '../evidence/evidence.queries.js';
import { EvidenceTable } from '../evidence/evidence.table.js';
import { ImpactTable } from '../impacts/impact.table.js';
import { MitigationTable } from '../mitigations/mitigation.table.js';
import { proofAbout } from '../mitigations/proofs.js';
import { FindingTable } from '../monitoring/finding.table.js';
import { PrincipalTable } from '../platform/principal.table.js';
import { policiesInForce } from '../policies/in-force.js';
import type { ReadScope } from '../platform/scope.js';
import { BatchedSource } from '../reviews/batched-source.js';
import { keptPackages } from '../reviews/packages.js';
import { SignOffTable } from '../reviews/review.table.js';
import { requestersOf } from '../reviews/rounds.js';
import { currentPackage } from '../reviews/shown-packages.js';
import { WaiverTable } from '../reviews/waiver.table.js';
import { RiskTable } from '../risks/risk.table.js';
import { SystemTable } from '../systems/system.table.js';
import { accepted, decidedBy, judged, owned, type Found } from './work-candidates.js';
import { tiers } from './work-tiers.js';
import { afterReviews, baselines, changeClaims, conditions, ownConditions, secondKeys } from './work-confirmations.js';

export async function workItems(scope: ReadScope): Promise<Found> {
  const policies = await policiesInForce(scope);
  const found = [
    await acceptances(scope), await waivers(scope, policies), await risks(scope), await evidence(scope), await mitigations(scope), await findings(scope), await assessments(scope, policies),
    await tiers(scope, policies), await secondKeys(scope), await afterReviews(scope), await baselines(scope), await changeClaims(scope), await conditions(scope),
    await ownRisks(scope), await ownMitigations(scope), await ownFindings(scope), await ownConditions(scope),
  ];
  return { items: found.flatMap(({ items }) => items), isComplete: found.every(({ isComplete }) => isComplete) };
}

async function acceptances(scope: ReadScope): Promise<Found> {
  return judged(scope, { table: AcceptanceTable, where: `state = 'REQUESTED' and valid_until > now()`, order: 'valid_until', permission: 'risk.accept' }, async (found) => {
    const riskIds = found.map(({ riskId }) => riskId);
    const [about, proof] = [await scope.byIds(RiskTable, riskIds), await proofAbout(scope, riskIds)];
    return {
      accepts: (acceptance) => {
        const risk = about.find(({ id }) => id === acceptance.riskId);
        return risk === undefined ? null : decidedBy(() => grantAcceptance(acceptance, risk, proof, scope.actor))?.next.grants.at(-1)?.role ?? null;
      },
      about: ({ reason, requestedBy, validUntil }) => ({ mutation: 'grantAcceptance', said: reason, askedBy: requestedBy, until: validUntil }),
    };
  });
}

async function waivers(scope: ReadScope, policies: Policies): Promise<Found> {
  return judged(scope, { table: WaiverTable, where: `state = 'REQUESTED' and valid_until > now()`, order: 'valid_until', permission: 'waiver.grant' }, async (found) => {
    const source = new BatchedSource(scope);
    const packages = await keptPackages(scope, found.map(({ packageDigest }) => packageDigest));
    const principals = await scope.byIds(PrincipalTable, found.flatMap(({ grants }) => grants.map(({ principalId }) => principalId)));
    const bases = new Map(await Promise.all(found.map(async (waiver) => {
      const recusals = recusalsIn(await source.all(SignOffTable, { systemId: waiver.systemId }));
      const suspensions = await source.all(SuspensionTable, { systemId: waiver.systemId });
      return [waiver.id, { ...await currentPackage(source, policies, waiver), packages, requesters: await requestersOf(source, waiver), principals, recusals, suspensions, clock: scope.clock() }] as const;
    })));
    return {
      accepts: (waiver) => {
        const basis = bases.get(waiver.id);
        if (basis === undefined || waiverOutcome(waiver, basis) === 'GRANTED') return null;
        return decidedBy(() => grantWaiver(waiver, basis, scope.actor))?.next.grants.at(-1)?.role ?? null;
      },
      about: ({ reason, requestedBy, validUntil }) => ({ mutation: 'grantWaiver', said: reason, askedBy: requestedBy, until: validUntil }),
    };
  });
}

async function risks(scope: ReadScope): Promise<Found> {
  return judged(scope, { table: RiskTable, where: `state in ('ASSESSED', 'TREATING')`, order: 'id', permission: 'risk.confirm' }, async (found) => {
    const proof = await proofAbout(scope, found.map(({ id }) => id));
    const by = { personId: scope.personId, at: scope.now };
    return {
      accepts: (risk) => accepted(() => confirmRisk(risk, { earned: presentLevel(risk, proof), tolerance: proof.criteria.tolerance }, by)),
      about: ({ statement, ownerId }) => ({ mutation: 'confirmRisk', said: statement.event, askedBy: ownerId, until: null }),
    };
  });
}

async function evidence(scope: ReadScope): Promise<Found> {
  return judged(scope, { table: EvidenceTable, where: `state = 'SUBMITTED' and valid_until > now()`, order: 'valid_until', permission: 'evidence.judge' }, () => Promise.resolve({
    accepts: (one) => accepted(() => verifyEvidence(one, { principal: scope.actor, clock: scope.clock() })),
    about: ({ title, validUntil }) => ({ mutation: 'verifyEvidence', said: title, askedBy: null, until: validUntil }),
  }));
}

async function mitigations(scope: ReadScope): Promise<Found> {
  return judged(scope, { table: MitigationTable, where: `state = 'IMPLEMENTED'`, order: 'due', permission: 'mitigation.judge' }, async (found) => {
    const shownBy = await withSuccessors(scope, found.flatMap(({ evidenceIds }) => evidenceIds));
    return {
      accepts: (mitigation) => accepted(() => verifyMitigation(mitigation, { personId: scope.personId, clock: scope.clock() }, shownBy)),
      about: ({ title, ownerId, due }) => ({ mutation: 'verifyMitigation', said: title, askedBy: ownerId, until: due }),
    };
  });
}

async function findings(scope: ReadScope): Promise<Found> {
  return judged(scope, { table: FindingTable, where: `state = 'DONE'`, order: 'due', permission: 'finding.close' }, async (found) => {
    const systems = new Map((await scope.byIds(SystemTable, found.map(({ systemId }) => systemId))).map((system) => [system.id, system]));
    const shownBy = await withSuccessors(scope, found.flatMap(({ evidenceIds }) => evidenceIds));
    return {
      accepts: (finding) => {
        const system = systems.get(finding.systemId);
        return system === undefined ? null : accepted(() => closeFinding(finding, { personId: scope.personId, principal: scope.actor, system, clock: scope.clock() }, shownBy, 'It is answered.'));
      },
      about: ({ statement, ownerId, due }) => ({ mutation: 'closeFinding', said: statement, askedBy: ownerId, until: due }),
    };
  });
}

async function assessments(scope: ReadScope, policies: Policies): Promise<Found> {
  return judged(scope, { table: ImpactTable, where: `state = 'SUBMITTED'`, order: 'id', permission: 'impact.judge' }, async (found) => {
    const systems = new Map((await scope.byIds(SystemTable, found.map(({ systemId }) => systemId))).map((system) => [system.id, system]));
    return {
      accepts: (assessment) => {
        const system = systems.get(assessment.systemId);
        return system === undefined ? null : accepted(() => approveAssessment(assessment, { principal: scope.actor, clock: scope.clock() }, system, { days: policies.validityDays(classificationOf(system).tier), validUntil: null }));
      },
      about: ({ kind, lastEditedBy }) => ({ mutation: 'approveImpactAssessment', said: kind, askedBy: lastEditedBy, until: null }),
    };
  });
}

async function ownRisks(scope: ReadScope): Promise<Found> {
  return owned(scope, { table: RiskTable, where: `state = 'IDENTIFIED'`, order: 'id', permission: 'risk.assess' }, ({ statement, authoredBy }) => ({
    mutation: 'assessRisk', said: statement.event, askedBy: authoredBy, until: null,
  }));
}

const NEXT_STEP = { PROPOSED: 'startMitigation', IN_PROGRESS: 'implementMitigation', INEFFECTIVE: 'restartMitigation' } as const;

async function ownMitigations(scope: ReadScope): Promise<Found> {
  return owned(scope, { table: MitigationTable, where: `state in ('PROPOSED', 'IN_PROGRESS', 'INEFFECTIVE')`, order: 'due', permission: 'mitigation.work' }, ({ title, due, state }) => ({
    mutation: NEXT_STEP[state as keyof typeof NEXT_STEP], said: title, askedBy: null, until: due,
  }));
}

async function ownFindings(scope: ReadScope): Promise<Found> {
  return owned(scope, { table: FindingTable, where: `state in ('OPEN', 'PLANNED')`, order: 'due', permission: 'finding.work' }, ({ statement, raisedBy, due, state }) => ({
    mutation: state === 'OPEN' ? 'planFinding' : 'completeFinding', said: statement, askedBy: raisedBy, until: due,
  }));
}
