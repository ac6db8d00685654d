// The scenes of test/lifecycles.csv about what runs: a baseline of a release in the pilot, and a break-glass for one.
import { plusDays, plusHours } from '../../src/domain/clock.js';
import { BreakGlassTable } from '../../src/gate/break-glass.table.js';
import { BreakGlassService } from '../../src/gate/break-glass.service.js';
import { GateService } from '../../src/gate/gate.service.js';
import { BaselinesService } from '../../src/gate/baselines.service.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { ReleaseTable } from '../../src/systems/system.table.js';
import { REASON, type Actor, type Scene, type Subject, type Versioned } from './lifecycle-scenes.js';
import { at } from './register.js';

/** A release of a new system, in which nobody who acts has a part unless told. */
async function somethingThatShips(scene: Scene, actor: Actor): Promise<{ releaseId: string; systemId: string; bundleDigest: string }> {
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

const glass = (scene: Scene): BreakGlassService => scene.register.app.get(BreakGlassService);

/** The gate uses it up with the grant that it gives; nobody else does. */
async function use(scene: Scene, record: Versioned, handle: string): Promise<Versioned> {
  const read = (): Promise<Versioned & { bundleDigest: string; systemId: string }> => scene.register.app.get(UnitOfWork).read(scene.as('axel'), 'register.read', (from) => from.get(BreakGlassTable, record.id));
  const { bundleDigest, systemId } = await read();
  const { grant } = await scene.register.app.get(GateService).authorize(scene.as(handle), { target: { kind: 'BUNDLE', bundleDigest }, system: systemId, environment: 'pilot', action: 'promote' });
  return grant === null ? { ...await read(), state: 'DENIED' } : read();
}

export const breakGlass: Subject = {
  make: async (scene, state, actor) => {
    const ships = await somethingThatShips(scene, { ...actor, parts: actor.parts.filter((part) => part === 'developer') });
    const input = { system: ships.systemId, environment: 'pilot', bundleDigest: ships.bundleDigest, emergency: 'OUTAGE' as const, incident: REASON, validUntil: plusHours(new Date().toISOString(), 2) };
    const invoked = await glass(scene).invoke(scene.as('sam'), input);
    if (state === 'INVOKED' && !actor.parts.includes('second key')) return invoked;
    const ready = await glass(scene).turnSecondKey(scene.as('eve'), at(invoked));
    if (state === 'INVOKED') return ready;
    const used = await use(scene, ready, 'pipeline');
    if (state === 'USED') return used;
    return glass(scene).review(scene.as('hugo'), at(used), state === 'RATIFIED' ? 'ratify' : 'condemn', REASON);
  },
  actions: {
    turnSecondKey: (scene, record, { handle }) => glass(scene).turnSecondKey(scene.as(handle), at(record)),
    use: (scene, record, { handle }) => use(scene, record, handle),
    ratify: (scene, record, { handle }) => glass(scene).review(scene.as(handle), at(record), 'ratify', REASON),
    condemn: (scene, record, { handle }) => glass(scene).review(scene.as(handle), at(record), 'condemn', REASON),
  },
};
