// The scenes of test/lifecycles.csv about waivers: of one lane, for a release that goes to the pilot.
import { plusDays } from '../../src/domain/clock.js';
import { WaiversService } from '../../src/reviews/waivers.service.js';
import { REASON, type Scene, type Subject } from './lifecycle-scenes.js';
import { at } from './register.js';

const waivers = (scene: Scene): WaiversService => scene.register.app.get(WaiversService);

export const waiver: Subject = {
  make: async (scene, state, actor) => {
    // Whoever requests it is on the team.
    const parts = actor.parts.includes('requester') ? ['developer'] : actor.parts;
    const system = await scene.system({ ...actor, parts });
    const release = await scene.release({ handle: '', parts: [] }, system.id);
    const requester = scene.part(actor, 'requester', 'dana');
    const input = { release: release.id, environment: 'pilot', requirement: 'R5/PROVENANCE', reason: REASON, compensatingControl: 'Five users only.', validUntil: plusDays(new Date().toISOString(), 10) };
    const requested = await waivers(scene).request(scene.as(requester), input);
    if (state === 'WITHDRAWN') return waivers(scene).end(scene.as(requester), at(requested), 'withdraw', REASON);
    if (state === 'REVOKED') return waivers(scene).end(scene.as('hanna'), at(requested), 'revoke', REASON);
    return actor.parts.includes('grantor') ? waivers(scene).grant(scene.as(actor.handle), at(requested)) : requested;
  },
  actions: {
    grant: (scene, record, { handle }) => waivers(scene).grant(scene.as(handle), at(record)),
    withdraw: (scene, record, { handle }) => waivers(scene).end(scene.as(handle), at(record), 'withdraw', REASON),
    revoke: (scene, record, { handle }) => waivers(scene).end(scene.as(handle), at(record), 'revoke', REASON),
  },
};
