// The scenes of test/lifecycles.csv about what runs: a baseline of a release in the pilot.
import { plusDays } from '../../src/domain/clock.js';
import { BaselinesService } from '../../src/gate/baselines.service.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { ReleaseTable } from '../../src/systems/system.table.js';
import { REASON, type Actor, type Scene, type Subject } from './lifecycle-scenes.js';
import { at } from './register.js';

/** A release of a new system, in which nobody who acts has a part unless told. */
export async function somethingThatShips(scene: Scene, actor: Actor): Promise<{ releaseId: string; systemId: string; bundleDigest: string }> {
  const system = await scene.system(actor);
  const release = await scene.release({ handle: '', parts: [] }, system.id);
  const { bundleDigest } = await scene.register.app.get(UnitOfWork).read(scene.as('axel'), 'register.read', (read) => read.get(ReleaseTable, release.id));
  return { releaseId: release.id, systemId: system.id, bundleDigest };
}

const baselines = (scene: Scene): BaselinesService => scene.register.app.get(BaselinesService);

export const baseline: Subject = {
  make: async (scene, state, actor) => {
    const { systemId, bundleDigest } = await somethingThatShips(scene, { ...actor, parts: [] });
    const proposer = scene.part(actor, 'proposer', 'sam');
    const input = { system: systemId, environment: 'pilot', bundleDigests: [bundleDigest], until: plusDays(new Date().toISOString(), 30), reason: REASON };
    const proposed = (await baselines(scene).propose(scene.as(proposer), input))[0]!;
    if (state === 'PROPOSED') return proposed;
    if (state === 'WITHDRAWN') return baselines(scene).end(scene.as('sam'), at(proposed), 'withdraw', REASON);
    const confirmed = await baselines(scene).confirm(scene.as('hugo'), at(proposed));
    return state === 'CONFIRMED' ? confirmed : baselines(scene).end(scene.as('sam'), at(confirmed), 'end', REASON);
  },
  actions: {
    confirm: (scene, record, { handle }) => baselines(scene).confirm(scene.as(handle), at(record)),
    withdraw: (scene, record, { handle }) => baselines(scene).end(scene.as(handle), at(record), 'withdraw', REASON),
    end: (scene, record, { handle }) => baselines(scene).end(scene.as(handle), at(record), 'end', REASON),
  },
};
