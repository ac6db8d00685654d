// The scenes of test/lifecycles.csv about conditions, asked for by Kim with a vote about SECURITY for a release that goes to production, and about suspensions of one risk.
import { ConditionTable } from '../../src/acceptances/condition.table.js';
import { ConditionsService } from '../../src/acceptances/conditions.service.js';
import { SuspensionsService } from '../../src/acceptances/suspensions.service.js';
import { plusDays } from '../../src/domain/clock.js';
import { RisksService } from '../../src/risks/risks.service.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { REASON, type Scene, type Subject, type Versioned } from './lifecycle-scenes.js';
import { askToSign, at, estimate, openPromotion, signOn } from './register.js';

const conditions = (scene: Scene): ConditionsService => scene.register.app.get(ConditionsService);

async function fulfil(scene: Scene, record: Versioned, handle: string): Promise<Versioned> {
  const { systemId } = await scene.register.app.get(UnitOfWork).read(scene.as('axel'), 'register.read', (read) => read.get(ConditionTable, record.id));
  return conditions(scene).fulfil(scene.as(handle), at(record), [(await scene.evidence({ handle: '', parts: [] }, systemId)).id]);
}

export const condition: Subject = {
  make: async (scene, state, actor) => {
    const system = await scene.system({ ...actor, parts: actor.parts.filter((part) => part === 'developer') });
    const { register } = scene;
    const promotion = await openPromotion(register, (await scene.release({ handle: '', parts: [] }, system.id)).id, 'production');
    const owner = scene.part(actor, 'owner', 'bea');
    const open = await signOn(register, 'kim', await askToSign(register, 'kim', [promotion.id], ['SECURITY']), { owner, due: plusDays(new Date().toISOString(), 10) });
    if (state === 'OPEN') return open;
    const fulfilled = await fulfil(scene, open, owner);
    return state === 'FULFILLED' ? fulfilled : conditions(scene).confirm(scene.as('kim'), at(fulfilled), REASON);
  },
  actions: {
    fulfil: (scene, record, { handle }) => fulfil(scene, record, handle),
    confirm: (scene, record, { handle }) => conditions(scene).confirm(scene.as(handle), at(record), REASON),
  },
};

const suspensions = (scene: Scene): SuspensionsService => scene.register.app.get(SuspensionsService);

/** Of a risk that was assessed anew since. */
export const suspension: Subject = {
  make: async (scene, state, actor) => {
    const risk = await scene.risk(actor);
    const { systemId } = risk as Versioned & { systemId: string };
    const open = await suspensions(scene).impose(scene.as('rita'), systemId, { risk: risk.id, cause: 'INCIDENT', reason: REASON });
    await scene.register.app.get(RisksService).assess(scene.as(scene.part(actor, 'assessor', 'hugo')), at(risk), estimate(1));
    return state === 'OPEN' ? open : suspensions(scene).lift(scene.as('rita'), at(open), REASON);
  },
  actions: { lift: (scene, record, { handle }) => suspensions(scene).lift(scene.as(handle), at(record), REASON) },
};
