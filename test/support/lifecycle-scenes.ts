// Brings a record to a state with somebody having a part in it, and does one action as that somebody: what the rows of test/lifecycles.csv describe.
import { AcceptancesService } from '../../src/acceptances/acceptances.service.js';
import { ConfirmationsService } from '../../src/acceptances/confirmations.service.js';
import type { Role } from '../../src/domain/actor.js';
import { plusDays } from '../../src/domain/clock.js';
import { sha256 } from '../../src/domain/digest.js';
import type { AssessmentInput } from '../../src/domain/risk.js';
import { EvidenceService } from '../../src/evidence/evidence.service.js';
import { BUILT_IN_ISSUER } from '../../src/identity/issuer.js';
import { PeopleService } from '../../src/identity/people.service.js';
import type { RequestContext } from '../../src/platform/request-context.js';
import { RisksService } from '../../src/risks/risks.service.js';
import { ReleasesService } from '../../src/systems/releases.service.js';
import { SystemsService } from '../../src/systems/systems.service.js';
import { at, estimate, type Register } from './register.js';

export interface Versioned { readonly id: string; readonly version: number; readonly state: string }

/** Who acts: the handle, and what part the record gives to it. */
export interface Actor { readonly handle: string; readonly parts: readonly string[] }

export type Action = (scene: Scene, record: Versioned, actor: Actor) => Promise<{ readonly state: string }>;

export interface Subject {
  /** Makes a record in this state. */
  readonly make: (scene: Scene, state: string, actor: Actor) => Promise<Versioned>;
  readonly actions: Readonly<Record<string, Action>>;
}

export const REASON = 'For the table.';
const ASSESSED: Readonly<Record<string, AssessmentInput>> = {
  low: estimate(1), moderate: { ...estimate(3), inherent: { likelihood: 3, consequences: [{ class: 'LEGAL', value: 3 }] }, current: { likelihood: 3, consequences: [{ class: 'LEGAL', value: 3 }] } },
};

export class Scene {
  readonly #handles = new Map<string, RequestContext>();
  #made = 0;

  constructor(readonly register: Register) {}

  as(handle: string): RequestContext {
    return this.#handles.get(handle) ?? this.register.as(handle);
  }

  /** Somebody with exactly this role and nothing else; a new one for each row, so that no earlier row gave them a part. */
  async only(role: Role): Promise<string> {
    this.#made += 1;
    const handle = `${role.toLowerCase()}-${String(this.#made)}`;
    const service = role === 'DEPLOYER' || role === 'MONITOR';
    const admitted = await this.register.app.get(PeopleService).admit(this.register.as('ada'), {
      kind: service ? 'SERVICE' : 'USER', issuer: BUILT_IN_ISSUER, subject: handle, displayName: handle, function: service ? null : 'risk', grants: [{ role, lane: role === 'REVIEWER' ? 'SECURITY' : null }],
    });
    this.#handles.set(handle, { ...this.register.as('ada'), principalId: admitted.id });
    return handle;
  }

  /** The actor where the record gives this part to the actor, otherwise somebody of the example. */
  part({ handle, parts }: Actor, part: string, otherwise: string): string {
    return parts.includes(part) ? handle : otherwise;
  }

  /** A system of tier MINIMAL; the actor owns or develops it when the row says so. */
  async system(actor: Actor, ownerPart = 'system owner'): Promise<Versioned> {
    this.#made += 1;
    const systems = this.register.app.get(SystemsService);
    const registered = await systems.register(this.as('sam'), {
      name: `System ${String(this.#made)}`, intendedPurpose: 'Drafts replies.', prohibitedUses: [], owner: this.part(actor, ownerPart, 'sam'), developers: [this.part(actor, 'developer', 'dana')],
      businessUnit: null, affectedGroups: [], autonomy: 'ASSISTS', jurisdictions: [],
    });
    return systems.assessTier(this.as('hugo'), at(registered), { tier: 'MINIMAL', euClass: 'MINIMAL', flags: [], rationale: REASON });
  }

  async release(actor: Actor, systemId: string): Promise<Versioned> {
    this.#made += 1;
    const digest = sha256(`content ${String(this.#made)}`);
    return this.register.app.get(ReleasesService).create(this.as(this.part(actor, 'author', 'dana')), systemId, { label: `1.${String(this.#made)}`, components: [{ role: 'MODEL', name: 'model', digest }] });
  }

  async risk(actor: Actor, options: { draft?: boolean; level?: 'low' | 'moderate' | null } = {}): Promise<Versioned> {
    const { draft = false, level = 'low' } = options;
    const system = await this.system(actor);
    const risks = this.register.app.get(RisksService);
    const logged = await risks.log(this.as(this.part(actor, 'author', 'dana')), system.id, {
      statement: { source: 'Hidden text', event: 'is obeyed', consequence: 'data leaves' }, affectedParties: [], taxonomy: ['owasp-llm@2025#LLM01'], owner: this.part(actor, 'owner', 'sam'), release: null,
    }, draft);
    if (draft || level === null) return logged;
    return risks.assess(this.as(this.part(actor, 'assessor', 'hugo')), at(logged), ASSESSED[level]!);
  }

