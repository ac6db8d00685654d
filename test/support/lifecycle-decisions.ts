// The scenes of test/lifecycles.csv about what is done and decided: mitigations, acceptances, promotions.
import { AcceptancesService } from '../../src/acceptances/acceptances.service.js';
import { ConfirmationsService } from '../../src/acceptances/confirmations.service.js';
import { plusDays } from '../../src/domain/clock.js';
import type { MitigationState } from '../../src/domain/mitigation.js';
import { EvidenceService } from '../../src/evidence/evidence.service.js';
import { DeploymentsService } from '../../src/gate/deployments.service.js';
import { GateService } from '../../src/gate/gate.service.js';
import { MitigationTable } from '../../src/mitigations/mitigation.table.js';
import { MitigationsService } from '../../src/mitigations/mitigations.service.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { PromotionsService } from '../../src/reviews/promotions.service.js';
import { PromotionTable } from '../../src/reviews/review.table.js';
import { SignOffsService } from '../../src/reviews/sign-offs.service.js';
import { ReleaseTable } from '../../src/systems/system.table.js';
import { REASON, type Action, type Actor, type Scene, type Subject, type Versioned } from './lifecycle-scenes.js';
import { at, confirmSign } from './register.js';

const NOBODY: Actor = { handle: '', parts: [] };

function mitigations(scene: Scene): MitigationsService {
  return scene.register.app.get(MitigationsService);
}

/** Each state with the acts that lead there from PROPOSED: by the owner, or by Kim, who has no part in it. */
const WAYS: Readonly<Record<MitigationState, readonly string[]>> = {
  PROPOSED: [], IN_PROGRESS: ['start'], IMPLEMENTED: ['start', 'implement'], VERIFIED: ['start', 'implement', 'verify'], INEFFECTIVE: ['start', 'implement', 'fail'], CANCELLED: ['cancel', 'agree'],
};

async function makeMitigation(scene: Scene, state: string, actor: Actor): Promise<Versioned> {
  const risk = await scene.risk({ ...actor, parts: actor.parts.filter((part) => part === 'developer') });
  // Somebody without the right to work on it may still be named its owner.
  const owner = scene.part(actor, 'owner', 'dana');
  const author = scene.part(actor, 'author', 'dana');
  const proposed = await mitigations(scene).propose(scene.as(author), risk.id, {
    title: 'A filter', description: 'It filters.', owner, due: plusDays(new Date().toISOString(), 10), effect: 'LIKELIHOOD', reduces: 1, requiredFrom: null, control: null,
  });
  let record: Versioned = proposed;
  for (const way of WAYS[state as MitigationState]) record = await doMitigation(scene, record, { way, owner });
  if (actor.parts.includes('after the owner')) return mitigations(scene).cancel(scene.as(owner), at(record), REASON);
  return actor.parts.includes('after an officer') ? mitigations(scene).cancel(scene.as('hugo'), at(record), REASON) : record;
}

async function doMitigation(scene: Scene, record: Versioned, { way, owner }: { way: string; owner: string }): Promise<Versioned> {
  switch (way) {
    case 'start': return mitigations(scene).begin(scene.as(owner), at(record), 'start');
    case 'implement': return implement(scene, record, owner);
    case 'verify': return mitigations(scene).verify(scene.as('kim'), at(record));
    case 'fail': return mitigations(scene).fail(scene.as('kim'), at(record), REASON);
    case 'cancel': return mitigations(scene).cancel(scene.as(owner), at(record), REASON);
    default: return mitigations(scene).cancel(scene.as('rita'), at(record), REASON);
  }
}

/** On evidence that Kim has verified. */
async function implement(scene: Scene, record: Versioned, handle: string): Promise<Versioned> {
  const { systemId } = await scene.register.app.get(UnitOfWork).read(scene.as('axel'), 'register.read', (read) => read.get(MitigationTable, record.id));
  const submitted = await scene.evidence(NOBODY, systemId);
  await scene.register.app.get(EvidenceService).verify(scene.as('kim'), at(submitted));
  return mitigations(scene).implement(scene.as(handle), at(record), [submitted.id]);
}

const mitigation: Subject = {
  make: makeMitigation,
  actions: {
    start: (scene, record, { handle }) => mitigations(scene).begin(scene.as(handle), at(record), 'start'),
    implement: (scene, record, { handle }) => implement(scene, record, handle),
    verify: (scene, record, { handle }) => mitigations(scene).verify(scene.as(handle), at(record)),
    fail: (scene, record, { handle }) => mitigations(scene).fail(scene.as(handle), at(record), REASON),
    restart: (scene, record, { handle }) => mitigations(scene).begin(scene.as(handle), at(record), 'restart'),
    cancel: (scene, record, { handle }) => mitigations(scene).cancel(scene.as(handle), at(record), REASON),
  },
};

