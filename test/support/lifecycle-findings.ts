// The scenes of test/lifecycles.csv about impact assessments and findings.
import { AcceptancesService } from '../../src/acceptances/acceptances.service.js';
import { plusDays } from '../../src/domain/clock.js';
import { IMPACT_ELEMENTS } from '../../src/domain/impact-elements.js';
import { ImpactsService } from '../../src/impacts/impacts.service.js';
import { FindingTable } from '../../src/monitoring/finding.table.js';
import { FindingsService } from '../../src/monitoring/findings.service.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { ImpactApprovalsService } from '../../src/reviews/impact-approvals.service.js';
import { REASON, type Actor, type Scene, type Subject, type Versioned } from './lifecycle-scenes.js';
import { at } from './register.js';

const NOBODY: Actor = { handle: '', parts: [] };
const soon = (): string => plusDays(new Date().toISOString(), 5);

const impacts = (scene: Scene): ImpactsService => scene.register.app.get(ImpactsService);
const approvals = (scene: Scene): ImpactApprovalsService => scene.register.app.get(ImpactApprovalsService);
const EVERY_ANSWER = IMPACT_ELEMENTS.AI_SYSTEM.map(({ id }) => ({ element: id, text: 'Looked at.' }));

export const assessment: Subject = {
  make: async (scene, state, actor) => {
    const system = await scene.system(actor);
    const author = scene.part(actor, 'author', 'dana');
    const drafted = await impacts(scene).draft(scene.as(author), system.id, 'AI_SYSTEM');
    const answered = await impacts(scene).answer(scene.as(author), at(drafted), { answers: EVERY_ANSWER, evidence: null });
    if (state === 'DRAFT') return answered;
    if (state === 'WITHDRAWN') return impacts(scene).withdraw(scene.as('dana'), at(answered), REASON);
    const submitted = await impacts(scene).submit(scene.as(author), at(answered));
    return state === 'SUBMITTED' ? submitted : approvals(scene).approve(scene.as('hugo'), at(submitted), null);
  },
  actions: {
    answer: (scene, record, { handle }) => impacts(scene).answer(scene.as(handle), at(record), { answers: EVERY_ANSWER, evidence: null }),
    submit: (scene, record, { handle }) => impacts(scene).submit(scene.as(handle), at(record)),
    approve: (scene, record, { handle }) => approvals(scene).approve(scene.as(handle), at(record), null),
    return: (scene, record, { handle }) => approvals(scene).giveBack(scene.as(handle), at(record), REASON),
    revise: (scene, record, { handle }) => impacts(scene).revise(scene.as(handle), at(record), REASON),
    withdraw: (scene, record, { handle }) => impacts(scene).withdraw(scene.as(handle), at(record), REASON),
  },
};

const findings = (scene: Scene): FindingsService => scene.register.app.get(FindingsService);

/** A LOW risk of the same system, accepted by its owner. */
async function carry(scene: Scene, record: Versioned, handle: string): Promise<Versioned> {
  const { riskId, systemId } = await scene.register.app.get(UnitOfWork).read(scene.as('axel'), 'register.read', (read) => read.get(FindingTable, record.id));
  const accepted = await scene.register.app.get(UnitOfWork).read(scene.as('axel'), 'register.read', (read) => read.query<{ id: string }>('select id from risk_acceptances where risk_id = $1 and system_id = $2', [riskId, systemId]));
  return findings(scene).acceptRisk(scene.as(handle), at(record), accepted[0]?.id ?? '');
}

async function complete(scene: Scene, record: Versioned, handle: string): Promise<Versioned> {
  const { systemId } = await scene.register.app.get(UnitOfWork).read(scene.as('axel'), 'register.read', (read) => read.get(FindingTable, record.id));
  return findings(scene).complete(scene.as(handle), at(record), [(await scene.evidence(NOBODY, systemId)).id]);
}

export const finding: Subject = {
  make: async (scene, state, actor) => {
    const risk = await scene.risk({ ...actor, parts: actor.parts.filter((part) => part === 'developer') });
    const requested = await scene.register.app.get(AcceptancesService).request(scene.as('rita'), at(risk), { reason: REASON, validUntil: soon() });
    await scene.register.app.get(AcceptancesService).grant(scene.as('sam'), at(requested));
    const { systemId } = risk as Versioned & { systemId: string };
    const owner = scene.part(actor, 'owner', 'dana');
    const open = await findings(scene).raise(scene.as('vera'), systemId, { source: 'VALIDATION', severity: 'VERY_LOW', statement: 'No log is kept.', owner, release: null, risk: risk.id, mitigation: null });
    if (state === 'OPEN') return open;
    if (state === 'RISK_ACCEPTED') return carry(scene, open, 'rita');
    const planned = await findings(scene).plan(scene.as(owner), at(open), { action: 'Keep one.', due: soon() });
    if (state === 'PLANNED') return planned;
    const done = await complete(scene, planned, owner);
    return state === 'DONE' ? done : findings(scene).close(scene.as('rita'), at(done), REASON);
  },
  actions: {
    plan: (scene, record, { handle }) => findings(scene).plan(scene.as(handle), at(record), { action: 'Keep one.', due: soon() }),
    complete: (scene, record, { handle }) => complete(scene, record, handle),
    close: (scene, record, { handle }) => findings(scene).close(scene.as(handle), at(record), REASON),
    acceptRisk: (scene, record, { handle }) => carry(scene, record, handle),
  },
};