  async evidence(actor: Actor, systemId: string): Promise<Versioned> {
    const now = new Date().toISOString();
    return this.register.app.get(EvidenceService).submit(this.as(this.part(actor, 'submitter', 'dana')), systemId, {
      type: 'test_report', title: 'A test', digest: sha256('report'), subjectDigest: null, location: null, collectedAt: now, validUntil: plusDays(now, 30), supersedes: null,
    });
  }
}

const system: Subject = {
  make: async (scene, state, actor) => {
    const active = await scene.system(actor, 'owner');
    if (state === 'ACTIVE') return active;
    return scene.register.app.get(SystemsService).operate(scene.as('hugo'), at(active), state === 'SUSPENDED' ? 'suspend' : 'retire', REASON);
  },
  actions: Object.fromEntries((['suspend', 'resume', 'retire'] as const).map((action): [string, Action] => [
    action, (scene, record, actor) => scene.register.app.get(SystemsService).operate(scene.as(actor.handle), at(record), action, REASON)])),
};

const withdrawRelease: Action = (scene, record, actor) => scene.register.app.get(ReleasesService).withdraw(scene.as(actor.handle), at(record), REASON);
const release: Subject = {
  make: async (scene, state, actor) => {
    const active = await scene.release(actor, (await scene.system(actor, 'owner')).id);
    return state === 'ACTIVE' ? active : scene.register.app.get(ReleasesService).withdraw(scene.as('hugo'), at(active), REASON);
  },
  actions: { withdraw: withdrawRelease },
};

const evidence: Subject = {
  make: async (scene, state, actor) => {
    const service = scene.register.app.get(EvidenceService);
    const submitted = await scene.evidence(actor, (await scene.system(actor)).id);
    if (state === 'SUBMITTED') return submitted;
    if (state === 'REJECTED') return service.reject(scene.as('kim'), at(submitted), REASON);
    const verified = await service.verify(scene.as(scene.part(actor, 'verifier', 'kim')), at(submitted));
    return state === 'VERIFIED' ? verified : service.revoke(scene.as('rita'), at(verified), REASON);
  },
  actions: {
    verify: (scene, record, { handle }) => scene.register.app.get(EvidenceService).verify(scene.as(handle), at(record)),
    reject: (scene, record, { handle }) => scene.register.app.get(EvidenceService).reject(scene.as(handle), at(record), REASON),
    revoke: (scene, record, { handle }) => scene.register.app.get(EvidenceService).revoke(scene.as(handle), at(record), REASON),
  },
};

const confirmRisk: Action = (scene, record, { handle }) => scene.register.app.get(ConfirmationsService).confirm(scene.as(handle), at(record));
const turn = (action: 'reopen' | 'close' | 'reject'): Action => (scene, record, { handle }) => scene.register.app.get(RisksService).turn(scene.as(handle), at(record), action, REASON);

/** Accepting is granting what somebody else asked for; the state is the risk's. */
const acceptRisk: Action = async (scene, record, { handle }) => {
  const acceptances = scene.register.app.get(AcceptancesService);
  const requested = await acceptances.request(scene.as('rita'), at(record), { reason: REASON, validUntil: plusDays(new Date().toISOString(), 10) });
  await acceptances.grant(scene.as(handle), at(requested));
  return { state: 'ACCEPTED' };
};

const risk: Subject = {
  make: async (scene, state, actor) => {
    const risks = scene.register.app.get(RisksService);
    if (state === 'DRAFT') return scene.risk(actor, { draft: true });
    if (state === 'IDENTIFIED') return scene.risk(actor, { level: null });
    if (state === 'REJECTED') return risks.turn(scene.as('rita'), at(await scene.risk(actor, { level: null })), 'reject', REASON);
    const assessed = await scene.risk(actor);
    const owner = scene.part(actor, 'owner', 'sam');
    if (state === 'ASSESSED') return assessed;
    if (state === 'TREATING') return risks.planTreatment(scene.as(owner), at(assessed), 'REDUCE', REASON);
    if (state === 'ACCEPTED') {
      await acceptRisk(scene, assessed, { handle: owner, parts: [] });
      return { ...assessed, version: assessed.version + 1, state };
    }
    const monitored = await confirmRisk(scene, assessed, { handle: 'rita', parts: [] }) as Versioned;
    return state === 'MONITORED' ? monitored : risks.turn(scene.as('rita'), at(monitored), 'close', REASON);
  },
  actions: {
    submit: (scene, record, { handle }) => scene.register.app.get(RisksService).submit(scene.as(handle), at(record)),
    assess: (scene, record, { handle }) => scene.register.app.get(RisksService).assess(scene.as(handle), at(record), estimate(1)),
    planTreatment: (scene, record, { handle }) => scene.register.app.get(RisksService).planTreatment(scene.as(handle), at(record), 'REDUCE', REASON),
    confirm: confirmRisk, accept: acceptRisk, reopen: turn('reopen'), close: turn('close'), reject: turn('reject'),
  },
};

export const REGISTER_SUBJECTS: Readonly<Record<string, Subject>> = { system, release, evidence, risk };