const acceptance: Subject = {
  make: async (scene, state, actor) => {
    const service = scene.register.app.get(AcceptancesService);
    const risk = await scene.risk(actor, { level: 'moderate' });
    const requester = scene.part(actor, 'requester', 'sam');
    const requested = await service.request(scene.as(requester), at(risk), { reason: REASON, validUntil: plusDays(new Date().toISOString(), 10) });
    if (state === 'WITHDRAWN') return service.end(scene.as(requester), at(requested), 'withdraw', REASON);
    if (state === 'REVOKED') return service.end(scene.as('hugo'), at(requested), 'revoke', REASON);
    return actor.parts.includes('grantor') ? service.grant(scene.as(actor.handle), at(requested)) : requested;
  },
  actions: {
    grant: (scene, record, { handle }) => scene.register.app.get(AcceptancesService).grant(scene.as(handle), at(record)),
    withdraw: (scene, record, { handle }) => scene.register.app.get(AcceptancesService).end(scene.as(handle), at(record), 'withdraw', REASON),
    revoke: (scene, record, { handle }) => scene.register.app.get(AcceptancesService).end(scene.as(handle), at(record), 'revoke', REASON),
  },
};

/** The grant and the bundle of a promotion that the gate has allowed, by the id of the promotion. */
const allowed = new Map<string, { readonly grant: string; readonly bundleDigest: string }>();

async function makePromotion(scene: Scene, state: string, actor: Actor): Promise<Versioned> {
  const app = scene.register.app;
  const risk = await scene.risk({ handle: actor.handle, parts: [] });
  await app.get(ConfirmationsService).confirm(scene.as('rita'), at(risk));
  const { systemId } = risk as Versioned & { systemId: string };
  const release = await scene.release(NOBODY, systemId);
  const requester = scene.part(actor, 'requester', 'sam');
  const opened = await app.get(PromotionsService).open(scene.as(requester), { release: release.id, environment: 'pilot', reason: REASON });
  const asked = await app.get(SignOffsService).request(scene.as('sam'), [opened.id], opened.lanes.map(({ lane }) => lane));
  await confirmSign(scene.register, 'sam', { challenge: asked.challenge, packageDigests: asked.packages.map((shown) => shown.digest) });
  await authorize(scene, opened, scene.part(actor, 'grant holder', 'pipeline'));
  if (state === 'CANCELLED') return app.get(PromotionsService).cancel(scene.as(requester), at(opened), REASON);
  if (state === 'REJECTED') return reject(scene, opened, 'rita');
  if (state === 'SUPERSEDED') return supersede(scene, opened, requester);
  if (state === 'OPEN') return opened;
  await report(scene, opened, scene.part(actor, 'grant holder', 'pipeline'));
  return present(scene, opened.id);
}

async function authorize(scene: Scene, { id, releaseId }: { id: string; releaseId: string }, handle: string): Promise<void> {
  const { bundleDigest, systemId } = await scene.register.app.get(UnitOfWork).read(scene.as('axel'), 'register.read', (read) => read.get(ReleaseTable, releaseId));
  const { grant, decision } = await scene.register.app.get(GateService).authorize(scene.as(handle), { target: { kind: 'BUNDLE', bundleDigest }, system: systemId, environment: 'pilot', action: 'promote' });
  if (grant === null) throw new Error(`no grant: ${decision.reasons.map((reason) => reason.code).join(', ')}`);
  allowed.set(id, { grant: grant.id, bundleDigest });
}

async function report(scene: Scene, { id }: { id: string }, handle: string): Promise<void> {
  const { grant, bundleDigest } = allowed.get(id)!;
  await scene.register.app.get(DeploymentsService).report(scene.as(handle), { grant, bundleDigest, environment: 'pilot' });
}

function present(scene: Scene, id: string): Promise<Versioned> {
  return scene.register.app.get(UnitOfWork).read(scene.as('axel'), 'register.read', (read) => read.get(PromotionTable, id));
}

async function reject(scene: Scene, { id }: { id: string }, handle: string): Promise<Versioned> {
  const asked = await scene.register.app.get(SignOffsService).request(scene.as(handle), [id], ['RISK']);
  await scene.register.app.get(SignOffsService).confirm(scene.as(handle), { challenge: asked.challenge, packageDigests: asked.packages.map(({ digest }) => digest) }, { choice: 'REJECT', statement: REASON, attests: [] });
  return present(scene, id);
}

async function supersede(scene: Scene, { id }: { id: string }, handle: string): Promise<Versioned> {
  const { releaseId } = await scene.register.app.get(PromotionsService).promotion(scene.as('axel'), id);
  await scene.register.app.get(PromotionsService).open(scene.as(handle), { release: releaseId, environment: 'pilot', reason: REASON, supersedes: id });
  return present(scene, id);
}

const promote: Action = async (scene, record, { handle }) => {
  await report(scene, record, handle);
  return present(scene, record.id);
};

const promotion: Subject = {
  make: makePromotion,
  actions: { cancel: (scene, record, { handle }) => scene.register.app.get(PromotionsService).cancel(scene.as(handle), at(record), REASON), promote, reject: (scene, record, { handle }) => reject(scene, record, handle), supersede: (scene, record, { handle }) => supersede(scene, record, handle) },
};

export const DECISION_SUBJECTS: Readonly<Record<string, Subject>> = { mitigation, acceptance, promotion };
